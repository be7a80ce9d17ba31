"""A state as .npz, NumPy's own archive: a zip of .npy arrays, written so that equal states give equal files.

Reading trusts nothing: sizes are compared with what is there before memory is asked for, checksums before headers are
parsed, and Python objects are never loaded.
"""

import io
import math
import zipfile
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_lite.errors import AutogradError
from nn.formats.entries import KINDS, Array, unusable
from nn.formats.faults import another_kind, cannot_load, from_torch

SUFFIX = ".npy"
# What np.savez and np.savez_compressed write. Other methods may ask for gigabytes to unpack a byte.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# A file may unpack to this many times its size, and to this many bytes in any case.
RATIO = 100
ALWAYS = 2**26
# The date of every member: the first that a zip can hold.
DATE = (1980, 1, 1, 0, 0, 0)


def packed(arrays: Mapping[str, Array]) -> bytes:
    """Return the arrays as the content of an .npz file.

    Examples
    --------
    >>> import io
    >>> from nn.formats.archive import packed
    >>> np.load(io.BytesIO(packed({"weight": np.ones(2)})))["weight"]
    array([1., 1.])
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(name + SUFFIX, DATE), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return content.getvalue()


def unpacked(content: bytes, path: str) -> dict[str, Array]:
    """Return the arrays in the content of an .npz file.

    Raises
    ------
    ArgumentError
        When the content is something else, damaged, unpacks to far more than it is, or holds Python objects.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members, len(content), path)
            return {each.filename.removesuffix(SUFFIX): _read(archive, each, path) for each in members}
    except AutogradError:
        raise
    # A hostile file can make the libraries that read it raise anything.
    except Exception as error:
        is_zip = content.startswith(b"PK")
        raise (None if is_zip else another_kind(path, content)) or cannot_load(
            path, "is damaged or cut off" if is_zip else "is no .npz archive"
        ) from error


def _check_members(members: list[zipfile.ZipInfo], size: int, path: str) -> None:
    """Raise unless every member is an array by its name, there once, and all of them fit into memory."""
    names = [each.filename for each in members]
    for name in names:
        if name.endswith(".pkl"):
            raise cannot_load(path, f"holds the pickle {name!r}, as torch.save writes it", from_torch(path))
        wrong = "is no .npy array" if not name.endswith(SUFFIX) else unusable(name.removesuffix(SUFFIX))
        if wrong:
            raise cannot_load(path, f"holds {name!r}, which {wrong}")
    for name, count in Counter(names).items():
        if count > 1:
            raise cannot_load(path, f"holds {name!r} twice")
    if any(each.compress_type not in METHODS for each in members):
        raise cannot_load(path, "is compressed in a way that np.savez_compressed does not use")
    total = sum(each.file_size for each in members)
    if total > max(RATIO * size, ALWAYS):
        raise cannot_load(
            path,
            f"has {size:,} bytes and says that it unpacks to {total:,}",
            "Nothing was loaded. If you trust it, read it with np.load and save it with nn.save.",
        )


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> Array:
    content = archive.read(member)  # which compares the checksum
    header = io.BytesIO(content)
    version = np.lib.format.read_magic(header)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, dtype = read(header)
    if dtype.kind not in KINDS:
        what = "Python objects, which only a pickle could hold" if dtype.hasobject else f"dtype {dtype}, no numbers"
        raise cannot_load(
            path, f"holds {what}, under {member.filename!r}", "Save arrays of numbers: nn.save(model, path)."
        )
    if any(n < 0 for n in shape) or math.prod(shape) * dtype.itemsize != len(content) - header.tell():
        raise cannot_load(path, f"holds {member.filename!r} with another number of bytes than its shape {shape} says")
    values: np.ndarray[Any, Any] = np.frombuffer(content, dtype, offset=header.tell())
    return values.reshape(shape, order="F" if by_columns else "C").astype(dtype.newbyteorder("="), order="C")
