"""Triangular decompositions: A = L Lᴴ (Cholesky) and A = Q R."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.linalg.equations import solve
from autograd_lite.derivatives.linalg.matrices import (
    H,
    answering,
    completed,
    matrix,
    packed,
    refuse,
    smallest,
    square,
    unpacked,
)
from autograd_lite.derivatives.linalg.spectra import symmetric
from autograd_lite.derivatives.vocabulary import conj
from autograd_lite.errors import ArgumentError
from autograd_lite.primitives import Array, Like, Primitive, unregistered


def _lower(x: Array) -> Array:
    """Return the lower triangle with half of the diagonal."""
    n = x.shape[-1]
    kind = x.dtype
    return x * (np.tri(n, dtype=kind) - np.eye(n, dtype=kind) / 2)


def _cholesky_rule(g: Array, y: Array) -> Array:
    """L⁻ᴴ Φ(Lᴴ ḡ) L⁻¹, its Hermitian part; Φ is the lower triangle with half of the diagonal."""
    inner = _lower(H(y) @ conj(g))
    half = solve(H(y), H(solve(H(y), H(inner))))
    return conj(symmetric(half))


factor: Primitive = unregistered(
    answering("linalg.cholesky", np.linalg.cholesky),
    x=lambda g, y: _cholesky_rule(g, y),
    name="cholesky",
    label="L",
    samples=lambda x: [((_positive(x, 2, 2),), {})],
    tex=r"y^{-\mathsf T} \Phi(y^{\mathsf T} g) y^{-1}",
    doc="The lower triangular L with L Lᴴ = x.",
)


def _positive(x: Any, *shape: int) -> Any:
    """Return symmetric matrices with large diagonals."""
    return symmetric(x(*shape)) + 9 * np.eye(shape[-1])


@composite(
    np.linalg.cholesky,
    name="linalg.cholesky",
    samples=lambda x: [
        ((_positive(x, 3, 3),), {}),
        ((_positive(x, 2, 2, 2),), {"upper": True}),
        ((symmetric(x(2, 2) + 1j * x(2, 2)) + 9 * np.eye(2),), {}),
    ],
)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """The lower triangular L with L Lᴴ = a, or the upper triangular one with Uᴴ U = a.

    One triangle is read; the gradient is Hermitian, as a change of the matrix must be.
    """
    a = square(a, "linalg.cholesky")
    return H(factor(H(a))) if upper else factor(a)


def _qr(x: Array, full: bool) -> Array:
    q, r = np.linalg.qr(x, "complete" if full else "reduced")
    return packed(q, r[..., : x.shape[-1], :], axes=(2, 2))


def _qr_parts(y: Array, like: Like, full: bool) -> list[Array]:
    m, n = like.shape[-2:]
    return unpacked(y, (m, m if full else n), (n, n))


def _qr_rule(g: Array, y: Array, like_x: Like, full: bool) -> Array:
    """(ḡQ + Q copyltu(M)) R⁻ᴴ with M = R ḡRᴴ − ḡQᴴ Q, whose lower triangle is copied to the upper one.

    Seeger, Hetzel, Dai, Meissner and Lawrence, "Auto-Differentiating Linear Algebra" (2017).
    """
    q, r = _qr_parts(y, like_x, full)
    gq, gr = _qr_parts(conj(g), like_x, full)
    n = like_x.shape[-1]
    gq = completed(gq[..., :n], q[..., :n], gq[..., n:], q[..., n:], "linalg.qr")
    q = q[..., :n]
    along = (r * np.eye(n, dtype=r.dtype)).sum(axis=-1)
    refuse(
        np.abs(along) <= smallest(along)[..., 0],
        f"linalg.qr of shape {like_x.shape}: where the columns depend on each other it has no derivative.",
        "Leave out the columns that depend on the others.",
    )
    inner = _lower(r @ H(gr) - H(gq) @ q)
    return conj(H(solve(r, H(gq + q @ (inner + H(inner))))))


packed_qr: Primitive = unregistered(
    answering("linalg.qr", _qr),
    x=lambda g, y, like_x, full: _qr_rule(g, y, like_x, full),
    name="qr",
    canonical=lambda x, full: ((x,), {"full": full}),
    keywords=("full",),
    samples=lambda x: [((x(3, 2), False), {}), ((x(2, 2, 2), False), {}), ((x(3, 2), True), {})],
    tex=r"(g + y\,\operatorname{copyltu}(M)) R^{-\mathsf T}",
    doc="Q and R of matrices with at least as many rows as columns, side by side.",
)
QRResult: Any = type(np.linalg.qr(np.eye(1)))
MODES = ("reduced", "complete", "r")
RAW = "the Householder reflectors of 'raw' have no derivative here."


def _qr_samples(x: Any) -> Any:
    return [
        ((x(3, 2),), {}),
        ((x(2, 2, 2),), {}),
        ((x(2, 3),), {"mode": "complete"}),
        ((x(2, 3, 2),), {"mode": "complete"}),
        ((x(3, 2) + 1j * x(3, 2),), {"mode": "r"}),
        ((x(2, 2) + 1j * x(2, 2),), {}),
    ]


@composite(np.linalg.qr, name="linalg.qr", samples=_qr_samples)
def qr(a: Any, mode: str = "reduced") -> Any:
    """Q with orthonormal columns and an upper triangular R with Q R = a; with ``mode="r"`` R alone.

    Raises
    ------
    ArgumentError
        For ``mode="raw"``.
    GradientError
        In the backward pass, where the first columns depend on each other, or where a function depends on how the
        further columns of ``mode="complete"`` are turned among themselves.
    """
    a = matrix(a, "linalg.qr")
    m, n = a.shape[-2:]
    if mode not in MODES:
        known = "Known: 'reduced', 'complete', and 'r' for R alone."
        raise ArgumentError(f"linalg.qr: {RAW if mode == 'raw' else f'there is no mode {mode!r}.'}", known)
    k, full = min(m, n), mode == "complete" and m > n
    first = a if m >= n else a[..., :m]
    q, r = _qr_parts(packed_qr(first, full=full), Like((*a.shape[:-1], k), a.dtype), full)
    if full:
        r = np.concatenate([r, np.zeros((*a.shape[:-2], m - n, n), r.dtype)], axis=-2)
    if m < n:
        r = np.concatenate([r, H(q) @ a[..., m:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)
