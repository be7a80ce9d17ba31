"""Every composite against NumPy and finite differences, from its own declaration."""

import inspect
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.derivatives.composition import Composite, composites
from autograd_lite.errors import AutogradError, ShapeError
from tests.engine.test_operations import as_symmetric


def draws() -> Callable[..., Any]:
    """Return the function that draws an operand; no two elements are close, so that no kink is near."""
    rng = np.random.default_rng(3)

    def draw(*shape: int) -> Any:
        count = int(np.prod(shape))
        spaced = -3 + 6 * (np.arange(count) + rng.uniform(0.25, 0.75, count)) / max(count, 1)
        return rng.permutation(spaced).reshape(shape)

    return draw


CASES = [
    pytest.param(each, args, kwargs, id=f"{name}-{k}")
    for name, each in composites().items()
    for k, (args, kwargs) in enumerate(each.samples(draws()))
]


def numbers(structure: Any) -> list[Any]:
    """Return the floating and complex arrays among the arguments of a call, in order."""
    if isinstance(structure, np.ndarray):
        return [structure] if structure.dtype.kind in "fc" else []
    if isinstance(structure, dict):
        structure = list(structure.values())
    return [each for part in structure for each in numbers(part)] if type(structure) in (tuple, list) else []


def with_numbers(structure: Any, new: Iterator[Any]) -> Any:
    """Return the arguments with these arrays replaced."""
    if isinstance(structure, np.ndarray):
        return next(new) if structure.dtype.kind in "fc" else structure
    if isinstance(structure, dict):
        return {key: with_numbers(value, new) for key, value in structure.items()}
    if type(structure) in (tuple, list):
        return type(structure)(with_numbers(part, new) for part in structure)
    return structure


def of_numbers(call: Callable[..., Any], args: Any, kwargs: Any) -> Callable[..., Any]:
    """Return the call as a function of its arrays."""

    def f(*new: Any) -> Any:
        given = iter(new)
        return call(*with_numbers(args, given), **with_numbers(kwargs, given))

    return f


def flat(result: Any) -> list[Any]:
    """Return the results of a call, however nested, as a list."""
    return [part for each in result for part in flat(each)] if isinstance(result, (tuple, list)) else [result]


def joined(result: Any) -> Any:
    """Return the floating results of a call as one real vector."""
    parts = [each for each in flat(result) if each.dtype.kind in "fc"]
    real = [part for each in parts for part in ((each.real, each.imag) if each.dtype.kind == "c" else (each,))]
    return np.concatenate([np.ravel(each) for each in real])


@pytest.mark.parametrize(("composite", "args", "kwargs"), CASES)
def test_the_value_is_that_of_numpy(composite: Composite, args: Any, kwargs: Any) -> None:
    inputs = numbers((args, kwargs))
    before = [each.copy() for each in inputs]
    expected = flat(composite.fn(*args, **kwargs))
    found = flat(of_numbers(composite.call, args, kwargs)(*[ag.tensor(each, requires_grad=True) for each in inputs]))
    assert len(found) == len(expected) and isinstance(found[0], ag.Tensor)
    for ours, numpys in zip(found, expected, strict=True):
        assert ours.shape == np.shape(numpys) and ours.dtype == np.asarray(numpys).dtype
        values = ours.detach().numpy() if isinstance(ours, ag.Tensor) else ours
        np.testing.assert_allclose(values, numpys, rtol=1e-13, atol=1e-14)
    for each, copy in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(each, copy)


@pytest.mark.parametrize(("composite", "args", "kwargs"), CASES)
def test_the_first_and_second_derivatives_agree_with_central_differences(
    composite: Composite, args: Any, kwargs: Any
) -> None:
    inputs = numbers((args, kwargs))
    hermitian = kwargs.get("hermitian", False)

    def call(*new: Any, **options: Any) -> Any:
        return composite.call(*as_symmetric(composite.name, new, hermitian=hermitian), **options)

    f = of_numbers(call, args, kwargs)
    halves = [part for each in inputs for part in ((each.real, each.imag) if each.dtype.kind == "c" else (each,))]

    def of_halves(*new: Any) -> Any:
        given = iter(new)
        return joined(
            f(*[next(given) + 1j * next(given) if each.dtype.kind == "c" else next(given) for each in inputs])
        )

    if np.size(of_halves(*halves)):
        assert ag.gradcheck(of_halves, tuple(halves), order=2)


