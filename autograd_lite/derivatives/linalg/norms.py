"""Norms of vectors and matrices; the gradient of a norm at 0 is 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.linalg.equations import inv
from autograd_lite.derivatives.linalg.matrices import matrix, square
from autograd_lite.derivatives.linalg.singular import svdvals
from autograd_lite.derivatives.vocabulary import as_array, canonical_axes, conj, direction, zmul
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, Primitive, unregistered


def _length(x: Array, ord: float, axis: tuple[int, ...]) -> Array:
    size = np.abs(x)
    if ord == 2:
        return np.sqrt((size * size).sum(axis=axis, keepdims=True))
    return (size**ord).sum(axis=axis, keepdims=True) ** (1 / ord)


def _length_rule(g: Array, y: Array, x: Array, ord: float) -> Array:
    """x / |x| (|x| / y)^(p − 1), and 0 where y is 0."""
    divisor = np.where(y == 0, 1, y)
    if ord == 2:
        return g * (conj(x) / divisor)
    return zmul(g * conj(direction(x)), (np.abs(x) / divisor) ** (ord - 1))


length: Primitive = unregistered(
    _length,
    x=lambda g, y, x, ord: _length_rule(g, y, x, ord),
    name="norm",
    canonical=lambda x, ord, axis: ((x,), {"ord": ord, "axis": axis}),
    keywords=("ord", "axis"),
    label=lambda *names, ord, **options: f"‖·‖{'' if ord == 2 else f'{ord:g}'}",
    samples=lambda x: [
        ((x(3), 2, (0,)), {}),
        ((x(2, 3), 3, (1,)), {}),
        ((x(2, 3), 2, (0, 1)), {}),
        ((x(3), 1.5, (0,)), {}),
    ],
    tex=r"g \odot \frac{x}{y}",
    doc="(Σ |x|ᵖ)^(1/p) over axes, which are kept.",
)


def _of_vectors(x: Any, ord: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """Return the p-norm over axes; infinite p are the largest and smallest absolute value, 0 counts."""
    if not isinstance(ord, (int, float, np.number)):
        raise ArgumentError(f"A norm of vectors of ord={ord!r}.", "ord is a number, np.inf or -np.inf.")
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    if abs(ord) == np.inf:
        of_none: dict[str, Any] = {"initial": 0.0} if ord > 0 and not x.size else {}
        return (np.max if ord > 0 else np.min)(np.abs(x), axis=axis, keepdims=keepdims, **of_none)
    if ord == 0:
        return (x != 0).astype(np.abs(x).dtype).sum(axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.abs(x).sum(axis=axis, keepdims=keepdims)
    y = length(x, ord=float(ord), axis=axis)
    return y if keepdims else np.squeeze(y, axis)


def _of_matrices(x: Any, ord: Any, axis: tuple[int, int], keepdims: bool) -> Any:
    """Return the norm of the matrices along two axes."""
    if ord in ("fro", "f"):
        return _of_vectors(x, 2, axis, keepdims)
    if x.dtype.kind not in "fc":
        x = x.astype(float)
    if ord not in ("nuc", 2, -2, 1, -1, np.inf, -np.inf):
        raise ArgumentError(
            f"A norm of matrices of ord={ord!r}.", "ord is 'fro', 'nuc', 1, -1, 2, -2, np.inf or -np.inf."
        )
    x = np.moveaxis(x, axis, (-2, -1))
    if 0 in x.shape[-2:] and (ord == "nuc" or ord > 0):
        y = np.abs(x).sum(axis=(-2, -1))  # of nothing
    elif ord in ("nuc", 2, -2):
        s = svdvals(x)
        y = s.sum(axis=-1) if ord == "nuc" else s[..., 0 if ord == 2 else -1]
    else:
        sums = np.abs(x).sum(axis=-2 if abs(ord) == 1 else -1)
        y = (np.max if ord > 0 else np.min)(sums, axis=-1)
    return np.expand_dims(y, tuple(sorted(axis))) if keepdims else y


def _norm_samples(x: Any) -> Any:
    return [
        ((x(3),), {}),
        ((x(2, 3),), {}),
        ((x(2, 3),), {"axis": 0, "keepdims": True}),
        ((x(2, 2),), {"ord": "nuc"}),
        ((x(2, 3),), {"ord": -2, "keepdims": True}),
        ((x(2, 2, 2),), {"ord": 2, "axis": (0, 2)}),
        ((x(2, 3), 1), {}),
        ((x(2, 3), -np.inf), {}),
        ((x(2, 3), 3, -1), {}),
        ((x(3), np.inf), {}),
        ((x(3), -1), {}),
        ((x(2) + 1j * x(2), 3), {}),
        ((x(2, 2) + 1j * x(2, 2),), {}),
    ]


@composite(np.linalg.norm, name="linalg.norm", samples=_norm_samples)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of vectors along one axis, or of matrices along two; of all elements by default.

    Examples
    --------
    >>> t = ag.tensor([3.0, 4.0], requires_grad=True)
    >>> np.linalg.norm(t).backward()
    >>> t.grad
    tensor([0.6, 0.8])
    """
    x = as_array(x)
    axes = canonical_axes(axis, x.ndim)
    fits = len(axes) in (1, 2) or (axis is None and ord is None)
    if not fits:
        raise ShapeError(
            f"linalg.norm of shape {x.shape} with ord={ord!r}, axis={axis!r}: neither of vectors nor of matrices.",
            "Name one axis for vectors, two for matrices.",
        )
    if ord is None or len(axes) == 1:
        return _of_vectors(x, 2 if ord is None else ord, axes, bool(keepdims))
    return _of_matrices(x, ord, (axes[0], axes[1]), bool(keepdims))


@composite(
    np.linalg.vector_norm,
    name="linalg.vector_norm",
    samples=lambda x: [((x(2, 3),), {}), ((x(2, 3),), {"axis": (0, 1), "ord": 3}), ((x(2, 3),), {"axis": 1, "ord": 1})],
)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """The norm of all elements along `axis`, taken as one vector."""
    x = as_array(x)
    return _of_vectors(x, ord, canonical_axes(axis, x.ndim), bool(keepdims))


@composite(
    np.linalg.matrix_norm,
    name="linalg.matrix_norm",
    samples=lambda x: [((x(2, 2, 3),), {}), ((x(2, 2),), {"ord": "nuc", "keepdims": True})],
)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """The norms of matrices, the last two axes."""
    x = matrix(x, "linalg.matrix_norm")
    return _of_matrices(x, ord, (x.ndim - 2, x.ndim - 1), bool(keepdims))


@composite(
    np.linalg.cond,
    name="linalg.cond",
    samples=lambda x: [
        ((x(2, 2),), {}),
        ((x(3, 2),), {"p": -2}),
        ((x(2, 2, 2),), {"p": 1}),
        ((x(2, 2),), {"p": "fro"}),
    ],
)
def cond(x: Any, p: Any = None) -> Any:
    """The condition number: the largest singular value through the smallest, or ‖x‖ ‖x⁻¹‖ in another norm."""
    x = matrix(x, "linalg.cond")
    if p in (None, 2, -2):
        s = svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    last = (x.ndim - 2, x.ndim - 1)
    return _of_matrices(square(x, "linalg.cond"), p, last, False) * _of_matrices(inv(x), p, last, False)
