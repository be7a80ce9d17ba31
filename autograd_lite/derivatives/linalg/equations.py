"""Inverses and equations: d(A⁻¹) = −A⁻¹ dA A⁻¹."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.linalg.matrices import H, answering, matrix, refuse, regular, square
from autograd_lite.derivatives.vocabulary import as_array, beside, conj, mT
from autograd_lite.errors import MatrixError
from autograd_lite.primitives import Array, Like, Primitive, primitive, unregistered


def one_square(name: str) -> Any:
    """Return what brings a call with one square matrix into canonical form."""

    def canonical(x: Any) -> Any:
        return (square(x, name),), {}

    return canonical


inv: Primitive = primitive(
    answering("linalg.inv", np.linalg.inv),
    name="linalg.inv",
    answers_to=(np.linalg.inv,),
    x=lambda g, y: -(mT(y) @ g @ mT(y)),
    canonical=one_square("linalg.inv"),
    ready=True,
    samples=lambda x: [((regular(x, 2, 2),), {}), ((regular(x, 2, 3, 3),), {}), ((x(0, 0),), {})],
    views=False,
    label="⁻¹",
    tex=r"-y^{\mathsf T} g\,y^{\mathsf T}",
    doc=np.linalg.inv.__doc__,
)


def _solve(a: Array, b: Array) -> Array:
    return np.linalg.solve(a, b)


def _back_solved(g: Array, a: Array, like_b: Like) -> Array:
    """Return A⁻ᵀ g, the gradient in b; a 1-D b is a column."""
    if like_b.ndim == 1:
        return solve(mT(a), np.expand_dims(g, -1)).squeeze(-1)
    return solve(mT(a), g)


def _solve_left(g: Array, y: Array, a: Array, like_b: Like) -> Array:
    gb = _back_solved(g, a, like_b)
    if like_b.ndim == 1:
        return -(np.expand_dims(gb, -1) * np.expand_dims(y, -2))
    return -(gb @ mT(y))


solve: Primitive = primitive(
    answering("linalg.solve", _solve),
    name="linalg.solve",
    answers_to=(np.linalg.solve,),
    a=lambda g, y, a, like_b: _solve_left(g, y, a, like_b),
    b=lambda g, a, like_b: _back_solved(g, a, like_b),
    canonical=lambda a, b: ((square(a, "linalg.solve"), as_array(b)), {}),
    ready=True,
    samples=lambda x: [
        ((regular(x, 2, 2), x(2)), {}),
        ((regular(x, 2, 3, 3), x(3, 2)), {}),
        ((regular(x, 2, 2, 2), x(2)), {}),
        ((regular(x, 2, 2) + 1j * x(2, 2), x(2, 1)), {}),
    ],
    views=False,
    label="A⁻¹b",
    tex=(r"-a^{-\mathsf T} g\,y^{\mathsf T}", r"a^{-\mathsf T} g"),
    doc=np.linalg.solve.__doc__,
)


def _refuse_rank(p: Array, a: Array, name: str) -> None:
    """Raise unless the pseudoinverse is that of a matrix of full rank: tr(P A) is the rank, ‖P‖ ‖A‖ the condition."""
    k = min(a.shape[-2:])
    rank = np.abs((p * mT(a)).sum(axis=(-2, -1)))
    squares = [(np.abs(each) ** 2).sum(axis=(-2, -1)) for each in (p, a)]
    worst = 1 / float(np.finfo(a.dtype).eps)
    refuse(
        np.logical_or(rank < k - 0.5, squares[0] * squares[1] > worst**2),
        f"{name} of shape {a.shape}: where the matrix has not full rank the pseudoinverse is not differentiable.",
        "Leave out columns that depend on the others, or add a penalty: solve(A.T @ A + c * np.eye(n), A.T @ b).",
    )


def _pinv(x: Array, rcond: Any, hermitian: bool) -> Array:
    return np.linalg.pinv(x, rcond=rcond, hermitian=hermitian)


def _pinv_rule(g: Array, y: Array, x: Array) -> Array:
    """dP = −P dA P + P Pᴴ dAᴴ (I − A P) + (I − P A) dAᴴ Pᴴ P (Golub and Pereyra, 1973)."""
    _refuse_rank(y, x, "linalg.pinv")
    g = conj(g)
    p, turned = H(y), H(g)
    total = -(p @ g @ p)
    total = total + (turned - x @ (y @ turned)) @ (y @ p) + (p @ y) @ (turned - (turned @ y) @ x)
    return conj(total)


def _pinv_call(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Bring the arguments of pinv into canonical form; by default singular values below 1e-15 of the first are 0."""
    a = matrix(a, "linalg.pinv")
    chosen = rcond if rcond is not None else rtol
    return (a,), {"rcond": 1e-15 if chosen is None else chosen, "hermitian": bool(hermitian)}


pinv: Primitive = primitive(
    answering("linalg.pinv", _pinv),
    name="linalg.pinv",
    answers_to=(np.linalg.pinv,),
    x=lambda g, y, x: _pinv_rule(g, y, x),
    canonical=_pinv_call,
    keywords=("rcond", "hermitian"),
    samples=lambda x: [
        ((x(3, 2),), {}),
        ((x(2, 2, 3),), {}),
        ((x(2, 2),), {}),
        ((x(3, 2) + 1j * x(3, 2),), {}),
    ],
    views=False,
    label="⁺",
    tex=r"-y^{\mathsf T} g\,y^{\mathsf T} + (1 - x\,y) g^{\mathsf T} y\,y^{\mathsf T}"
    r" + y^{\mathsf T} y\,g^{\mathsf T} (1 - y\,x)",
    doc=np.linalg.pinv.__doc__,
)