@pytest.mark.parametrize(("composite", "args", "kwargs"), CASES)
def test_numpy_and_the_method_give_the_same_gradient_of_the_operands_dtype(
    composite: Composite, args: Any, kwargs: Any
) -> None:
    ways = [composite.call]
    if isinstance(composite.fn, np.ufunc) or (composite.fn.__module__ or "numpy").startswith("numpy"):
        ways.append(composite.fn)
    if composite.method:
        ways.append(lambda x, *rest, **keywords: attrgetter(composite.name)(x)(*rest, **keywords))
    results = []
    for way in ways:
        inputs = [
            each.astype(np.complex64 if each.dtype.kind == "c" else np.float32) for each in numbers((args, kwargs))
        ]
        tensors = [ag.tensor(each, requires_grad=True) for each in inputs]
        y = joined(of_numbers(way, args, kwargs)(*tensors))
        found = ag.gradients((y * y).sum(), tensors, allow_unused=True)
        assert all(g is None or g.dtype == t.dtype for g, t in zip(found, tensors, strict=True))
        results.append([None if g is None else g.tolist() for g in found])
    assert all(other == results[0] for other in results[1:])


@pytest.mark.parametrize(("composite", "args", "kwargs"), CASES)
def test_the_layout_of_the_operands_does_not_matter(composite: Composite, args: Any, kwargs: Any) -> None:
    inputs = numbers((args, kwargs))
    f = of_numbers(composite.call, args, kwargs)

    def gradient(arrays: list[Any]) -> list[Any]:
        tensors = [ag.from_numpy(each).requires_grad_() for each in arrays]
        y = joined(f(*tensors))
        return [g.numpy() for g in ag.gradients((y * y).sum(), tensors, allow_unused=True) if g is not None]

    expected = gradient(inputs)
    backwards = [np.array(np.flip(each), order="C")[..., *(slice(None, None, -1),) * each.ndim] for each in inputs]
    for layout in ([np.array(each, order="F") for each in inputs], backwards):
        for g, known in zip(gradient(layout), expected, strict=True):
            np.testing.assert_allclose(g, known, rtol=1e-12, atol=1e-13)


# Their further vectors are arbitrary where a matrix has only one row or column, and so is a sum over them.
ARBITRARY = frozenset({"linalg.svd", "linalg.qr"})
# Of nothing they differ between NumPy's versions, or are what happens to stand in its memory.
OF_NOTHING = frozenset({"linalg.norm", "linalg.matrix_norm", "interp", "fft.hfft"})
# What is a vector with elements here, and may have none in NumPy.
WITH_ELEMENTS = frozenset({"polyadd", "polysub", "polymul", "polyder", "polyint", "roots"})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("cut", [lambda x: x[:0], lambda x: x[..., :0], lambda x: x[:1]], ids=["none", "thin", "one"])
@pytest.mark.parametrize(("composite", "args", "kwargs"), CASES)
def test_of_empty_and_single_operands_it_gives_what_numpy_gives(
    composite: Composite, args: Any, kwargs: Any, cut: Callable[[Any], Any]
) -> None:
    inputs = [cut(each) if each.ndim else each for each in numbers((args, kwargs))]
    if composite.name in OF_NOTHING and not all(each.size for each in inputs):
        return
    tensors = [ag.tensor(each, requires_grad=True) for each in inputs]
    try:
        expected = flat(of_numbers(composite.fn, args, kwargs)(*inputs))
    except Exception:
        with pytest.raises(AutogradError):
            of_numbers(composite.call, args, kwargs)(*tensors)
        return
    if composite.name in WITH_ELEMENTS and not all(each.size for each in inputs):
        with pytest.raises(ShapeError, match="vectors with elements"):
            of_numbers(composite.call, args, kwargs)(*tensors)
        return
    found = flat(of_numbers(composite.call, args, kwargs)(*tensors))
    for ours, numpys in zip(found, expected, strict=True):
        assert ours.shape == np.shape(numpys) and ours.dtype == np.asarray(numpys).dtype
        np.testing.assert_allclose(ours.detach().numpy() if isinstance(ours, ag.Tensor) else ours, numpys, rtol=1e-12)
    y = joined(found) if found and composite.name not in ARBITRARY else ag.tensor(0.0)
    if y.requires_grad:
        for g, t in zip(ag.gradients(y.sum(), tensors, allow_unused=True), tensors, strict=True):
            assert g is None or g.shape == t.shape


@pytest.mark.parametrize("composite", composites().values(), ids=composites())
def test_its_documentation_goes_on_with_that_of_numpy(composite: Composite) -> None:
    doc = composite.call.__doc__
    assert doc is not None
    _, _, theirs = doc.partition("NumPy's documentation:")
    assert ">>>" not in theirs
    if inspect.isfunction(composite.fn) and str(composite.fn.__module__).startswith("numpy") and composite.fn.__doc__:
        assert "Parameters" in theirs
