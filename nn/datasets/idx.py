"""The IDX format, in which MNIST is distributed: a header of big-endian integers, then the numbers of one array.

Bytes 0 and 1 are 0, byte 2 is the code of the dtype, byte 3 the number of dimensions; their sizes follow as unsigned
32-bit integers, and the numbers with the last index running fastest. A header may say anything: it is believed only
as far as the file's length bears it out.
"""

from __future__ import annotations

import gzip
import math
import os
import sys
import zlib
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Any

import numpy as np

from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import called, positive_integer
from nn.data.arrays import Array

DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}
GZIP = b"\x1f\x8b"
# NumPy has no arrays of more dimensions.
MOST_DIMENSIONS = 64
# What deflate makes of a long run of one byte; no gzip file holds more than this times its length.
MOST_COMPRESSED = 1032
CHUNK = 1 << 20

Path_ = str | os.PathLike[str]


@spelled
def load_idx(path: Path_, *, limit: int = 1 << 31) -> Array:
    """Return the array in an IDX file, plain or compressed by gzip.

    Parameters
    ----------
    path : str or PathLike
        The file; whether it is compressed is seen from its first bytes, not from its name.
    limit : int
        How many bytes the array of a compressed file may take: a few of them can stand for very many.

    Returns
    -------
    ndarray
        uint8, int8, int16, int32, float32 or float64, as the file says, in this machine's byte order.

    Raises
    ------
    ArgumentError
        When there is no such file, or it is not in IDX format, cut short, too long or damaged; or when a compressed
        one unpacks to more than `limit`. Memory is taken for what the file has, not for what its header says.
    UsageError
        When `path` is no path.

    References
    ----------
    Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits, "the IDX file format".

    Examples
    --------
    >>> import pathlib, struct, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "labels-idx1-ubyte")
    ...     _ = file.write_bytes(struct.pack(">BBBBI", 0, 0, 8, 1, 3) + bytes([5, 0, 4]))
    ...     nn.datasets.load_idx(file)
    array([5, 0, 4], dtype=uint8)
    """
    most = positive_integer("limit", limit, "Write limit=2**33, for example: a number of bytes.")
    file = existing_file(path)
    try:
        with open(file, "rb") as raw:
            length = os.fstat(raw.fileno()).st_size
            compressed = raw.read(2) == GZIP
            raw.seek(0)
            if not compressed:
                return _array(file, raw, length)
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _array(file, unpacked, length * MOST_COMPRESSED, limit=most)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(file, f"its gzip data are damaged or cut short ({error})") from error
    except OSError as error:
        raise ArgumentError(
            f"cannot read {str(file)!r}: {(error.strerror or str(error)).lower()}.", "Give a file that you may read."
        ) from error


def existing_file(path: Any) -> Path:
    """Return a path if it is that of a file.

    Raises
    ------
    ArgumentError
        When there is none.
    UsageError
        When it is something else than a path.
    """
    if not isinstance(path, (str, os.PathLike)) or isinstance(os.fspath(path), bytes):
        raise UsageError(f"path must be the name of a file, got {called(path)}.", 'Write "train-images-idx3-ubyte.gz".')
    file = Path(os.path.expanduser(path))
    if os.path.isdir(file):
        raise ArgumentError(
            f"{str(file)!r} is a directory.", "Give a file in it, or nn.datasets.load_mnist(folder) for all four."
        )
    if os.path.exists(file) and not os.path.isfile(file):
        raise ArgumentError(f"{str(file)!r} is a device or a pipe.", "Give a file.")
    if not os.path.isfile(file):
        raise ArgumentError(f"There is no file {str(file)!r}.", _near(file))
    return file


def _near(file: Path) -> str:
    """Return how to mend the name of a file that there is not."""
    try:
        names = os.listdir(file.parent)
    except (OSError, ValueError):
        return "Give the path of a file that exists."
    close = get_close_matches(file.name, names, n=1)
    return f"Did you mean {str(file.with_name(close[0]))!r}?" if close else "Give the path of a file that exists."


def _array(file: Path, source: IO[bytes] | gzip.GzipFile, room: int, *, limit: int | None = None) -> Array:
    """Return the array in an open file that has room for so many bytes; a compressed one's room is an upper bound."""
    dtype, shape = _header(file, source)
    header, size = 4 + 4 * len(shape), math.prod(shape) * dtype.itemsize
    said = f"its header says {dtype.newbyteorder('=')} of shape {shape}, that is {size:,} bytes"
    if header + size > room:
        holds = f"the file has {room - header:,}" if limit is None else f"a gzip file of {room // MOST_COMPRESSED:,}"
        raise _damaged(file, f"{said}, but {holds}{'' if limit is None else ' cannot hold them'}")
    if limit is None and header + size < room:
        raise _damaged(file, f"{said}, but {room - header - size:,} more follow")
    if limit is not None and size > limit:
        raise ArgumentError(
            f"{file.name!r} unpacks to {size:,} bytes, shape {shape}; the limit is {limit:,}.",
            f"If that is what you want, write limit={size}.",
        )
    array = np.frombuffer(_body(file, source, size, said), dtype).reshape(shape)
    if source.read(1):
        raise _damaged(file, f"{said}, but more follow")
    if dtype.itemsize > 1 and sys.byteorder == "little":
        array.byteswap(inplace=True)
    return array.view(dtype.newbyteorder("="))


def _header(file: Path, source: IO[bytes] | gzip.GzipFile) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = source.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or not 0 < magic[3] <= MOST_DIMENSIONS:
        begins = f"it begins with {magic.hex(' ')}" if magic else "it is empty"
        raise ArgumentError(
            f"{file.name!r} is not in IDX format: {begins}.",
            "Its first bytes must be 00 00, a dtype from 08 to 0e, and a number of dimensions, as in MNIST's files.",
        )
    sizes = source.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise _damaged(file, f"its header is cut short: {magic[3]} dimensions, {len(sizes)} bytes of their sizes")
    return np.dtype(f">{DTYPES[magic[2]]}"), tuple(np.frombuffer(sizes, ">u4").tolist())


def _body(file: Path, source: IO[bytes] | gzip.GzipFile, size: int, said: str) -> bytearray:
    """Return the bytes of the numbers; memory grows with what the file really has."""
    body = bytearray()
    while len(body) < size:
        chunk = source.read(min(CHUNK, size - len(body)))
        if not chunk:
            raise _damaged(file, f"{said}, but the file has {len(body):,}")
        body += chunk
    return body


def _damaged(file: Path, what: str) -> ArgumentError:
    return ArgumentError(f"{file.name!r} cannot be read: {what}.", "Fetch the file anew, and compare its length.")
