"""Every operation in half precision and on complex numbers, from its own declaration."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.check.samples import floats
from autograd_lite.derivatives.composition import Composite
from autograd_lite.errors import AutogradError, DtypeError, GradientError
from autograd_lite.primitives import Primitive
from tests.engine.test_composites import CASES, flat, joined, numbers, of_numbers
from tests.engine.test_operations import WORDS, as_symmetric, cases, elementwise, function_of_floats

HALF = float(np.finfo(np.float16).eps)
# NumPy's own give more than half precision, or another dtype than their operands have.
WIDENED = frozenset({"interp", "polyder", "poly", "linspace", "logspace", "geomspace", "sort_complex", "quantile"})


def of_reals(args: Any) -> bool:
    return not any(isinstance(each, np.ndarray) and each.dtype.kind == "c" for each in args)


def close(found: Any, exact: Any, *, parts: float) -> None:
    """Compare what half precision can hold, to so many of its rounding errors of the largest element."""
    held = np.abs(exact) < np.finfo(np.float16).max
    scale = max(1.0, float(np.max(np.abs(exact[held]), initial=0.0)))
    np.testing.assert_allclose(found[held].astype(float), exact[held], rtol=parts * HALF, atol=parts * HALF * scale)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(
    ("primitive", "args", "kwargs"),
    [each for each in cases(lambda primitive: primitive not in WORDS) if of_reals(each.values[1])],
)
def test_half_precision_is_that_of_numpy_and_so_is_its_gradient(primitive: Primitive, args: Any, kwargs: Any) -> None:
    halves = [each.astype(np.float16) for each in floats(args)]
    tensors = [ag.tensor(each, requires_grad=True) for each in halves]
    f = function_of_floats(primitive, args, kwargs)
    try:
        plain = f(*halves)
    except DtypeError:
        with pytest.raises(DtypeError, match=r"no half precision\.\n.*astype\(np\.float32\)"):
            f(*tensors)
        return
    y = f(*tensors)
    assert y.dtype == plain.dtype and (y.dtype == np.float16 or "fft." in primitive.__name__)
    exact = [ag.tensor(each.astype(float), requires_grad=True) for each in halves]
    wide = f(*exact)
    close(y.numpy(), wide.numpy(), parts=16)
    for g, known in zip(ag.gradients(y.sum(), tensors), ag.gradients(wide.sum(), exact), strict=True):
        assert g is not None and known is not None and g.dtype == np.float16
        close(g.numpy(), known.numpy(), parts=32)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("composite", "args", "kwargs"),
    [each for each in CASES if all(x.dtype.kind != "c" for x in numbers(each.values[1:]))],
)
def test_a_composite_keeps_half_precision_as_numpy_does(composite: Composite, args: Any, kwargs: Any) -> None:
    halves = [each.astype(np.float16) for each in numbers((args, kwargs))]
    tensors = [ag.tensor(each, requires_grad=True) for each in halves]
    try:
        expected = flat(of_numbers(composite.fn, args, kwargs)(*halves))
    except TypeError:
        with pytest.raises(DtypeError, match="no half precision"):
            of_numbers(composite.call, args, kwargs)(*tensors)
        return
    found = flat(of_numbers(composite.call, args, kwargs)(*tensors))
    for ours, numpys in zip(found, map(np.asarray, expected), strict=True):
        assert ours.dtype == numpys.dtype or composite.name in WIDENED or composite.name.startswith("emath.")
        if composite.name != "polydiv" and numpys.dtype.kind in "fc":  # what rounding leaves is no zero of a polynomial
            values = ours.detach().numpy() if isinstance(ours, ag.Tensor) else ours
            np.testing.assert_allclose(values, numpys, rtol=16 * HALF, atol=16 * HALF * np.abs(numpys).max(initial=1))
    for g in ag.gradients(joined(found).sum(), tensors, allow_unused=True):
        assert g is None or g.dtype == np.float16


def with_imaginary_parts(structure: Any, rng: np.random.Generator) -> Any:
    """Return the arguments with complex numbers in the place of real ones."""
    if isinstance(structure, np.ndarray):
        imaginary = 0.37j * rng.permutation(structure.ravel()).reshape(structure.shape)
        return np.asarray(structure + imaginary) if structure.dtype.kind == "f" else structure
    if type(structure) in (tuple, list):
        return type(structure)(with_imaginary_parts(part, rng) for part in structure)
    return structure


def complex_calls() -> Iterator[Any]:
    """Yield two calls of each operation, of those that have elements."""
    taken: Counter[str] = Counter()
    for each in cases(lambda primitive: primitive not in WORDS):
        primitive, args, kwargs = each.values
        if of_reals(args) and taken[primitive.__name__] < 2 and all(x.size for x in floats(args)):
            taken[primitive.__name__] += 1
            made = with_imaginary_parts(args, np.random.default_rng(5))
            yield pytest.param(primitive, as_symmetric(primitive.__name__, made), kwargs, id=each.id)


COMPLEX = list(complex_calls())
# They have parts that are determined but for a phase or a rotation, on which a sum over all of them depends.
PHASES = frozenset({"eigh", "eig", "svd", "qr"})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("primitive", "args", "kwargs"), COMPLEX)
def test_of_complex_numbers_it_has_the_right_gradient_or_none(primitive: Primitive, args: Any, kwargs: Any) -> None:
    f = function_of_floats(primitive, args, kwargs)
    parts = floats(args)
    try:
        primitive(*args, **kwargs)
    except (TypeError, AutogradError):  # not a function of complex numbers
        with pytest.raises((TypeError, AutogradError)):
            f(*[ag.tensor(each, requires_grad=True) for each in parts])
        return
    try:
        assert ag.gradcheck(f, tuple(parts))
    except GradientError as refused:
        assert primitive.__name__ in PHASES and "arbitrary" in str(refused)


# Of complex numbers their order is not that of NumPy, or not kept when they change a little.
UNORDERED = frozenset({"unique_values"})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("composite", "args", "kwargs"),
    [each for each in CASES if all(x.size and x.dtype.kind != "c" for x in numbers(each.values[1:]))],
)
def test_a_composite_of_complex_numbers_has_the_right_gradient_or_none(
    composite: Composite, args: Any, kwargs: Any
) -> None:
    rng = np.random.default_rng(5)
    inputs = [with_imaginary_parts(each, rng) for each in numbers((args, kwargs))]
    tensors = [ag.tensor(each, requires_grad=True) for each in inputs]

    def of(call: Callable[..., Any]) -> Callable[..., Any]:
        hermitian = kwargs.get("hermitian", False)
        return of_numbers(
            lambda *a, **k: call(*as_symmetric(composite.name, a, hermitian=hermitian), **k), args, kwargs
        )

    try:
        expected = flat(of(composite.fn)(*inputs))
    except (TypeError, ValueError):  # not a function of complex numbers
        with pytest.raises((TypeError, ValueError)):
            of(composite.call)(*tensors)
        return
    try:
        found = flat(of(composite.call)(*tensors))
    except DtypeError as refused:
        assert "have no order" in str(refused) or "of real numbers" in str(refused)
        return
    for ours, numpys in zip(found, map(np.asarray, expected), strict=True):
        values = ours.detach().numpy() if isinstance(ours, ag.Tensor) else np.asarray(ours)
        # A condition number is real; NumPy 2.0 gave some as complex numbers.
        assert values.dtype == numpys.dtype or composite.name == "linalg.cond"
        np.testing.assert_allclose(values, numpys, rtol=1e-11, atol=1e-12)
    if composite.name in UNORDERED or not joined(found).size:
        return

    def of_parts(*parts: Any) -> Any:
        return joined(of(composite.call)(*[re + 1j * im for re, im in zip(parts[::2], parts[1::2], strict=True)]))

    try:
        assert ag.gradcheck(of_parts, tuple(part.copy() for each in inputs for part in (each.real, each.imag)))
    except GradientError as refused:
        assert composite.name.removeprefix("linalg.") in PHASES and "arbitrary" in str(refused)


@pytest.mark.parametrize(
    ("primitive", "args", "kwargs"),
    [each for each in COMPLEX if elementwise(each.values[0]) and len(each.values[0].operands) == 1],
)
def test_the_gradient_of_a_complex_tensor_is_that_in_its_parts(primitive: Primitive, args: Any, kwargs: Any) -> None:
    """PyTorch's convention: ∂L/∂Re z + i ∂L/∂Im z, the direction of steepest ascent."""
    (z,) = args
    leaf = ag.tensor(z, requires_grad=True)
    try:
        y = primitive(leaf)
    except (TypeError, AutogradError):
        return
    np.abs(y).sum().backward()
    slopes = [_slope(lambda x: float(np.abs(primitive.fn(x)).sum()), z, step) for step in (1, 1j)]
    np.testing.assert_allclose(leaf.grad.numpy(), slopes[0] + 1j * slopes[1], rtol=1e-5, atol=1e-6)


def _slope(f: Callable[[Any], float], z: Any, step: complex, h: float = 1e-6) -> Any:
    """Return how a real function changes when each element of z moves along `step`."""
    found = np.empty(z.shape)
    for place in np.ndindex(z.shape):
        moved = np.zeros(z.shape, complex)
        moved[place] = h * step
        found[place] = (f(z + moved) - f(z - moved)) / (2 * h)
    return found
