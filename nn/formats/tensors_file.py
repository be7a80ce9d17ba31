"""A state as .safetensors, which PyTorch and others read too; through the package safetensors, an extra."""

import json
import zlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_lite.errors import AutogradError, DtypeError, UsageError
from nn.formats.entries import Array, unusable
from nn.formats.faults import another_kind, cannot_load, is_safetensors

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "C64": "<c8", "BOOL": "?",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1",
}  # fmt: skip
_HELD = frozenset(np.dtype(each) for each in _DTYPES.values())
CHECKSUM = "crc32"


def packed(arrays: Mapping[str, Array]) -> bytes:
    """Return the arrays as the content of a .safetensors file, with a checksum over all of them.

    Raises
    ------
    DtypeError
        When the format has no such dtype: complex128 and long double.
    UsageError
        When the package safetensors is missing.
    """
    package = _package()
    for name, array in arrays.items():
        if array.dtype.newbyteorder("<") not in _HELD:
            raise DtypeError(f"{name!r} is {array.dtype}: a .safetensors file cannot hold that.", "Save it as .npz.")
    # Not np.ascontiguousarray, which gives a 0-d array an axis.
    plain = {name: np.asarray(each, each.dtype.newbyteorder("="), order="C") for name, each in arrays.items()}
    content: bytes = package.numpy.save(plain, metadata={CHECKSUM: _checksum(plain)})
    return content


def unpacked(content: bytes, path: str) -> dict[str, Array]:
    """Return the arrays in the content of a .safetensors file; bfloat16 becomes float32, exactly.

    Raises
    ------
    ArgumentError
        When the content is something else or damaged.
    DtypeError
        When an array is of a dtype that NumPy does not have.
    UsageError
        When the package safetensors is missing.
    """
    package = _package()
    try:
        views = package.deserialize(content)
        header = _header(content)
        repeated = _repeated(header)
        arrays = {} if repeated else {name: _array(name, view, path) for name, view in views}
    except AutogradError:
        raise
    # A hostile file can make the libraries that read it raise anything.
    except Exception as error:
        other = None if is_safetensors(content) else another_kind(path, content)
        raise other or cannot_load(path, "is damaged, cut off, or no .safetensors file") from error
    if repeated:
        raise cannot_load(path, f"holds {repeated!r} twice")
    for name in arrays:
        wrong = unusable(name)
        if wrong:
            raise cannot_load(path, f"holds {name!r}, which {wrong}")
    noted = dict(dict(header).get("__metadata__", ())).get(CHECKSUM)
    if noted is not None and noted != _checksum(arrays):
        raise cannot_load(path, "is damaged: its checksum is another")
    return arrays


def _package() -> Any:
    try:
        import safetensors
        import safetensors.numpy
    except ImportError as error:
        raise UsageError(
            "A .safetensors file needs the package safetensors, which is not installed.",
            "Write pip install 'autograd-lite[safetensors]', or save as .npz, which needs nothing.",
        ) from error
    return safetensors


def _header(content: bytes) -> list[tuple[str, Any]]:
    """Return the names and values of the header, in which one may stand twice."""
    length = int.from_bytes(content[:8], "little")
    pairs: list[tuple[str, Any]] = json.loads(content[8 : 8 + length], object_pairs_hook=list)
    return pairs


def _repeated(header: list[tuple[str, Any]]) -> str | None:
    return next((name for name, count in Counter(name for name, _ in header).items() if count > 1), None)


def _array(name: str, view: Mapping[str, Any], path: str) -> Array:
    stored, shape, values = view["dtype"], view["shape"], view["data"]
    if stored == "BF16":  # the upper half of a float32
        halves = np.frombuffer(values, "<u2").astype(np.uint32) << 16
        return halves.view(np.float32).reshape(shape)
    if stored not in _DTYPES:
        raise DtypeError(
            f"cannot load {path!r}: {name!r} is {stored}, which NumPy does not have.",
            "Nothing was loaded. Save it as float32: in PyTorch tensor.float().",
        )
    dtype = np.dtype(_DTYPES[stored])
    return np.frombuffer(values, dtype).reshape(shape).astype(dtype.newbyteorder("="))


def _checksum(arrays: Mapping[str, Array]) -> str:
    """Return a checksum over names, dtypes, shapes and values, whatever their order."""
    total = 0
    for name in sorted(arrays):
        array = arrays[name].astype(arrays[name].dtype.newbyteorder("<"), copy=False)
        total = zlib.crc32(f"{name} {array.dtype.str} {array.shape}\n".encode(), total)
        total = zlib.crc32(array.tobytes(), total)
    return f"{total:08x}"
