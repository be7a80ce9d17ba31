"""gradcheck finds wrong rules, says where, and never passes when nothing was compared."""

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import GradientCheckError, UsageError

WRONG = ag.primitive(lambda x: x**2, x=lambda g, x: g * x, name="half_a_square")
WRONG_SECOND = ag.primitive(lambda x: x**2, x=lambda g, x: g * 2 * x.detach() if hasattr(x, "detach") else g * 2 * x)


def test_a_right_gradient_passes() -> None:
    assert ag.gradcheck(lambda a, b: np.tanh(a @ b), (np.ones((2, 3)), np.arange(3.0)), order=2)


def test_a_wrong_gradient_names_the_element_and_both_numbers() -> None:
    with pytest.raises(GradientCheckError) as caught:
        ag.gradcheck(WRONG, np.array([0.1, 3.0, 1.0]))
    assert "at input 0[1]" in str(caught.value) and len(str(caught.value).splitlines()) == 2
    assert not ag.gradcheck(WRONG, np.array([0.1, 3.0]), raise_exception=False)


def test_a_wrong_second_derivative_is_found_by_order_two_only() -> None:
    assert ag.gradcheck(WRONG_SECOND, np.array([1.0, 2.0]))
    with pytest.raises(GradientCheckError, match="second derivative"):
        ag.gradcheck(WRONG_SECOND, np.array([1.0, 2.0]), order=2)


@pytest.mark.parametrize("inputs", [np.array([1, 2]), ag.tensor([1.0]), np.zeros(0)])
def test_nothing_to_compare_is_an_error(inputs: object) -> None:
    with pytest.raises(UsageError, match="nothing to compare"):
        ag.gradcheck(lambda x: x * 2.0, inputs)


def test_a_disconnected_output_is_an_error() -> None:
    with pytest.raises(UsageError, match="nothing to compare"):
        ag.gradcheck(lambda x: x.detach() * 2.0, np.ones(2))
