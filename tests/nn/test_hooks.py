"""Forward hooks see and replace what goes into a module and what comes out of it."""

import copy
import pickle

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import UsageError


class Scaled(nn.Module):
    """Multiplies by a number given by name."""

    def forward(self, x, *, by=1.0):
        return ag.asarray(x) * by


def doubled(module, inputs, output):
    """A hook that can be pickled."""
    return output * 2.0


def test_a_hook_sees_module_inputs_and_output():
    seen = []
    model = Scaled()
    model.register_forward_hook(lambda *given: seen.append(given))
    output = model([1.0, 2.0], by=3.0)
    assert len(seen) == 1
    module, inputs, out = seen[0]
    assert module is model and inputs == ([1.0, 2.0],) and out is output


def test_what_a_hook_returns_replaces_the_output():
    model = Scaled()
    model.register_forward_hook(doubled)
    model.register_forward_hook(lambda module, inputs, output: output + 1.0)
    assert model([1.0]).tolist() == [3.0]
    model.register_forward_hook(lambda module, inputs, output: output - 10.0, prepend=True)
    assert model([1.0]).tolist() == [-17.0]


@pytest.mark.parametrize("changed", [lambda x: (x * 5.0,), lambda x: x * 5.0])
def test_what_a_pre_hook_returns_replaces_the_inputs(changed):
    model = Scaled()
    model.register_forward_pre_hook(lambda module, inputs: changed(inputs[0]))
    assert model(np.array([1.0])).tolist() == [5.0]


def test_hooks_with_kwargs_see_and_replace_them():
    model, seen = Scaled(), []
    model.register_forward_pre_hook(lambda module, inputs, kwargs: (inputs, {"by": 7.0}), with_kwargs=True)
    model.register_forward_hook(lambda module, inputs, kwargs, output: seen.append(kwargs), with_kwargs=True)
    assert model([1.0], by=2.0).tolist() == [7.0]
    assert seen == [{"by": 7.0}]
    model.register_forward_pre_hook(lambda module, inputs, kwargs: inputs, with_kwargs=True)
    with pytest.raises(UsageError, match="expected None or"):
        model([1.0])


def test_a_removed_hook_is_called_no_more():
    model = Scaled()
    handle = model.register_forward_hook(doubled)
    handle.remove()
    handle.remove()
    assert model([1.0]).tolist() == [1.0]
    with model.register_forward_hook(doubled):
        assert model([1.0]).tolist() == [2.0]
    assert model([1.0]).tolist() == [1.0]


def test_a_hook_may_remove_itself():
    model, calls = Scaled(), []

    def once(module, inputs, output):
        calls.append(output)
        handle.remove()

    handle = model.register_forward_hook(once)
    model([1.0])
    model([1.0])
    assert len(calls) == 1


def test_hooks_reach_layers_within_a_model_and_the_gradient_passes_them():
    model = nn.Sequential(nn.Linear(2, 2, init=1.0), nn.Linear(2, 1, init=1.0))
    model[0].register_forward_hook(doubled)
    assert model([1.0, 1.0]).tolist() == [8.0]
    model([1.0, 1.0]).sum().backward()
    assert model[0].weight.grad.tolist() == [[2.0, 2.0], [2.0, 2.0]]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_keeps_its_hooks_as_in_pytorch(duplicate):
    model = Scaled()
    handle = model.register_forward_hook(doubled)
    other = duplicate(model)
    handle.remove()
    assert other([1.0]).tolist() == [2.0] and model([1.0]).tolist() == [1.0]


def test_a_module_used_as_a_hook_is_no_part_of_the_model():
    class Record(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

        def forward(self, module, inputs, output):
            return None

    model = nn.Linear(2, 1)
    model.register_forward_hook(Record())
    assert [path for path, _ in model.named_parameters()] == ["weight", "bias"]


def test_a_hook_is_a_function():
    with pytest.raises(UsageError, match=r"A hook is a function, got 3\."):
        Scaled().register_forward_hook(3)
