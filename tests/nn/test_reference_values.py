"""Activations, losses and gains against PyTorch's, of which data/make_functions.py made the numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn

STORED = json.loads((Path(__file__).parent / "data" / "functions.json").read_text(encoding="utf-8"))
Z = np.array(STORED["z"])


def title(case: dict[str, Any]) -> str:
    """What a case is called: everything in it but its numbers."""
    shape = [np.shape(case["target"])] if "target" in case else []
    parts = [case[key] for key in ("arguments", "options", "axis", "reduction") if case.get(key) not in (None, [], {})]
    return " ".join(map(str, [case["name"], *parts, *shape]))


@pytest.mark.parametrize("case", STORED["activations"], ids=title)
def test_an_activation_has_pytorchs_values_and_slopes(case: dict[str, Any]) -> None:
    made = getattr(nn, case["name"])(*case["arguments"], **case["options"])
    z = ag.tensor(Z, requires_grad=True)
    a = made(z)
    assert_allclose(a.numpy(), case["a"], rtol=1e-12, atol=1e-13)
    a.sum().backward()
    assert z.grad is not None
    assert_allclose(z.grad.numpy(), case["slope"], rtol=1e-12, atol=1e-13)
    if "weight" in case:
        assert_allclose(made.weight.grad.numpy(), case["weight"], rtol=1e-12)


@pytest.mark.parametrize("case", STORED["along"], ids=title)
def test_softmax_and_its_logarithm_are_pytorchs(case: dict[str, Any]) -> None:
    z = ag.tensor(STORED["logits"], requires_grad=True)
    p = getattr(nn, case["name"])(case["axis"])(z)
    assert_allclose(p.numpy(), case["p"], rtol=1e-12, atol=1e-15)
    (p * np.arange(15.0).reshape(5, 3)).sum().backward()
    assert z.grad is not None
    assert_allclose(z.grad.numpy(), case["slope"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", STORED["losses"], ids=title)
def test_a_loss_has_pytorchs_value_and_gradient(case: dict[str, Any]) -> None:
    loss = getattr(nn, case["name"])(case["reduction"], **case["options"])
    prediction = ag.tensor(np.array(case["prediction"], float), requires_grad=True)
    value = loss(prediction, case["target"])
    assert_allclose(value.numpy(), case["value"], rtol=1e-12, atol=1e-14)
    value.sum().backward()
    assert prediction.grad is not None
    assert_allclose(prediction.grad.numpy(), case["slope"], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("case", STORED["gains"], ids=str)
def test_a_gain_is_pytorchs(case: list[Any]) -> None:
    *arguments, expected = case
    assert_allclose(nn.init.calculate_gain(*arguments), expected, rtol=1e-15)
