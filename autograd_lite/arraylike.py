"""What ndarray has beside its operations: flat, parts that are written into, sizes in bytes, round()."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd_lite.conversion import plain_index
from autograd_lite.errors import DtypeError
from autograd_lite.inplace import InPlace


class Flat:
    """A Tensor's elements one after the other, as ndarray.flat has them; a write goes into the Tensor.

    Parameters
    ----------
    base : Tensor
        Of any shape.

    Examples
    --------
    >>> t = ag.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> t.flat[1:] = 0.0
    >>> t.flat[0].item(), t.tolist()
    (1.0, [[1.0, 0.0], [0.0, 0.0]])
    """

    __slots__ = ("base",)

    def __init__(self, base: Any) -> None:
        self.base = base

    def __len__(self) -> int:
        return int(self.base.size)

    def __iter__(self) -> Iterator[Any]:
        return iter(np.ravel(self.base))

    def __getitem__(self, index: Any) -> Any:
        return np.ravel(self.base)[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        places = np.arange(self.base.size)[plain_index(index)]
        count, row = np.size(places), np.ravel(value)
        if count and row.shape[0]:  # fewer values are repeated
            where = np.unravel_index(np.ravel(places), self.base.shape) if self.base.shape else ...
            self.base[where] = np.resize(row, count) if self.base.shape else row[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.array(np.ravel(self.base), dtype)

    def copy(self) -> Any:
        """Return the elements as a row of its own; differentiable."""
        return np.copy(np.ravel(self.base))


class ArrayLike(InPlace):
    """The part of Tensor that is like ndarray's without being an operation."""

    __slots__ = ()

    @property
    def flat(self) -> Flat:
        """The elements one after the other; what is written into them goes into the tensor."""
        return Flat(self)

    @flat.setter
    def flat(self, values: Any) -> None:
        self.flat[:] = values

    def _write_real(self, value: Any) -> None:
        """Write the real part of all elements."""
        whole: Any = self
        self[...] = value + 1j * np.imag(whole) if self.dtype.kind == "c" else value

    def _write_imag(self, value: Any) -> None:
        """Write the imaginary part of all elements.

        Raises
        ------
        DtypeError
            When they have none.
        """
        if self.dtype.kind != "c":
            raise DtypeError(
                f"{self._title(start=True)} of {self.dtype} has no imaginary part to write into.",
                "Make it complex: t.astype(complex).",
            )
        whole: Any = self
        self[...] = np.real(whole) + 1j * value

    @property
    def itemsize(self) -> int:
        """How many bytes an element takes."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """How many bytes all elements take."""
        return self.size * self.dtype.itemsize

    def __round__(self, ndigits: int | None = None) -> Any:
        whole: Any = self
        return np.round(whole, ndigits or 0)
