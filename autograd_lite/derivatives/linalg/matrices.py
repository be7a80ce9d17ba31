"""The words that the rules of linear algebra are written in: transposes, several results in one array, refusals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import as_array, conj, mT
from autograd_lite.errors import AutogradError, DtypeError, GradientError, MatrixError, ShapeError
from autograd_lite.primitives import Array

# What to do where NumPy finds no answer, by a word of its message.
MENDS = {
    "ingular": "np.linalg.lstsq and np.linalg.pinv need no inverse; or add a multiple of the identity.",
    "positive definite": "Make it symmetric, or add a small multiple of the identity: a + 1e-9 * np.eye(n).",
    "square": "It takes square matrices, (..., n, n); np.linalg.pinv and np.linalg.lstsq take others.",
    "dimensional": "It takes a matrix, (m, n), or a stack of matrices, (..., m, n).",
    "converge": "Look for NaN and infinities in the matrix.",
}


def H(x: Array) -> Array:
    """Transpose the last two axes and conjugate."""
    return conj(mT(x))


def diagonal(x: Array, n: int) -> Array:
    """Return the diagonal matrices of vectors of n elements, the last axis."""
    return np.expand_dims(x, -1) * np.eye(n, dtype=x.dtype)


def real(x: Array) -> Array:
    """Return the real part; a real array as it is."""
    return np.real(x) if x.dtype.kind == "c" else x


def answering(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of matrices whose refusals name it, the shapes, and what to do."""

    def answered(*operands: Any, **keywords: Any) -> Any:
        try:
            return function(*operands, **keywords)
        except np.linalg.LinAlgError as problem:
            raise refusal(name, operands, str(problem)) from None
        except AutogradError:
            raise
        except TypeError as problem:
            if "unsupported in linalg" not in str(problem):
                raise
            raise DtypeError(
                f"{name} of dtype {operands[0].dtype}: NumPy's linear algebra has no half precision.",
                "Compute it in float32: t.astype(np.float32).",
            ) from None
        except ValueError:
            shapes = " and ".join(str(np.shape(each)) for each in operands)
            raise ShapeError(
                f"{name}: the shapes {shapes} do not fit.", "The matrices have as many rows as the right-hand sides."
            ) from None

    return answered


def refusal(name: str, operands: Sequence[Any], problem: str) -> MatrixError:
    """Return the error of a matrix that NumPy refuses."""
    said = problem.rstrip(".").replace("Last 2", "the last 2").replace("%d", f"{np.ndim(operands[0])}")
    mend = next((each for word, each in MENDS.items() if word in problem), "Look at the shape and the values.")
    return MatrixError(f"{name} of shape {np.shape(operands[0])}: {said[0].lower()}{said[1:]}.", mend)


def refuse(wrong: Any, what: str, mend: str) -> None:
    """Raise where a derivative does not exist.

    Parameters
    ----------
    wrong : array of bool
        Where it does not.
    what, mend : str

    Raises
    ------
    GradientError
    """
    if bool(np.any(wrong)):
        raise GradientError(what, mend)


def smallest(x: Array) -> Array:
    """Return below which a number is 0 to rounding, beside the largest of the vectors `x`; kept as two axes."""
    n = x.shape[-1]
    top = np.max(np.abs(x), axis=-1) if n else np.zeros(x.shape[:-1])
    return np.reshape(top * (n * float(np.finfo(x.dtype).eps)), (*x.shape[:-1], 1, 1))


def quotient(a: Array, d: Array, least: Array) -> Array:
    """Return a / d, and 0 where d is 0 to rounding."""
    vanishing = np.abs(d) <= least
    return np.where(vanishing, 0, a) / np.where(vanishing, 1, d)


def gaps(w: Array) -> Array:
    """Return w[j] − w[i] in row i and column j."""
    return np.expand_dims(w, -2) - np.expand_dims(w, -1)


