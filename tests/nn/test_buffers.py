"""Buffers: found like Parameters, saved, copied and converted with the model, and never trained."""

import copy
import pickle

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, DtypeError, GradientError, UnknownNameError


class Centred(nn.Module):
    """Subtracts a running mean, and counts its calls."""

    def __init__(self, size):
        self.weight = nn.Parameter(np.ones(size))
        self.mean = nn.Buffer(np.zeros(size))
        self.register_buffer("calls", 0)
        self.register_buffer("latest", np.zeros(size), persistent=False)

    def forward(self, x):
        if self.training:
            with ag.no_grad():
                self.calls += 1
                self.latest = np.mean(x, axis=0)
                self.mean[...] = 0.5 * self.mean + 0.5 * self.latest
        return (x - self.mean) * self.weight


def buffers(model):
    return [path for path, _ in model.named_buffers()]


def test_buffers_are_found_in_attributes_lists_tuples_and_dicts():
    class Mixture(nn.Module):
        def __init__(self):
            self.listed = [nn.Buffer([0.0]), (1, nn.Buffer([0.0]))]
            self.named = {"in": Centred(1)}
            self.direct = nn.Buffer([0.0])

    assert buffers(Mixture()) == [
        "listed.0",
        "listed.1.1",
        "direct",
        "named.in.mean",
        "named.in.calls",
        "named.in.latest",
    ]
    assert [path for path, _ in Mixture().named_buffers(prefix="model", recurse=False)][-1] == "model.direct"


def test_a_buffer_is_no_parameter():
    model = Centred(2)
    assert [path for path, _ in model.named_parameters()] == ["weight"]
    assert not any(each.requires_grad for each in model.buffers())
    nn.optim.SGD(model.parameters(), lr=0.1)


def test_a_shared_buffer_is_counted_once():
    model = nn.Sequential(Centred(2), Centred(2))
    model[1].mean = model[0].mean
    assert buffers(model) == ["0.mean", "0.calls", "0.latest", "1.calls", "1.latest"]
    assert [path for path, _ in model.named_buffers(remove_duplicate=False)].count("1.mean") == 1


def test_the_state_has_a_modules_parameters_then_its_buffers_as_in_pytorch():
    # list(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)).state_dict())
    assert list(nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).state_dict()) == [
        "0.weight",
        "0.bias",
        "1.weight",
        "1.bias",
        "1.running_mean",
        "1.running_var",
        "1.num_batches_tracked",
    ]


def test_a_buffer_that_does_not_persist_is_not_saved():
    assert list(Centred(2).state_dict()) == ["weight", "mean", "calls"]


def test_values_assigned_to_a_buffer_are_a_buffer_again():
    model = Centred(2)
    model(np.array([[2.0, 4.0]]))
    model(np.array([[2.0, 4.0]]))
    assert type(model.latest) is nn.Buffer and not model.latest.persistent
    assert model.calls.item() == 2 and model.calls.dtype == np.int64
    assert model.mean.tolist() == [1.5, 3.0]
    model.mean = [1, 2]
    assert type(model.mean) is nn.Buffer and model.mean.persistent
    model.mean = None
    assert buffers(model) == ["calls", "latest"]


def test_a_buffer_takes_no_graph_along():
    model = Centred(2)
    with pytest.raises(GradientError, match=r"Centred\.mean is a Buffer"):
        model.mean = model.weight * 2.0
    model.mean = (model.weight * 2.0).detach()
    assert model.mean.tolist() == [2.0, 2.0]


def test_loading_restores_buffers_in_place():
    trained, fresh = Centred(2), Centred(2)
    trained(np.array([[2.0, 4.0]]))
    mean = fresh.mean
    fresh.load_state_dict(trained.state_dict())
    assert fresh.mean is mean and mean.tolist() == [1.0, 2.0]
    assert fresh.calls.item() == 1 and fresh.calls.dtype == np.int64


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"mean": np.zeros(3)}, ArgumentError),
        ({"calls": 1.5}, DtypeError),
        ({"calls": np.nan}, DtypeError),
        ({"latest": np.zeros(2)}, ArgumentError),
    ],
)
def test_a_state_whose_buffers_do_not_fit_changes_nothing(change, error):
    model = Centred(2)
    model(np.array([[2.0, 4.0]]))
    before = model.state_dict()
    with pytest.raises(error):
        model.load_state_dict({name: np.ones(np.shape(values)) for name, values in before.items()} | change)
    assert all((model.state_dict()[name] == values).all() for name, values in before.items())


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_has_buffers_of_its_own(duplicate):
    model = Centred(2)
    model(np.array([[2.0, 4.0]]))
    other = duplicate(model)
    assert [type(each) for each in other.buffers()] == [nn.Buffer] * 3
    assert list(other.state_dict()) == ["weight", "mean", "calls"]
    assert all((a == b).all() for a, b in zip(other.buffers(), model.buffers(), strict=True))
    other(np.array([[9.0, 9.0]]))
    assert model.mean.tolist() == [1.0, 2.0]


def test_a_buffer_is_found_by_its_path():
    model = nn.Sequential(Centred(2))
    assert model.get_buffer("0.mean") is model[0].mean
    with pytest.raises(UnknownNameError, match=r"path of no buffer\. Did you mean '0.mean'\?"):
        model.get_buffer("0.maen")


@pytest.mark.parametrize("name", ["a.b", "", "forward", "parameters", 3])
def test_a_buffer_needs_a_name_that_is_free(name):
    with pytest.raises(ArgumentError, match="cannot have a buffer"):
        Centred(1).register_buffer(name, 0.0)


def test_a_registered_none_is_no_buffer():
    model = nn.Linear(2, 1)
    model.register_buffer("mask", None)
    assert model.mask is None and buffers(model) == []


def test_repr_shows_buffers():
    assert repr(Centred(2)) == "Centred(): weight (2,), 2 parameters, buffers mean (2,), calls (), latest (2,)"