def _least_squares(a: Array, b: Array, rcond: Any) -> Array:
    return np.linalg.lstsq(a, b, rcond=rcond)[0]


def _pseudoinverse_in(a: Array, rcond: Any) -> Array:
    p = pinv(a, rcond=rcond)
    _refuse_rank(p, a, "linalg.lstsq")
    return p


def _lstsq_left(g: Array, y: Array, a: Array, b: Array, rcond: Any) -> Array:
    """x = P b; the derivative is that of the pseudoinverse P, with b multiplied in."""
    p = _pseudoinverse_in(a, rcond)
    if b.ndim == 1:
        g, y, b = (np.expand_dims(each, -1) for each in (g, y, b))
    g = conj(g)
    gb = H(p) @ g
    total = -(gb @ H(y)) + (b - a @ y) @ H(p @ gb) + (H(p) @ y) @ H(g - H(a) @ gb)
    return conj(total)


least_squares: Primitive = unregistered(
    answering("linalg.lstsq", _least_squares),
    a=lambda g, y, a, b, rcond: _lstsq_left(g, y, a, b, rcond),
    b=lambda g, a, rcond: mT(_pseudoinverse_in(a, rcond)) @ g,
    name="lstsq",
    canonical=lambda a, b, rcond: ((a, b), {"rcond": rcond}),
    keywords=("rcond",),
    samples=lambda x: [
        ((x(3, 2), x(3), 1e-12), {}),
        ((x(3, 2), x(3, 2), 1e-12), {}),
        ((x(2, 3), x(2), 1e-12), {}),
        ((x(2, 2), x(2, 1), 1e-12), {}),
    ],
    label="A⁺b",
    tex=(r"(b - a\,y) (a^+ a^{+\mathsf T} g)^{\mathsf T} - a^{+\mathsf T} g\,y^{\mathsf T}", r"a^{+\mathsf T} g"),
    doc="The least-squares solution of a x = b.",
)


def _lstsq_samples(x: Any) -> Any:
    return [((x(3, 2), x(3)), {}), ((x(4, 2), x(4, 2)), {}), ((x(2, 3), x(2)), {})]


@composite(np.linalg.lstsq, name="linalg.lstsq", samples=_lstsq_samples)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """The x for which ‖a x − b‖ is least, the squared residuals, the rank, and the singular values of `a`.

    Raises
    ------
    GradientError
        In the backward pass, where `a` has not full rank: the solution then jumps with it.
    """
    a = matrix(a, "linalg.lstsq")
    b = as_array(b)
    m, n = a.shape
    if rcond is None:
        rcond = max(m, n) * float(np.finfo(a.dtype if a.dtype.kind in "fc" else float).eps)
    x = least_squares(a, b, rcond=float(rcond))
    s = beside(x, np.linalg.svd(a, compute_uv=False))
    limit = rcond * (s[0] if s.shape[0] else 0)
    rank = np.sum(np.greater(s, limit)).astype(np.intc)
    off = np.abs(b - a @ x)
    residuals = (off * off).sum(axis=0).reshape((-1,))
    return x, residuals if int(rank) == n and m > n else residuals[:0], rank, s


def _split(a: Any, ind: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return a.shape[:ind], a.shape[ind:]


@composite(
    np.linalg.tensorinv, name="linalg.tensorinv", samples=lambda x: [((x(2, 3, 6),), {}), ((x(4, 2, 2),), {"ind": 1})]
)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """The inverse for tensordot: of the linear map from the last axes to the first `ind` ones."""
    first, last = _split(a, ind)
    n = int(np.prod(last, dtype=int))
    if ind <= 0 or int(np.prod(first, dtype=int)) != n:
        raise MatrixError(
            f"linalg.tensorinv of shape {a.shape} with ind={ind}: the axes {first} and {last} differ in size.",
            "The product of the first ind lengths is that of the others; ind is at least 1.",
        )
    return inv(a.reshape((n, n))).reshape((*last, *first))


@composite(
    np.linalg.tensorsolve,
    name="linalg.tensorsolve",
    samples=lambda x: [((x(2, 3, 6), x(2, 3)), {}), ((x(2, 4, 2), x(4)), {"axes": (0,)})],
)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """The x with tensordot(a, x) = b; the axes named are moved to the right first."""
    if axes is not None:
        moved = [k % a.ndim for k in axes]
        a = np.transpose(a, (*(k for k in range(a.ndim) if k not in moved), *moved))
    wanted = a.shape[b.ndim :]
    n = int(np.prod(wanted, dtype=int))
    if a.size != n * n or b.size != n:
        raise MatrixError(
            f"linalg.tensorsolve of shapes {a.shape} and {b.shape}: they make no square matrix.",
            "The lengths of a after those of b multiply to as many as b has elements.",
        )
    return solve(a.reshape((n, n)), b.reshape((n,))).reshape(wanted)
