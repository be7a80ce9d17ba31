"""Determinants: d det A = tr(Cᵀ dA) with the cofactors C = det(A) A⁻ᵀ, which singular matrices have too."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.linalg.equations import inv, one_square
from autograd_lite.derivatives.linalg.matrices import answering, real, refuse, regular, square
from autograd_lite.derivatives.vocabulary import mT, scatter
from autograd_lite.errors import GradientError, MatrixError
from autograd_lite.primitives import Array, Like, Primitive, primitive, unregistered

SINGULAR = "It exists for invertible matrices; that of np.linalg.det(a) exists at any."


def inverse_in(name: str, x: Array) -> Array:
    """Return the inverse that a rule needs.

    Raises
    ------
    GradientError
        When the matrix is singular, or is so to rounding, so that there is no derivative.
    """
    what = f"{name} of shape {x.shape}: where the matrix is singular this derivative does not exist."
    try:
        inverse = inv(x)
    except MatrixError:
        raise GradientError(what, SINGULAR) from None
    refuse(_frobenius(inverse) * _frobenius(x) * float(np.finfo(x.dtype).eps) > 1, what, SINGULAR)
    return inverse


def _cofactors(x: Array) -> Array:
    """The matrix det(A) A⁻ᵀ of cofactors, from A = U S Vᴴ, so that it is right for singular matrices too."""
    if not x.size:
        return np.zeros_like(x)
    u, s, vh = answering("linalg.det", np.linalg.svd)(x)
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), 1, s[..., None, :]).prod(axis=-1)
    phase = np.linalg.det(u) * np.linalg.det(vh)
    return (phase[..., None, None] * (np.conjugate(u) * others[..., None, :]) @ np.conjugate(vh)).astype(x.dtype)


# From this size on minors take long; where a matrix is worse conditioned than this its inverse is too inexact for them.
SMALL, WORST = 6, 1e4


def _cofactors_rule(g: Array, y: Array, x: Array) -> Array:
    """C = det(A) A⁻ᵀ, so that dC = tr(A⁻¹ dA) C − A⁻ᵀ dAᵀ C; by minors where there is no good inverse."""
    n = x.shape[-1]
    if n <= SMALL or _is_near_singular(x):
        return _by_minors(g, n, x)
    back = mT(inv(x))
    total = (g * y).sum(axis=(-2, -1), keepdims=True)
    return total * back - y @ mT(g) @ back


def _is_near_singular(x: Array) -> bool:
    try:
        inverse = inv(x)
    except MatrixError:
        return True
    return bool(np.any(_frobenius(inverse) * _frobenius(x) > WORST))


def _frobenius(x: Array) -> Array:
    return np.sqrt((np.abs(x) ** 2).sum(axis=(-2, -1)))


def _by_minors(g: Array, n: int, x: Array) -> Array:
    """Σ ± g[i, j] times the cofactors of the minor without row i and column j, at their places in the matrix."""
    if n < 2:
        return 0 * x
    others = np.array([[k for k in range(n) if k != i] for i in range(n)])
    rows, columns = others[:, None, :, None], others[None, :, None, :]
    signs = (1 - 2 * (np.add.outer(np.arange(n), np.arange(n)) % 2)).astype(real(g).dtype)
    parts = (g * signs).reshape((*g.shape, 1, 1)) * cofactors(x[..., rows, columns])
    return scatter(parts, Like.of(x), (..., rows, columns))


cofactors: Primitive = unregistered(
    _cofactors,
    x=lambda g, y, x: _cofactors_rule(g, y, x),
    name="cofactors",
    samples=lambda x: [
        ((regular(x, 2, 2),), {}),
        ((regular(x, 2, 3, 3),), {}),
        ((np.outer([1.0, 2.0, 3.0], x(3)),), {}),
        ((regular(x, 7, 7) / 4,), {}),
    ],
    tex=r"\operatorname{tr}(\cdot)",
    doc="The cofactors of square matrices: the gradient of the determinant.",
)

primitive(
    answering("linalg.det", np.linalg.det),
    name="linalg.det",
    answers_to=(np.linalg.det,),
    x=lambda g, x: g.reshape((*g.shape, 1, 1)) * cofactors(x),
    canonical=one_square("linalg.det"),
    ready=True,
    samples=lambda x: [((x(2, 2),), {}), ((x(2, 3, 3),), {}), ((x(1, 1),), {}), ((x(2, 2) + 1j * x(2, 2),), {})],
    views=False,
    label="det",
    tex=r"g\,y\,x^{-\mathsf T}",
    doc=np.linalg.det.__doc__,
)


def _slogdet(x: Array) -> Array:
    sign, logarithm = answering("linalg.slogdet", np.linalg.slogdet)(x)
    return np.stack([sign, logarithm], axis=-1)


def _slogdet_rule(g: Array, y: Array, x: Array) -> Array:
    """d log |det A| = Re tr(A⁻¹ dA), and the sign eⁱᶿ turns by dθ = Im tr(A⁻¹ dA)."""
    along = real(g[..., 1])
    if x.dtype.kind == "c":
        along = along - 1j * np.real(1j * g[..., 0] * y[..., 0])
    return along.reshape((*along.shape, 1, 1)) * mT(inverse_in("linalg.slogdet", x))


packed_slogdet: Primitive = unregistered(
    _slogdet,
    x=lambda g, y, x: _slogdet_rule(g, y, x),
    name="slogdet",
    samples=lambda x: [((regular(x, 2, 2),), {})],
    tex=r"g\,x^{-\mathsf T}",
    doc="Sign and logarithm of the determinant, side by side.",
)
SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))


@composite(
    np.linalg.slogdet,
    name="linalg.slogdet",
    samples=lambda x: [((regular(x, 2, 3, 3) * [[1], [1], [-1]],), {}), ((regular(x, 2, 2) + 1j * x(2, 2),), {})],
)
def slogdet(a: Any) -> Any:
    """Sign and logarithm of the determinant's absolute value.

    Raises
    ------
    GradientError
        In the backward pass of a singular matrix, whose logarithm is −∞.
    """
    y = packed_slogdet(square(a, "linalg.slogdet"))
    return SlogdetResult(y[..., 0], real(y[..., 1]))
