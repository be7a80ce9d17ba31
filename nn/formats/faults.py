"""Files that cannot be loaded: what they are instead, and the error that says so."""

import os

from autograd_lite.errors import ArgumentError

# How files begin that are taken for a saved state by mistake.
_BEGINNINGS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip file",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a single array, as np.save writes it",
    b"version https://git-lfs": "a pointer of Git LFS to a file that was not fetched",
    b"PK\x03\x04": "a zip archive",
    **{bytes([0x80, protocol]): "a pickle, which can run any code when it is read" for protocol in range(2, 6)},
}
_FROM_TORCH = "In PyTorch: safetensors.torch.save_file(model.state_dict(), {!r}); then load that file."


def cannot_load(path: str, why: str, mend: str = "") -> ArgumentError:
    """Return the error of a file that cannot be loaded.

    Parameters
    ----------
    path : str
    why : str
        What is wrong with it, to stand after "it": "is cut off".
    mend : str
        What to do; left out, to take another copy.
    """
    return ArgumentError(
        f"cannot load {path!r}: it {why}.", mend or "Nothing was loaded. Take another copy, or save the state again."
    )


def another_kind(path: str, content: bytes) -> ArgumentError | None:
    """Return the error of a file that is of another kind than its name says, as far as its beginning tells.

    Examples
    --------
    >>> from nn.formats.faults import another_kind
    >>> print(another_kind("model.npz", b"<!DOCTYPE html>"))
    cannot load 'model.npz': it is a web page.
    Nothing was loaded. Take another copy, or save the state again.
    """
    if not content:
        return cannot_load(path, "is empty")
    kind = next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), None)
    if kind is None and content[:64].lstrip().lower().startswith((b"<!doctype", b"<html")):
        kind = "a web page"
    if kind is None and is_safetensors(content):
        kind = "a safetensors file: its name has to end in .safetensors"
    if kind is None:
        return None
    return cannot_load(path, f"is {kind}", from_torch(path) if "pickle" in kind else "")


def is_safetensors(content: bytes) -> bool:
    """Tell whether a file begins as safetensors do: with the length of a header in JSON."""
    return content[8:9] == b"{" and int.from_bytes(content[:8], "little") <= len(content) - 8


def from_torch(path: str) -> str:
    """Return how PyTorch saves a state so that it can be loaded here."""
    return _FROM_TORCH.format(os.path.splitext(os.path.basename(path))[0] + ".safetensors")
