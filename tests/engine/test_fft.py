"""Fourier transforms beyond what the declarations test: against the matrix of the transform, and by identities."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import UnknownKeywordError
from tests.engine.test_linalg import operations
from tests.engine.test_spelling import misspelt

RNG = np.random.default_rng(7)
NORMS = {"backward": 1.0, "ortho": 5**-0.5, "forward": 0.2}


def matrix(n: int) -> Any:
    """The matrix of the transform, written out."""
    k = np.arange(n)
    return np.exp(-2j * np.pi * np.outer(k, k) / n)


@pytest.mark.parametrize("norm", NORMS)
def test_the_gradient_is_that_of_the_product_with_the_matrix(norm: str) -> None:
    z, weight = RNG.normal(size=5) + 1j * RNG.normal(size=5), RNG.normal(size=5)
    transforms = ((np.fft.fft, matrix(5) * NORMS[norm]), (np.fft.ifft, matrix(5).conj() * 0.2 / NORMS[norm]))
    for transform, known in transforms:
        t = ag.tensor(z, requires_grad=True)
        (g,) = ag.gradients((np.abs(transform(t, norm=norm)) * weight).sum(), t)
        (expected,) = ag.gradients((np.abs(known @ t) * weight).sum(), t)
        assert g is not None and expected is not None
        np.testing.assert_allclose(g.numpy(), expected.numpy())


def test_the_energy_of_a_spectrum_is_that_of_the_signal() -> None:
    for signal in (RNG.normal(size=(2, 6)), RNG.normal(size=(2, 6)) + 1j * RNG.normal(size=(2, 6))):
        t = ag.tensor(signal, requires_grad=True)
        (np.abs(ag.fft.fft2(t, norm="ortho")) ** 2).sum().backward()
        assert t.grad is not None and t.grad.dtype == signal.dtype
        np.testing.assert_allclose(t.grad.numpy(), 2 * signal)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7])
def test_real_transforms_there_and_back_have_the_gradient_1(n: int) -> None:
    t = ag.tensor(RNG.normal(size=(3, n)), requires_grad=True)
    weight = RNG.normal(size=(3, n))
    for there, back in ((np.fft.rfft, np.fft.irfft), (np.fft.ihfft, np.fft.hfft), (np.fft.fft, np.fft.ifft)):
        y = back(there(t), n)
        (g,) = ag.gradients((np.real(y) * weight).sum(), t)
        assert g is not None
        np.testing.assert_allclose(y.detach().numpy(), t.numpy(), atol=1e-14)
        np.testing.assert_allclose(g.numpy(), weight, atol=1e-14)


def test_many_axes_are_one_after_the_other() -> None:
    x = ag.tensor(RNG.normal(size=(2, 3, 4)), requires_grad=True)
    weight = RNG.normal(size=(2, 3, 3))
    (g,) = ag.gradients((np.abs(np.fft.rfftn(x)) * weight).sum(), x)
    one = np.fft.fft(np.fft.fft(np.fft.rfft(x), axis=1), axis=0)
    (expected,) = ag.gradients((np.abs(one) * weight).sum(), x)
    assert g is not None and expected is not None
    np.testing.assert_allclose(g.numpy(), expected.numpy())


def test_single_precision_stays() -> None:
    t = ag.tensor(np.ones((2, 4), np.float32), requires_grad=True)
    for transform in (np.fft.fft, np.fft.rfft, np.fft.ihfft, np.fft.fft2, np.fft.rfft2, np.fft.fftn):
        y = transform(t)
        (g,) = ag.gradients((np.abs(y + 0.5) ** 2).sum(), t)
        assert y.dtype == np.complex64 and g is not None and g.dtype == np.float32


def test_frequencies() -> None:
    for n in (4, 5):
        np.testing.assert_array_equal(ag.fft.fftfreq(n, 0.5).numpy(), np.fft.fftfreq(n, 0.5))
        np.testing.assert_array_equal(ag.fft.rfftfreq(n, 0.5).numpy(), np.fft.rfftfreq(n, 0.5))
    assert ag.fft.rfftfreq(4, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize(("name", "keyword"), operations(ag.fft))
def test_a_misspelt_keyword_is_answered_by_the_right_one(name: str, keyword: str) -> None:
    if keyword == "n" and name.endswith("freq"):
        return
    first = 4 if name.endswith("freq") else ag.ones((2, 2))
    with pytest.raises(UnknownKeywordError) as caught:
        getattr(ag.fft, name)(first, **{misspelt(keyword): 0})
    assert keyword in str(caught.value).split("\n")[1]
