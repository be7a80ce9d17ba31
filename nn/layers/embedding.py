"""Embedding: a table with one learned vector for each word, user or category, looked up by number."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, IndexingError, UsageError
from nn.arguments import parameter_dtype, positive_integer
from nn.init import Initializer
from nn.layers.weights import drawn
from nn.misfits import blamed
from nn.module import Module, Parameter
from nn.random import Rng, generator

_SIZES = "Give the number of entries and of features, nn.Embedding(1000, 16), for example."


class Embedding(Module):
    """The rows of W that are asked for: z = W[i], with ∂L/∂W[i] the sum of the gradients of all places where i stands.

    Parameters
    ----------
    num_embeddings : int
        How many rows W has: the indices are 0 to num_embeddings − 1.
    embedding_dim : int
        The length of a row.
    padding_idx : int, optional
        The index that fills up short examples: its row starts at 0 and gets no gradient. A negative one counts from
        the end.
    init : str, float, function or None
        How W starts, as for `Linear`; None draws from N(0, 1), as PyTorch does.
    dtype : dtype
        Of W, and so of z.
    rng : int, Generator or None
        Where W is drawn from; None is the Generator that `nn.manual_seed` seeds.

    Attributes
    ----------
    weight : Parameter, shape (num_embeddings, embedding_dim)
        W.

    Shapes
    ------
    x : integers of any shape
    z : the same shape, with an axis of length embedding_dim at its end

    Raises
    ------
    IndexingError
        When called with an index that W does not have; the message says where it stands.
    DtypeError
        When the indices are no integers.
    ArgumentError, UsageError
        When made with impossible sizes, `padding_idx` or `init`.

    Examples
    --------
    >>> layer = nn.Embedding(10, 3)
    >>> layer([[1, 2, 1], [0, 9, 9]]).shape
    (2, 3, 3)
    >>> layer([4, 4, 7]).sum().backward()
    >>> layer.weight.grad[:, 0]
    tensor([0., 0., 0., 0., 2., 0., 0., 1., 0., 0.])
    """

    takes_integers = True

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        init: str | float | Initializer | None = None,
        dtype: Any = np.float64,
        rng: Rng = None,
    ) -> None:
        self.num_embeddings = positive_integer("num_embeddings", num_embeddings, _SIZES)
        self.embedding_dim = positive_integer("embedding_dim", embedding_dim, _SIZES)
        self.padding_idx = None if padding_idx is None else _row(padding_idx, self.num_embeddings)
        shape, dtype = (self.num_embeddings, self.embedding_dim), parameter_dtype(dtype)
        weight = np.array(drawn(_standard_normal if init is None else init, shape, dtype, rng))
        if self.padding_idx is not None:
            weight[self.padding_idx] = 0
        self.weight = Parameter(weight)

    def forward(self, x: Any) -> ag.Tensor:
        indices = self._checked(ag.asarray(x).numpy())
        rows: ag.Tensor = self.weight[indices]
        if self.padding_idx is None:
            return rows
        is_padding = (indices == self.padding_idx)[..., np.newaxis]
        kept: ag.Tensor = ag.where(is_padding, rows.detach(), rows)
        return kept

    def title(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"Embedding({self.num_embeddings}, {self.embedding_dim}{padding})"

    def _checked(self, indices: Any) -> Any:
        if not indices.size:
            return indices.astype(np.intp)
        if indices.dtype.kind not in "iu":
            whole = indices.dtype.kind == "f" and bool((indices == np.floor(indices)).all())
            raise blamed(
                DtypeError,
                self,
                f"takes integer indices, got {indices.dtype} of shape {indices.shape}.",
                "Pass x.astype(int)." if whole else "Pass the numbers of the rows, such as [0, 3, 1].",
            )
        wrong = (indices < 0) | (indices >= self.num_embeddings)
        if wrong.any():
            raise self._out_of_range(indices, tuple(np.argwhere(wrong)[0].tolist()))
        return indices

    def _out_of_range(self, indices: Any, place: tuple[int, ...]) -> IndexingError:
        largest = int(indices.max())
        at = f" at x[{', '.join(map(str, place))}]" if place else ""
        mend = "Number the entries from 0."
        if largest >= self.num_embeddings:
            mend = f"Number the entries from 0, or make it larger: nn.Embedding({largest + 1}, {self.embedding_dim})."
        what = f"has the rows 0 to {self.num_embeddings - 1}, got the index {int(indices[place])}{at}."
        return blamed(IndexingError, self, what, mend)


def _standard_normal(shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None) -> Any:
    return generator(rng).normal(size=shape).astype(dtype)


def _row(padding_idx: Any, rows: int) -> int:
    """Return the index of a row, counted from 0."""
    mend = "Write padding_idx=0, for example."
    try:
        place = operator.index(padding_idx)
    except TypeError:
        raise UsageError(f"padding_idx must be an integer, got {padding_idx!r}.", mend) from None
    if not -rows <= place < rows:
        raise ArgumentError(f"padding_idx must be one of the {rows} rows, got {place}.", mend)
    return place % rows
