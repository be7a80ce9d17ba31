"""Every probe: NumPy's value, the gradient of central differences, and second derivatives of the gradient's."""

import numpy as np
import pytest

import autograd_lite as ag
from tests.engine.probes import STEP, Arrays, Probe, directions, inputs, moved, probes, scalar, slope, value

LINE, OTHER = directions()


def gradient(probe: Probe, point: Arrays, **options: bool) -> tuple[ag.Tensor, list[ag.Tensor], list[ag.Tensor]]:
    """Return the number, the leaves and its gradient in each; zeros for one that the number does not depend on."""
    leaves = {name: ag.tensor(point[name], requires_grad=True) for name in probe.inputs}
    result = scalar(np, probe(np, point | leaves))
    found = ag.gradients(result, list(leaves.values()), allow_unused=True, **options)
    leaf_values = list(leaves.values())
    return result, leaf_values, [ag.zeros_like(t) if g is None else g for t, g in zip(leaf_values, found, strict=True)]


def along(probe: Probe, direction: Arrays, gradients: list[ag.Tensor]) -> ag.Tensor:
    """Return the derivative along a direction."""
    return sum(
        (np.sum(g * direction[name]) for name, g in zip(probe.inputs, gradients, strict=True)), start=ag.zeros(())
    )


@pytest.mark.parametrize("probe", probes(), ids=lambda probe: probe.name)
def test_numpys_code_is_differentiated(probe: Probe) -> None:
    try:
        expected = value(probe, inputs())
    except (AttributeError, TypeError, FutureWarning):
        pytest.skip("this NumPy does not have it, or not yet")
    result, leaves, first = gradient(probe, inputs(), create_graph=True)
    assert result.item() == pytest.approx(expected, rel=1e-13, nan_ok=False)
    assert [g.shape for g in first] == [inputs()[name].shape for name in probe.inputs]
    for direction in (LINE, OTHER):
        assert along(probe, direction, first).item() == pytest.approx(slope(probe, direction), rel=1e-6, abs=1e-7)
    curved = along(probe, LINE, first)
    second = [None] * len(leaves)
    if curved.requires_grad:
        second = ag.gradients(curved, leaves, allow_unused=True)
    ahead, behind = (gradient(probe, moved(step, LINE))[2] for step in (STEP, -STEP))
    for mine, high, low in zip(second, ahead, behind, strict=True):
        known = (high.numpy() - low.numpy()) / (2 * STEP)
        scale = max(1.0, float(np.max(np.abs(known))))
        np.testing.assert_allclose(0 if mine is None else mine.numpy(), known, rtol=1e-5, atol=1e-6 * scale)
