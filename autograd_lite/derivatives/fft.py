"""Fourier transforms: linear maps whose matrix is symmetric, so that a transform of g is the gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.vocabulary import as_array, canonical_axes, canonical_axis, conj, scatter, whole
from autograd_lite.errors import ArgumentError, suggestion
from autograd_lite.primitives import Array, Like, Primitive, primitive

NORMS = ("backward", "ortho", "forward")
# Hermitian transforms are the real ones in the other direction.
OTHER_WAY: dict[str, Any] = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def _norm(name: str, norm: Any) -> Any:
    """Return which of the two directions is scaled."""
    chosen = "backward" if norm is None else norm
    if chosen not in NORMS:
        raise ArgumentError(f"{name}: norm={norm!r}.", suggestion(norm, NORMS))
    return chosen


def _length(name: str, n: Any, default: int) -> int:
    """Return how many points are transformed."""
    length = default if n is None else whole(name, "n", n)
    if length < 1:
        raise ArgumentError(
            f"{name}: {length} points cannot be transformed.", "n is 1 or more; leave out empty arrays."
        )
    return length


def resized(g: Array, like: Like) -> Array:
    """Return `g` in the shape of `like`: what was cut off gets 0, what was filled up is cut off."""
    if g.shape == like.shape:
        return g
    both = tuple(slice(min(n, m)) for n, m in zip(g.shape, like.shape, strict=True))
    return scatter(g[both], Like(like.shape, g.dtype), both)


Transform = Callable[..., Array]


def _forward_call(name: str) -> Callable[..., Any]:
    def canonical(a: Any, n: int | None = None, axis: int = -1, norm: Any = None) -> Any:
        a = as_array(a)
        axis = canonical_axis(axis, a.ndim)
        return (a,), {"n": _length(name, n, a.shape[axis]), "axis": axis, "norm": _norm(name, norm)}

    return canonical


def _inverse_call(name: str) -> Callable[..., Any]:
    """Return the canonical form of irfft, whose result is by default twice as long, less 2."""

    def canonical(a: Any, n: int | None = None, axis: int = -1, norm: Any = None) -> Any:
        a = as_array(a)
        axis = canonical_axis(axis, a.ndim)
        return (a,), {"n": _length(name, n, 2 * a.shape[axis] - 2), "axis": axis, "norm": _norm(name, norm)}

    return canonical


def _along_axis(transform: Transform) -> Transform:
    return lambda x, n, axis, norm: transform(x, n, axis, norm)


def _fft_samples(x: Any) -> Any:
    return [
        ((x(3),), {}),
        ((x(4) + 1j * x(4),), {"n": 3}),
        ((x(2, 3) + 1j * x(2, 3),), {"n": 4, "axis": 0, "norm": "ortho"}),
        ((x(3),), {"norm": "forward"}),
    ]


def _over_one_axis(transform: Transform, canonical: Any, samples: Any, rule: Any, **options: Any) -> Primitive:
    """Declare a transform along one axis."""
    name = f"fft.{transform.__name__}"
    return primitive(
        _along_axis(transform),
        name=name,
        answers_to=(transform,),
        x=rule,
        canonical=canonical(name),
        keywords=("n", "axis", "norm"),
        samples=samples,
        views=False,
        label=transform.__name__,
        doc=transform.__doc__,
        **options,
    )


_over_one_axis(
    np.fft.fft,
    _forward_call,
    _fft_samples,
    lambda g, like_x, n, axis, norm: resized(np.fft.fft(g, n, axis, norm), like_x),
    tex=r"\operatorname{fft}(g)",
)
_over_one_axis(
    np.fft.ifft,
    _forward_call,
    _fft_samples,
    lambda g, like_x, n, axis, norm: resized(np.fft.ifft(g, n, axis, norm), like_x),
    tex=r"\operatorname{ifft}(g)",
)


def _rfft_rule(g: Array, like: Like, n: int, axis: int, norm: Any) -> Array:
    """The half that was left out has no gradient: fill g up with 0 and transform; what is real is the real part."""
    return resized(np.real(np.fft.fft(g, n, axis, norm)), like)


def _irfft_rule(g: Array, like: Like, n: int, axis: int, norm: Any) -> Array:
    """Each frequency but 0 and n/2 stands for its mirror image too, and so counts twice."""
    m = n // 2 + 1
    twice = np.full(m, 2, dtype=g.dtype)
    twice[0] = 1
    if n % 2 == 0:
        twice[-1] = 1
    half = np.fft.ifft(g, n, axis, norm)[(slice(None),) * axis + (slice(m),)]
    return resized(half * twice.reshape((m,) + (1,) * (g.ndim - axis - 1)), like)


_over_one_axis(
    np.fft.rfft,
    _forward_call,
    lambda x: [((x(4),), {}), ((x(5),), {"n": 3}), ((x(2, 3),), {"n": 5, "axis": 0, "norm": "ortho"})],
    lambda g, like_x, n, axis, norm: _rfft_rule(g, like_x, n, axis, norm),
    tex=r"\operatorname{Re}(\operatorname{fft}(g))",
)
irfft: Primitive = _over_one_axis(
    np.fft.irfft,
    _inverse_call,
    lambda x: [
        ((x(3) + 1j * x(3),), {}),
        ((x(3) + 1j * x(3),), {"n": 5}),
        ((x(2, 3) + 1j * x(2, 3),), {"n": 2, "norm": "forward"}),
        ((x(2, 2) + 1j * x(2, 2),), {"n": 5, "axis": 0, "norm": "ortho"}),
        ((x(3),), {}),
    ],
    lambda g, like_x, n, axis, norm: _irfft_rule(g, like_x, n, axis, norm),
    tex=r"2\,\operatorname{ifft}(g)",
)


@composite(
    np.fft.hfft, name="fft.hfft", samples=lambda x: [((x(3) + 1j * x(3),), {}), ((x(3),), {"n": 5, "norm": "ortho"})]
)
def hfft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None) -> Any:
    """The transform of what is Hermitian in time, so that the spectrum is real."""
    return np.fft.irfft(conj(as_array(a)), n, axis, OTHER_WAY[_norm("fft.hfft", norm)])


@composite(
    np.fft.ihfft, name="fft.ihfft", samples=lambda x: [((x(4),), {}), ((x(2, 3),), {"axis": 0, "norm": "forward"})]
)
def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None) -> Any:
    """The inverse of hfft: half of the Hermitian signal of a real spectrum."""
    return conj(np.fft.rfft(as_array(a), n, axis, OTHER_WAY[_norm("fft.ihfft", norm)]))


Lengths = tuple[int, ...]


def _lengths(name: str, a: Any, s: Any, axes: Any) -> tuple[Lengths, Lengths]:
    """Return the axes that are transformed, in their order, and how many points along each; −1 leaves an axis."""
    if axes is None:
        chosen = tuple(range(a.ndim)) if s is None else tuple(range(a.ndim - len(s), a.ndim))
    else:
        chosen = tuple(canonical_axis(int(k), a.ndim) for k in axes)
    given: Sequence[Any] = (None,) * len(chosen) if s is None else tuple(s)
    if len(given) != len(chosen):
        raise ArgumentError(
            f"{name}: s={tuple(given)} names {len(given)} lengths for {len(chosen)} axes.", "Give one for each axis."
        )
    found = tuple(_length(name, None if n in (None, -1) else n, a.shape[k]) for n, k in zip(given, chosen, strict=True))
    return found, chosen


def _many_call(name: str) -> Callable[..., Any]:
    def canonical(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
        a = as_array(a)
        lengths, axes = _lengths(name, a, s, axes)
        return (a,), {"s": lengths, "axes": axes, "norm": _norm(name, norm)}

    return canonical


def _along_axes(transform: Transform) -> Transform:
    return lambda x, s, axes, norm: transform(x, s, axes, norm)


def _many_samples(x: Any) -> Any:
    return [
        ((x(2, 3),), {}),
        ((x(2, 3) + 1j * x(2, 3),), {"s": (3, 2), "axes": (1, 0), "norm": "ortho"}),
        ((x(2, 2, 3),), {"axes": (0, 2), "norm": "forward"}),
        ((x(2, 3),), {"s": (2, 4), "axes": (1, 1), "norm": "ortho"}),
    ]


def _over_axes(transform: Transform, rule: Any, tex: str) -> Primitive:
    """Declare a transform along several axes."""
    name = f"fft.{transform.__name__}"
    return primitive(
        _along_axes(transform),
        name=name,
        answers_to=(transform,),
        x=rule,
        canonical=_many_call(name),
        keywords=("s", "axes", "norm"),
        samples=_many_samples,
        views=False,
        label=transform.__name__,
        tex=tex,
        doc=transform.__doc__,
    )


def _back(one: Transform, many: Transform, g: Array, like: Like, s: Lengths, axes: Lengths, norm: Any) -> Array:
    """Return the gradient of a transform along axes; one that is named repeatedly is gone back along in turns."""
    if len(set(axes)) == len(axes):
        return resized(many(g, s, axes, norm), like)
    shapes = [like.shape]
    for n, k in zip(s[::-1], axes[::-1], strict=True):
        shapes.append((*shapes[-1][:k], n, *shapes[-1][k + 1 :]))
    for n, k, shape in zip(s, axes, shapes[-2::-1], strict=True):
        g = resized(one(g, n, k, norm), Like(shape, g.dtype))
    return g


_over_axes(
    np.fft.fftn,
    lambda g, like_x, s, axes, norm: _back(np.fft.fft, np.fft.fftn, g, like_x, s, axes, norm),
    r"\operatorname{fft}(g)",
)
_over_axes(
    np.fft.ifftn,
    lambda g, like_x, s, axes, norm: _back(np.fft.ifft, np.fft.ifftn, g, like_x, s, axes, norm),
    r"\operatorname{ifft}(g)",
)

PLANE = (-2, -1)


def _plane_samples(x: Any) -> Any:
    return [((x(2, 3),), {}), ((x(2, 2, 2) + 1j * x(2, 2, 2),), {"s": (3, 2), "norm": "ortho"})]


@composite(np.fft.fft2, name="fft.fft2", samples=_plane_samples)
def fft2(a: Any, s: Any = None, axes: Any = PLANE, norm: Any = None) -> Any:
    """The transform along two axes."""
    return np.fft.fftn(a, s, axes, norm)


@composite(np.fft.ifft2, name="fft.ifft2", samples=_plane_samples)
def ifft2(a: Any, s: Any = None, axes: Any = PLANE, norm: Any = None) -> Any:
    """The inverse transform along two axes."""
    return np.fft.ifftn(a, s, axes, norm)


def _real_samples(x: Any) -> Any:
    return [((x(2, 4),), {}), ((x(2, 3),), {"s": (3, 4), "axes": (1, 0), "norm": "ortho"})]


def _complex_samples(x: Any) -> Any:
    return [
        ((x(2, 3) + 1j * x(2, 3),), {}),
        ((x(2, 3) + 1j * x(2, 3),), {"s": (3, 3), "norm": "forward", "axes": (0, 1)}),
    ]


@composite(np.fft.rfftn, name="fft.rfftn", samples=_real_samples)
def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    """The transform of real numbers along several axes; of the last of these only half is given."""
    a = as_array(a)
    lengths, axes = _lengths("fft.rfftn", a, s, axes)
    half = np.fft.rfft(a, lengths[-1], axes[-1], norm)
    return np.fft.fftn(half, lengths[:-1], axes[:-1], norm) if len(axes) > 1 else half


@composite(np.fft.irfftn, name="fft.irfftn", samples=_complex_samples)
def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    """The inverse of rfftn; by default as long along the last axis as twice the half, less 2."""
    a = as_array(a)
    lengths, axes = _lengths("fft.irfftn", a, s, axes)
    last = None if s is None or s[-1] == -1 else lengths[-1]
    for n, k in zip(lengths[:-1], axes[:-1], strict=True):  # in this order, which counts for an axis named twice
        a = np.fft.ifft(a, n, k, norm)
    return np.fft.irfft(a, last, axes[-1], norm)


@composite(np.fft.rfft2, name="fft.rfft2", samples=lambda x: _real_samples(x)[:1])
def rfft2(a: Any, s: Any = None, axes: Any = PLANE, norm: Any = None) -> Any:
    """The transform of real numbers along two axes."""
    return rfftn(a, s, axes, norm)


@composite(np.fft.irfft2, name="fft.irfft2", samples=lambda x: _complex_samples(x)[:1])
def irfft2(a: Any, s: Any = None, axes: Any = PLANE, norm: Any = None) -> Any:
    """The inverse of rfft2."""
    return irfftn(a, s, axes, norm)


def _shift_call(x: Any, axes: Any = None) -> Any:
    """Bring the arguments of fftshift into canonical form."""
    x = as_array(x)
    return (x,), {"axes": canonical_axes(axes, x.ndim)}


def _shift_samples(x: Any) -> Any:
    return [((x(3),), {}), ((x(2, 3),), {"axes": 1}), ((x(3, 2) + 1j * x(3, 2),), {"axes": (0, 1)})]


def _shifting(shift: Transform, back: Transform) -> Primitive:
    """Declare a shift and its way back, which is its gradient."""
    return primitive(
        shift,
        name=f"fft.{shift.__name__}",
        x=lambda g, axes: back(g, axes),
        canonical=_shift_call,
        keywords=("axes",),
        samples=_shift_samples,
        views=False,
        label=shift.__name__,
        tex=rf"\operatorname{{{back.__name__}}}(g)",
    )


_shifting(np.fft.fftshift, np.fft.ifftshift)
_shifting(np.fft.ifftshift, np.fft.fftshift)
