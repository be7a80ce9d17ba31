"""Eigenvalues and eigenvectors: A v = w v, so that dw = vᴴ dA v for Hermitian matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.linalg.equations import inv
from autograd_lite.derivatives.linalg.matrices import (
    H,
    answering,
    diagonal,
    over_gaps,
    packed,
    real,
    refuse,
    refuse_equal,
    refuse_phase,
    skew,
    square,
    unpacked,
)
from autograd_lite.derivatives.vocabulary import conj
from autograd_lite.errors import ArgumentError, GradientError, MatrixError
from autograd_lite.primitives import Array, Like, Primitive, primitive, unregistered

EQUAL = "two eigenvalues are equal, so that their eigenvectors have no derivative."
USE_VALUES = "The eigenvalues alone have one: use np.linalg.eigvalsh(a), or sums over them; or perturb the matrix."


def _uplo(name: str, given: Any) -> str:
    """Return which triangle is read."""
    chosen = str(given).upper()
    if chosen not in ("L", "U"):
        raise ArgumentError(f"{name}: UPLO={given!r}.", "It is 'L' or 'U': which triangle of the matrix is read.")
    return chosen


def _eigh(x: Array, uplo: Any) -> Array:
    return packed(*np.linalg.eigh(x, uplo), axes=(1, 2))


def _parts(y: Array, like: Like) -> list[Array]:
    """Return eigenvalues and eigenvectors from one array."""
    n = like.shape[-1]
    return unpacked(y, (n,), (n, n))


def _eigh_rule(g: Array, y: Array, like_x: Like) -> Array:
    """dA to V (diag(ḡw) + skew(Vᴴ ḡV) / (wj − wi)) Vᴴ, a Hermitian matrix."""
    w, v = _parts(y, like_x)
    gw, gv = _parts(conj(g), like_x)
    w, n = real(w), like_x.shape[-1]
    refuse_equal(w, np.any(gv != 0, axis=-2), f"linalg.eigh: {EQUAL}", USE_VALUES)
    turned = H(v) @ gv
    refuse_phase(skew(turned), turned, "linalg.eigh: this function of the eigenvectors")
    inner = over_gaps(skew(turned), w) + diagonal(real(gw), n)
    return conj(v @ inner @ H(v))


packed_eigh: Primitive = unregistered(
    answering("linalg.eigh", _eigh),
    x=lambda g, y, like_x: _eigh_rule(g, y, like_x),
    name="eigh",
    canonical=lambda x, uplo: ((x,), {"uplo": uplo}),
    keywords=("uplo",),
    samples=lambda x: [((symmetric(x(2, 2)), "L"), {})],
    tex=r"V (\operatorname{diag}(g) + F \odot V^{\mathsf T} g) V^{\mathsf T}",
    doc="Eigenvalues and eigenvectors of Hermitian matrices, side by side.",
)
EighResult: Any = type(np.linalg.eigh(np.eye(1)))
EigResult: Any = type(np.linalg.eig(np.eye(1)))


def symmetric(x: Array) -> Array:
    """Return the Hermitian part of a matrix."""
    return (x + H(x)) / 2


@composite(
    np.linalg.eigh,
    name="linalg.eigh",
    samples=lambda x: [((symmetric(x(3, 3)),), {}), ((symmetric(x(2, 2, 2)),), {"UPLO": "U"}), ((x(1, 1),), {})],
)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """Eigenvalues, in ascending order, and eigenvectors of Hermitian matrices.

    One triangle is read; the gradient is Hermitian, as a change of the matrix must be.

    Raises
    ------
    GradientError
        In the backward pass, where eigenvectors of equal eigenvalues are differentiated.
    """
    a = square(a, "linalg.eigh")
    w, v = _parts(packed_eigh(a, uplo=_uplo("linalg.eigh", UPLO)), Like.of(a))
    return EighResult(real(w), v)


def _eigvalsh_call(a: Any, UPLO: str = "L") -> Any:
    """Bring the arguments of eigvalsh into canonical form."""
    return (square(a, "linalg.eigvalsh"),), {"uplo": _uplo("linalg.eigvalsh", UPLO)}


def _eigvalsh(x: Array, uplo: Any) -> Array:
    return np.linalg.eigvalsh(x, uplo)


def _eigvalsh_rule(g: Array, x: Array, uplo: str) -> Array:
    v = _parts(packed_eigh(x, uplo=uplo), Like.of(x))[1]
    return conj((v * np.expand_dims(real(g), -2)) @ H(v))


primitive(
    answering("linalg.eigvalsh", _eigvalsh),
    name="linalg.eigvalsh",
    answers_to=(np.linalg.eigvalsh,),
    x=lambda g, x, uplo: _eigvalsh_rule(g, x, uplo),
    canonical=_eigvalsh_call,
    keywords=("uplo",),
    samples=lambda x: [
        ((symmetric(x(3, 3)),), {}),
        ((symmetric(x(2, 2, 2)),), {"UPLO": "U"}),
        ((symmetric(x(2, 2) + 1j * x(2, 2)),), {}),
    ],
    views=False,
    label="λ",
    tex=r"V \operatorname{diag}(g) V^{\mathsf T}",
    doc=np.linalg.eigvalsh.__doc__,
)


# From NumPy 2.5 on eigenvalues are always complex.
_ALWAYS_COMPLEX = np.linalg.eigvals(np.eye(1)).dtype.kind == "c"


def _eig(x: Array) -> Array:
    """Eigenvalues and eigenvectors, real where all of them are: real eigenvectors have no phase that could turn."""
    w, v = np.linalg.eig(x)
    if x.dtype.kind != "c" and w.dtype.kind == "c" and not w.imag.any():
        w, v = w.real, v.real
    return packed(w, v, axes=(1, 2))


def _eig_rule(g: Array, y: Array, like_x: Like) -> Array:
    """V⁻ᴴ (diag(ḡw) + (Vᴴ ḡV − Vᴴ V diag(Re Vᴴ ḡV)) / conj(wj − wi)) Vᴴ; every eigenvector has length 1."""
    w, v = _parts(y, like_x)
    gw, gv = _parts(conj(g), like_x)
    n = like_x.shape[-1]
    refuse_equal(w, np.any(gv != 0, axis=-2), f"linalg.eig: {EQUAL}", USE_VALUES.replace("eigvalsh", "eigvals"))
    turned = H(v) @ gv
    lengths = np.expand_dims(real((turned * np.eye(n, dtype=turned.dtype)).sum(axis=-2)), -2)
    turned = turned - (H(v) @ v) * lengths
    refuse_phase(skew(turned), H(v) @ gv, "linalg.eig: this function of the eigenvectors")
    inner = over_gaps(turned, conj(w)) + diagonal(gw, n)
    return conj(_back(v) @ inner @ H(v))


def _back(v: Array) -> Array:
    """Return V⁻ᴴ.

    Raises
    ------
    GradientError
        When the eigenvectors depend on each other.
    """
    what = f"linalg.eig of shape {v.shape}: the matrix has too few eigenvectors, so that there is no derivative."
    mend = "Perturb the matrix; for a symmetric one use np.linalg.eigh."
    try:
        inverse = inv(v)
    except MatrixError:
        raise GradientError(what, mend) from None
    if v.size:
        refuse(np.max(np.abs(inverse), axis=(-2, -1)) > 0.01 / float(np.finfo(v.dtype).eps), what, mend)
    return H(inverse)


packed_eig: Primitive = unregistered(
    answering("linalg.eig", _eig),
    x=lambda g, y, like_x: _eig_rule(g, y, like_x),
    name="eig",
    samples=lambda x: [((x(2, 2) / 9 + np.diag([1.0, 4.0]),), {})],
    tex=r"V^{-\mathsf T} (\operatorname{diag}(g) + F \odot V^{\mathsf T} g) V^{\mathsf T}",
    doc="Eigenvalues and eigenvectors of square matrices, side by side.",
)


def _eig_samples(x: Any) -> Any:
    turning = np.array([[0.1, 2.0, 0.3], [-1.0, 0.5, -0.2], [0.3, 0.2, 3.0]])
    apart = np.array([[[1.0, 0.2], [0.3, 2.0]], [[5.0, -0.4], [0.3, 3.0]]])
    return [((apart + x(2, 2, 2) / 20,), {}), ((np.array([[1 + 1j, 0.5], [0.3j, 4 - 1j]]),), {}), ((turning,), {})]


@composite(np.linalg.eigvals, name="linalg.eigvals", samples=_eig_samples)
def eigvals(a: Any) -> Any:
    """Eigenvalues of square matrices, in no particular order; complex where one of them is."""
    return eig(a)[0]


def real_eigvals(a: Any) -> Any:
    """Eigenvalues of square matrices, real where all of them are, in every NumPy."""
    a = square(a, "linalg.eigvals")
    return _parts(packed_eig(a), Like.of(a))[0]


@composite(np.linalg.eig, name="linalg.eig", samples=lambda x: _eig_samples(x)[:1])
def eig(a: Any) -> Any:
    """Eigenvalues and eigenvectors of square matrices; complex where one of them is, from NumPy 2.5 on always.

    Raises
    ------
    GradientError
        In the backward pass, where eigenvectors of equal eigenvalues are differentiated, or their phases.
    """
    a = square(a, "linalg.eig")
    found = _parts(packed_eig(a), Like.of(a))
    if _ALWAYS_COMPLEX:
        found = [each.astype(np.result_type(each.dtype, np.complex64)) for each in found]
    return EigResult(*found)
