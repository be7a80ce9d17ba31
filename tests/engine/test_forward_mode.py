"""Forward derivatives of every operation, by the identity ⟨g, J v⟩ = ⟨Jᵀ g, v⟩, which holds to rounding."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.check.samples import floats
from autograd_lite.primitives import Primitive
from tests.engine.test_operations import cases, function_of_floats


@pytest.mark.parametrize(("primitive", "args", "kwargs"), cases())
def test_jvp_is_the_transpose_of_vjp(primitive: Primitive, args: Any, kwargs: Any) -> None:
    f = function_of_floats(primitive, args, kwargs)
    point = tuple(floats(args))
    if not point:
        return
    rng = np.random.default_rng(0)
    v = tuple(rng.normal(size=each.shape).astype(each.dtype) for each in point)
    value, forward = ag.jvp(f, point, v)
    again, pull_back = ag.vjp(f, *point)
    np.testing.assert_array_equal(value, again)
    g = rng.normal(size=np.shape(value))
    backward = pull_back(g)
    left = np.sum(g * forward)
    right = sum(np.sum((np.conj(a) * b).real) for a, b in zip(backward, v, strict=True))
    scale = sum(np.sum(np.abs(np.conj(a) * b)) for a, b in zip(backward, v, strict=True))
    assert abs(left - right) <= 1e-9 * (scale + np.sum(np.abs(g * forward))) + 1e-12
