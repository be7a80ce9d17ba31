"""Singular values and vectors: A = U S Vᴴ, so that ds = Re uᴴ dA v."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.linalg.matrices import (
    H,
    answering,
    completed,
    diagonal,
    matrix,
    over_gaps,
    packed,
    quotient,
    real,
    refuse,
    refuse_equal,
    refuse_phase,
    skew,
    smallest,
    unpacked,
)
from autograd_lite.derivatives.linalg.spectra import eigh, symmetric
from autograd_lite.derivatives.vocabulary import conj
from autograd_lite.primitives import Array, Like, Primitive, primitive, unregistered

EQUAL = "linalg.svd: two singular values are equal, so that their singular vectors have no derivative."
ZERO = "linalg.svd: where a singular value is 0 its singular vectors have no derivative."
USE_VALUES = "The singular values alone have one: use np.linalg.svdvals(a), or perturb the matrix."


def _shapes(like: Like, full: bool) -> tuple[tuple[int, ...], ...]:
    m, n = like.shape[-2:]
    k = min(m, n)
    return ((m, m), (k,), (n, n)) if full else ((m, k), (k,), (k, n))


def _svd(x: Array, full: bool) -> Array:
    return packed(*np.linalg.svd(x, full_matrices=full), axes=(2, 1, 2))


def _svd_rule(g: Array, y: Array, like_x: Like, full: bool) -> Array:
    """U (ḡS + (K + L) / (sj − si) + (K − L) / (sj + si)) Vᴴ, and what lies outside of the spaces of U and V.

    K and L are the skew parts of Uᴴ ḡU and Vᴴ ḡV; after J. Townsend, "Differentiating the Singular Value
    Decomposition" (2016).
    """
    u, s, vh = unpacked(y, *_shapes(like_x, full))
    gu, gs, gvh = unpacked(conj(g), *_shapes(like_x, full))
    s, v, gv, k = real(s), H(vh), H(gvh), s.shape[-1]
    gu = completed(gu[..., :k], u[..., :k], gu[..., k:], u[..., k:], "linalg.svd")
    gv = completed(gv[..., :k], v[..., :k], gv[..., k:], v[..., k:], "linalg.svd")
    u, v, vh = u[..., :k], v[..., :k], vh[..., :k, :]
    least = smallest(s)
    wanted = np.logical_or(np.any(gu != 0, axis=-2), np.any(gv != 0, axis=-2))
    refuse_equal(s, wanted, EQUAL, USE_VALUES)
    refuse(np.logical_and(wanted, s <= least[..., 0]), ZERO, USE_VALUES)
    left, right = H(u) @ gu, H(v) @ gv
    scale = sum(np.max(np.abs(each), axis=(-2, -1), keepdims=True, initial=0) for each in (gu, gv))
    left, right = skew(left), skew(right)
    refuse_phase(left + right, scale, "linalg.svd: this function of the singular vectors")
    sums = np.expand_dims(s, -2) + np.expand_dims(s, -1)
    inner = over_gaps(left + right, s) + quotient(left - right, sums, least)
    total = u @ (inner + diagonal(_of_nonzero(gs, s), s.shape[-1])) @ vh
    m, n = like_x.shape[-2:]
    if m > n:
        total = total + _outside(gu, u, s, least) @ vh
    if n > m:
        total = total + u @ H(_outside(gv, v, s, least))
    return conj(total)


def _outside(g: Array, vectors: Array, s: Array, least: Array) -> Array:
    """Return (I − U Uᴴ) ḡU S⁻¹: what turns the vectors out of the space that they span."""
    return quotient(g - vectors @ (H(vectors) @ g), np.expand_dims(s, -2), least)


packed_svd: Primitive = unregistered(
    answering("linalg.svd", _svd),
    x=lambda g, y, like_x, full: _svd_rule(g, y, like_x, full),
    name="svd",
    canonical=lambda x, full: ((x,), {"full": full}),
    keywords=("full",),
    samples=lambda x: [((x(2, 2), True), {}), ((x(3, 2), False), {}), ((x(2, 2, 3), False), {}), ((x(3, 2), True), {})],
    tex=r"U (\operatorname{diag}(g) + F \odot U^{\mathsf T} g + G \odot g\,V) V^{\mathsf T}",
    doc="U, S and Vᴴ, side by side.",
)
SVDResult: Any = type(np.linalg.svd(np.eye(1)))


def _svd_samples(x: Any) -> Any:
    return [
        ((x(2, 2),), {}),
        ((x(3, 2),), {"full_matrices": False}),
        ((x(2, 2, 3),), {"full_matrices": False}),
        ((x(2, 3),), {"compute_uv": False}),
        ((x(2, 3),), {}),
        ((symmetric(x(3, 3)),), {"hermitian": True}),
        ((symmetric(x(2, 2)),), {"hermitian": True, "compute_uv": False}),
    ]


@composite(np.linalg.svd, name="linalg.svd", samples=_svd_samples)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Singular vectors and values, U, S, Vᴴ with ``(U * S) @ Vh`` = a; with ``compute_uv=False`` the values alone.

    Raises
    ------
    GradientError
        In the backward pass, where vectors are differentiated that the matrix does not determine: those of equal
        singular values or of 0. With `full_matrices` those beyond the singular values have a gradient where the
        function does not depend on how they are turned among themselves.
    """
    a = matrix(a, "linalg.svd")
    if hermitian:
        return _svd_of_hermitian(a, compute_uv)
    if not compute_uv:
        return svdvals(a)
    u, s, vh = unpacked(packed_svd(a, full=bool(full_matrices)), *_shapes(Like.of(a), bool(full_matrices)))
    return SVDResult(u, real(s), vh)


def _svd_of_hermitian(a: Any, compute_uv: bool) -> Any:
    """Return singular values that are the eigenvalues without their signs, the largest first."""
    w, v = eigh(a) if compute_uv else (np.linalg.eigvalsh(a), None)
    size = np.abs(w)
    order = np.argsort(size, axis=-1)[..., ::-1]
    s = np.take_along_axis(size, order, -1)
    if v is None:
        return s
    u = np.take_along_axis(v, np.expand_dims(order, -2), -1)
    return SVDResult(u, s, H(u * np.expand_dims(np.take_along_axis(np.sign(w), order, -1), -2)))


def _svdvals(x: Array) -> Array:
    return np.linalg.svd(x, compute_uv=False)


def _of_nonzero(g: Array, s: Array) -> Array:
    """Return the gradient in the singular values, 0 for those that are 0, as for an absolute value."""
    return real(g) * (s > smallest(s)[..., 0])


def _svdvals_rule(g: Array, y: Array, x: Array) -> Array:
    u, _, vh = unpacked(packed_svd(x, full=False), *_shapes(Like.of(x), False))
    return conj((u * np.expand_dims(_of_nonzero(g, y), -2)) @ vh)


svdvals: Primitive = primitive(
    answering("linalg.svdvals", _svdvals),
    name="linalg.svdvals",
    answers_to=(np.linalg.svdvals,),
    x=lambda g, y, x: _svdvals_rule(g, y, x),
    canonical=lambda x: ((matrix(x, "linalg.svdvals"),), {}),
    ready=True,
    samples=lambda x: [((x(2, 3),), {}), ((x(2, 2, 2),), {}), ((x(3, 2) + 1j * x(3, 2),), {})],
    views=False,
    label="σ₁…σₖ",
    tex=r"U \operatorname{diag}(g) V^{\mathsf T}",
    doc=np.linalg.svdvals.__doc__,
)
