"""Products beyond what the declarations test: the forms of einsum, modes of convolution, the methods of Tensors."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag

RNG = np.random.default_rng(9)


def arrays(*shapes: tuple[int, ...]) -> list[Any]:
    return [RNG.normal(size=shape) for shape in shapes]


EINSUMS: list[tuple[str, tuple[tuple[int, ...], ...], dict[str, Any]]] = [
    ("ab,bc,cd,de->ea", ((2, 3), (3, 2), (2, 4), (4, 2)), {"optimize": "optimal"}),
    ("ij,jk,ki->", ((2, 3), (3, 4), (4, 2)), {"optimize": ["einsum_path", (0, 2), (0, 1)]}),
    ("i,j,k->kij", ((2,), (3,), (4,)), {"optimize": ["einsum_path", (0, 1, 2)]}),
    ("a...,a...->...", ((2, 3, 4), (2, 3, 4)), {}),
    ("...,...", ((3,), (2, 3)), {}),
    ("i...i->...", ((2, 3, 2),), {}),
    ("iij,jk", ((2, 2, 3), (3, 1)), {}),
    ("b i j, b j k -> b i k", ((4, 2, 3), (4, 3, 2)), {}),
    ("ba", ((2, 3),), {}),
    ("ij->ij", ((2, 3),), {}),
    ("iii->", ((2, 2, 2),), {}),
    ("->", ((),), {}),
    ("ij,ji->ji", ((0, 3), (3, 0)), {}),
]


@pytest.mark.parametrize(("subscripts", "shapes", "options"), EINSUMS)
def test_einsum_takes_every_form(subscripts: str, shapes: Any, options: dict[str, Any]) -> None:
    given = arrays(*shapes)
    expected = np.einsum(subscripts, *given, **options)
    found = np.einsum(subscripts, *[ag.tensor(each, requires_grad=True) for each in given], **options)
    assert isinstance(found, ag.Tensor) and found.shape == expected.shape
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-12, atol=1e-14)
    if all(each.size for each in given):
        assert ag.gradcheck(lambda *t: np.einsum(subscripts, *t, **options), tuple(given), order=2)


def test_einsum_gives_the_gradients_of_the_functions_that_it_stands_for() -> None:
    a, b = (ag.tensor(each, requires_grad=True) for each in arrays((4, 2, 3), (4, 3, 2)))
    weight = RNG.normal(size=(4, 2, 2))
    ours = ag.gradients((np.einsum("bij,bjk->bik", a, b) * weight).sum(), [a, b])
    for g, known in zip(ours, ag.gradients((a @ b * weight).sum(), [a, b]), strict=True):
        assert g is not None and known is not None
        np.testing.assert_allclose(g.numpy(), known.numpy())


def test_complex_products_have_the_gradient_of_steepest_ascent() -> None:
    z, w = (x + 1j * y for x, y in ((RNG.normal(size=3), RNG.normal(size=3)) for _ in range(2)))
    t = ag.tensor(z, requires_grad=True)
    for f, known in (
        (np.vdot, w),
        (np.dot, w.conj()),
        (np.inner, w.conj()),
        (lambda a, b: np.einsum("i,i", a, b), w.conj()),
    ):
        (g,) = ag.gradients(np.real(f(t, w)), t)
        assert g is not None
        np.testing.assert_allclose(g.numpy(), known)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(4, 1), (5, 2), (2, 5), (4, 3), (3, 4), (3, 3), (1, 1), (6, 4), (4, 6)])
def test_convolution_and_correlation_take_numpys_part(n: int, m: int, mode: Any) -> None:
    a, v = RNG.normal(size=n) + 1j * RNG.normal(size=n), RNG.normal(size=m) - 1j * RNG.normal(size=m)
    np.testing.assert_allclose(np.convolve(ag.tensor(a), v, mode).numpy(), np.convolve(a, v, mode))
    np.testing.assert_allclose(np.correlate(ag.tensor(a), v, mode).numpy(), np.correlate(a, v, mode))


def test_tensors_have_ndarrays_methods() -> None:
    a, b = (ag.tensor(each, requires_grad=True) for each in arrays((2, 3), (3, 2)))
    for method, function in ((a.dot(b), np.dot(a, b)), (a.trace(1), np.trace(a, 1))):
        (g,), (known,) = ag.gradients(method.sum(), a), ag.gradients(function.sum(), a)
        assert g is not None and known is not None and g.tolist() == known.tolist()


def test_numbers_and_lists_are_operands_too() -> None:
    t = ag.tensor([1.0, 2.0], requires_grad=True)
    for y, expected in (
        (np.dot(3.0, t).sum(), [3.0, 3.0]),
        (np.dot([1.0, 2.0], t), [1.0, 2.0]),
        (np.outer([1.0, 2.0], t).sum(), [3.0, 3.0]),
        (np.kron(t, [1.0, 1.0]).sum(), [2.0, 2.0]),
        (np.polyval(t, 3), [3.0, 1.0]),
    ):
        (g,) = ag.gradients(y, t)
        assert g is not None and g.tolist() == expected


def test_the_roots_that_a_polynomial_was_made_of_come_back() -> None:
    t = ag.tensor([3.0, 1.0, -2.0], requires_grad=True)
    (g,) = ag.gradients((np.roots(np.poly(t)) * [1.0, 10.0, 100.0]).sum(), t)
    assert g is not None
    np.testing.assert_allclose(sorted(g.tolist()), [1.0, 10.0, 100.0], rtol=1e-9)


def test_polynomials_with_zeros_at_their_ends() -> None:
    t = ag.tensor([0.0, 1.0, -3.0, 2.0, 0.0], requires_grad=True)
    np.testing.assert_allclose(sorted(np.roots(t).tolist()), [0.0, 1.0, 2.0], atol=1e-12)
    assert np.roots(ag.tensor([0.0, 0.0])).shape == (0,)


def test_a_fit_through_the_points_of_a_polynomial_is_the_polynomial() -> None:
    x = np.linspace(0, 1, 6)
    p = ag.tensor([2.0, -1.0, 0.5], requires_grad=True)
    found = np.polyfit(x, np.polyval(p, x), 2)
    np.testing.assert_allclose(found.detach().numpy(), p.numpy())
    (g,) = ag.gradients(found[0], p)
    assert g is not None
    np.testing.assert_allclose(g.numpy(), [1.0, 0.0, 0.0], atol=1e-12)
