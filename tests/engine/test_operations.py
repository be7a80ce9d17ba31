"""Every operation against finite differences, from its own declaration: both orders, dtypes, broadcasting, layouts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.check.samples import calls, floats, with_floats
from autograd_lite.derivatives import contractions, polynomials, scans, vocabulary
from autograd_lite.derivatives.indexing import assign, getitem
from autograd_lite.derivatives.linalg import decompositions, determinants, equations, norms, singular, spectra
from autograd_lite.methods import method_primitives, public_primitives
from autograd_lite.primitives import Primitive

WORDS = [each for each in vars(vocabulary).values() if isinstance(each, Primitive)]
# Parts of public functions that have rules of their own.
PAGES = (contractions, polynomials, scans, determinants, equations, spectra, singular, decompositions, norms)
PARTS = [each for page in PAGES for each in vars(page).values() if isinstance(each, Primitive) and each not in WORDS]
NAMESPACES = [each for space in (ag.linalg, ag.fft) for each in vars(space).values() if isinstance(each, Primitive)]
PRIMITIVES = {
    each.__name__: each for each in (*public_primitives().values(), *NAMESPACES, *WORDS, *PARTS, getitem, assign)
}
# One triangle is read, and the gradient is symmetric: what is varied must be so too.
SYMMETRIC = ("cholesky", "eigh", "eigvalsh")


def elementwise(primitive: Primitive) -> bool:
    return primitive.plain and primitive.samples is None


def cases(keep: Callable[[Primitive], bool] = lambda primitive: True) -> list[Any]:
    found = []
    for name, primitive in PRIMITIVES.items():
        if keep(primitive):
            for k, (args, kwargs) in enumerate(calls(primitive, np.random.default_rng(1))):
                found.append(pytest.param(primitive, args, kwargs, id=f"{name}-{k}"))
    return found


def function_of_floats(primitive: Primitive, args: Any, kwargs: Any) -> Callable[..., Any]:
    """Return the call as a function of its floating arrays, with a result that is real."""

    def f(*new: Any) -> Any:
        return as_real(primitive(*as_symmetric(primitive.__name__, with_floats(args, iter(new))), **kwargs))

    return f


def as_symmetric(name: str, args: Any, *, hermitian: bool = False) -> Any:
    """Return the arguments of a function of symmetric matrices with the Hermitian part of the matrix."""
    if name.removeprefix("linalg.") not in SYMMETRIC and not hermitian:
        return args
    return ((args[0] + np.conjugate(np.swapaxes(args[0], -1, -2))) / 2, *args[1:])


def as_real(y: Any) -> Any:
    """Return a complex result as its two parts, a real one as it is."""
    return np.stack([np.real(y), np.imag(y)]) if y.dtype.kind == "c" else y


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_operation_declares_how_it_is_tested(name: str) -> None:
    primitive = PRIMITIVES[name]
    assert primitive.samples is not None or primitive.domain is not None


@pytest.mark.parametrize(("primitive", "args", "kwargs"), cases())
def test_the_first_and_second_derivatives_agree_with_central_differences(
    primitive: Primitive, args: Any, kwargs: Any
) -> None:
    inputs = floats(args)
    empty = not np.size(function_of_floats(primitive, args, kwargs)(*inputs))
    if empty or not sum(each.size for each in inputs):
        tensors = [ag.tensor(each, requires_grad=True) for each in inputs]
        result = function_of_floats(primitive, args, kwargs)(*tensors)
        result.sum().backward()
        assert [t.grad.shape for t in tensors] == [each.shape for each in inputs]
        return
    assert ag.gradcheck(function_of_floats(primitive, args, kwargs), tuple(inputs), order=2)


@pytest.mark.parametrize(("primitive", "args", "kwargs"), cases())
def test_the_value_is_that_of_the_plain_function(primitive: Primitive, args: Any, kwargs: Any) -> None:
    inputs = floats(args)
    before = [each.copy() for each in inputs]
    f = function_of_floats(primitive, args, kwargs)
    plain = f(*inputs)
    recorded = f(*[ag.tensor(each, requires_grad=True) for each in inputs])
    unrecorded = f(*map(ag.from_numpy, inputs))
    np.testing.assert_array_equal(recorded.numpy(), plain)
    np.testing.assert_array_equal(unrecorded.numpy(), plain)
    assert recorded.requires_grad and not unrecorded.requires_grad
    for each, copy in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(each, copy)


@pytest.mark.parametrize(("primitive", "args", "kwargs"), cases(lambda primitive: primitive not in WORDS))
def test_float32_stays_float32(primitive: Primitive, args: Any, kwargs: Any) -> None:
    inputs = [each.astype(np.float32) for each in floats(args)]
    tensors = [ag.tensor(each, requires_grad=True) for each in inputs]
    result = function_of_floats(primitive, args, kwargs)(*tensors)
    assert result.dtype == np.float32
    found = ag.gradients((result * result).sum(), tensors, create_graph=True, allow_unused=True)
    exact = [ag.tensor(each.astype(float), requires_grad=True) for each in inputs]
    wide = function_of_floats(primitive, args, kwargs)(*exact)
    for g, expected in zip(found, ag.gradients((wide * wide).sum(), exact, allow_unused=True), strict=True):
        assert g is not None and expected is not None and g.dtype == np.float32
        scale = float(np.max(np.abs(expected.numpy()), initial=1.0))
        np.testing.assert_allclose(g.numpy(), expected.numpy(), rtol=2e-4, atol=2e-5 * scale)


@pytest.mark.parametrize(("primitive", "args", "kwargs"), cases())
def test_the_layout_of_the_operands_does_not_matter(primitive: Primitive, args: Any, kwargs: Any) -> None:
    f = function_of_floats(primitive, args, kwargs)
    inputs = floats(args)

    def gradient(arrays: list[Any]) -> list[Any]:
        tensors = [ag.from_numpy(each).requires_grad_() for each in arrays]
        found = ag.gradients((f(*tensors) ** 2).sum(), tensors, allow_unused=True)
        return [g.numpy() for g in found if g is not None]

    expected = gradient(inputs)
    reversed_memory = [
        np.array(np.flip(each), order="C")[..., *(slice(None, None, -1),) * each.ndim] for each in inputs
    ]
    for layout in ([np.array(each, order="F") for each in inputs], reversed_memory):
        for g, known in zip(gradient(layout), expected, strict=True):
            np.testing.assert_allclose(g, known, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(("primitive", "args", "kwargs"), cases(lambda primitive: primitive.definition is not None))
def test_a_fused_operation_equals_its_definition(primitive: Primitive, args: Any, kwargs: Any) -> None:
    operands, keywords = primitive.canonical(*args, **kwargs)
    assert primitive.definition is not None
    np.testing.assert_allclose(primitive.fn(*operands, **keywords), primitive.definition(*operands, **keywords))
    inputs = floats(args)
    fused = [ag.tensor(each, requires_grad=True) for each in inputs]
    parts = [ag.tensor(each, requires_grad=True) for each in inputs]
    y = function_of_floats(primitive, args, kwargs)(*fused)
    made, _ = primitive.canonical(*with_floats(args, iter(parts)), **kwargs)
    z = primitive.definition(*made, **keywords)
    for g, known in zip(ag.gradients((y**2).sum(), fused), ag.gradients((z**2).sum(), parts), strict=True):
        assert g is not None and known is not None
        np.testing.assert_allclose(g.numpy(), known.numpy(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        pytest.param(p.__name__, args, kwargs, id=f"{p.__name__}-{k}")
        for p in public_primitives().values()
        if hasattr(np, p.__name__)
        for k, (args, kwargs) in enumerate(calls(p, np.random.default_rng(2)))
    ],
)
def test_numpy_and_ag_and_the_method_give_the_same_gradient(name: str, args: Any, kwargs: Any) -> None:
    ways = [getattr(np, name), getattr(ag, name)]
    if name in method_primitives():
        ways.append(lambda x, *rest, **keywords: getattr(x, name)(*rest, **keywords))
    results = []
    for way in ways:
        tensors = [ag.tensor(each, requires_grad=True) for each in floats(args)]
        result = as_real(way(*with_floats(args, iter(tensors)), **kwargs))
        results.append(ag.gradients((result * result).sum(), tensors))
    for other in results[1:]:
        for g, known in zip(other, results[0], strict=True):
            assert g is not None and known is not None
            np.testing.assert_array_equal(g.numpy(), known.numpy())


@pytest.mark.parametrize("name", ["exp", "sin", "cos", "tanh", "log", "sqrt", "square", "arctan", "sinh", "expm1"])
def test_smooth_functions_agree_with_complex_steps(name: str) -> None:
    f = getattr(np, name)
    point = np.linspace(0.3, 1.7, 7)
    x = ag.tensor(point, requires_grad=True)
    f(x).sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), np.imag(f(point + 1e-30j)) / 1e-30, rtol=1e-14)


@pytest.mark.parametrize(
    ("operator", "function"),
    [
        (lambda a, b: a + b, np.add),
        (lambda a, b: a - b, np.subtract),
        (lambda a, b: a * b, np.multiply),
        (lambda a, b: a / b, np.divide),
        (lambda a, b: a**b, np.power),
    ],
)
@pytest.mark.parametrize("other", [2.0, 3, np.float64(1.5), np.array([1.5, 2.0]), [1.5, 2.0]])
def test_operators_agree_with_the_functions_from_both_sides(
    operator: Callable[..., Any], function: Callable[..., Any], other: Any
) -> None:
    for swap in (False, True):
        results = []
        for f in (operator, function):
            t = ag.tensor([0.7, 1.2], requires_grad=True)
            y = f(other, t) if swap else f(t, other)
            y.sum().backward()
            assert isinstance(y, ag.Tensor) and t.grad is not None
            results.append((y.tolist(), t.grad.tolist()))
        assert results[0] == results[1]