def over_gaps(a: Array, w: Array) -> Array:
    """Return a[i, j] / (w[j] − w[i]), and 0 where two are equal."""
    return quotient(a, gaps(w), smallest(w))


def refuse_equal(w: Array, wanted: Array, what: str, mend: str) -> None:
    """Raise where something is wanted of a vector whose number among `w` is that of another vector too.

    Parameters
    ----------
    w, wanted : array
        The numbers, and where something is wanted of their vectors.
    what, mend : str

    Raises
    ------
    GradientError
    """
    close = np.abs(gaps(w)) <= smallest(w)
    refuse(np.logical_and(np.sum(close, axis=-2) > 1, wanted), what, mend)


def refuse_phase(turning: Array, scale: Array, what: str) -> None:
    """Raise where the phases of complex vectors are to turn: they are arbitrary.

    Raises
    ------
    GradientError
    """
    n = turning.shape[-1]
    if turning.dtype.kind == "c" and n:
        least = 1e3 * n * float(np.finfo(turning.dtype).eps) * np.max(np.abs(scale), axis=(-2, -1), keepdims=True)
        refuse(
            np.abs(turning * np.eye(n)) > least,
            f"{what} depends on their phases, which are arbitrary.",
            "Use what the phases do not change, such as abs(v) or v * w @ v.conj().T.",
        )


def completed(g: Array, basis: Array, g_further: Array, further: Array, what: str) -> Array:
    """Return the gradient in a basis, `further` vectors having completed it to one of the whole space.

    They are determined up to a rotation Ω of their own: dF = −B dBᴴ F + F Ω.

    Raises
    ------
    GradientError
        When the function depends on that rotation.
    """
    if not further.shape[-1]:
        return g
    turned = skew(H(further) @ g_further)
    least = 1e3 * g.shape[-2] * float(np.finfo(g.dtype).eps) * np.max(np.abs(g_further), axis=(-2, -1), keepdims=True)
    refuse(
        np.abs(turned) > least,
        f"{what}: the vectors that complete the basis are arbitrary, and this function depends on their choice.",
        "Use what a rotation of them leaves, such as v @ v.T, or leave them out: 'reduced', full_matrices=False.",
    )
    return g - further @ (H(g_further) @ basis)


def skew(x: Array) -> Array:
    """Return (x − xᴴ) / 2."""
    return (x - H(x)) / 2


def packed(*parts: Array, axes: Sequence[int]) -> Array:
    """Lay several results side by side along one axis; `axes` says how many each has beside those of the stack."""
    flat = [
        part.reshape((*part.shape[: part.ndim - n], -1 if part.size else 0))
        for part, n in zip(parts, axes, strict=True)
    ]
    return np.concatenate(flat, axis=-1)


def unpacked(y: Array, *shapes: tuple[int, ...]) -> list[Array]:
    """Take apart what `packed` laid side by side, given the shapes without the axes of the stack."""
    found, start = [], 0
    for shape in shapes:
        stop = start + math.prod(shape)
        found.append(y[..., start:stop].reshape((*y.shape[:-1], *shape)))
        start = stop
    return found


def regular(x: Any, *shape: int) -> Array:
    """Return sample matrices that are far from singular."""
    return x(*shape) / 3 + 4 * np.eye(shape[-1])


def matrix(x: Any, name: str) -> Any:
    """Return an operand that is a matrix or a stack of matrices.

    Raises
    ------
    MatrixError
        When it has fewer than two axes.
    """
    x = as_array(x)
    if x.ndim < 2:
        raise MatrixError(f"{name} of shape {x.shape}: it has {x.ndim} axes.", MENDS["dimensional"])
    return x


def square(x: Any, name: str) -> Any:
    """Return an operand that is a square matrix or a stack of them.

    Raises
    ------
    MatrixError
        When it is not.
    """
    x = matrix(x, name)
    if x.shape[-1] != x.shape[-2]:
        raise MatrixError(
            f"{name} of shape {x.shape}: the last 2 dimensions of the array must be square.", MENDS["square"]
        )
    return x
