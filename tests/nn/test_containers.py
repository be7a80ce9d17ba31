"""Sequential, ModuleList, ModuleDict and Residual: what they hold, under which paths, and what they compute."""

import copy
import pickle
from collections import OrderedDict

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from autograd_lite.errors import IndexingError, ShapeError, UnknownNameError, UsageError


def layers(count=3):
    return [nn.Linear(2, 2, rng=k) for k in range(count)]


def paths(model):
    return [path for path, _ in model.named_parameters()]


class Model(nn.Module):
    """A model of the user's own around one container."""

    def __init__(self, held):
        self.layers = held


def test_a_module_list_is_a_list():
    first, second, third = layers()
    held = nn.ModuleList([first])
    assert held.append(second) is held
    held.extend([third])
    held.insert(0, nn.ReLU())
    assert list(held)[1:] == [first, second, third]
    assert len(held) == 4 and held[-1] is third and third in held
    assert held.pop(0).title() == "ReLU()"
    held[0] = third
    del held[1]
    held += [first]
    assert list(held) == [third, third, first]
    assert isinstance(held[1:], nn.ModuleList) and list(held[1:]) == [third, first]
    assert list(held + nn.ModuleList([second])) == [third, third, first, second] and len(held) == 3


def test_a_plain_list_a_module_list_and_a_sequential_have_the_same_paths():
    found = [paths(Model(held)) for held in (layers(), nn.ModuleList(layers()), nn.Sequential(*layers()))]
    assert found[0][:2] == ["layers.0.weight", "layers.0.bias"] and len(found[0]) == 6
    assert found[0] == found[1] == found[2]


def test_a_plain_dict_and_a_module_dict_have_the_same_paths():
    first, second, _ = layers()
    for kind in (dict, nn.ModuleDict):
        assert paths(Model(kind({"in": first, "out": second}))) == [
            "layers.in.weight",
            "layers.in.bias",
            "layers.out.weight",
            "layers.out.bias",
        ]


def test_a_module_dict_is_a_dict():
    first, second, third = layers()
    heads = nn.ModuleDict({"a": first})
    heads["b"] = second
    heads.update([("a", third), ("keys", first)])
    assert list(heads) == list(heads.keys()) == ["a", "b", "keys"]
    assert list(heads.values()) == [third, second, first]
    assert dict(heads.items())["a"] is third
    assert "b" in heads and "c" not in heads and len(heads) == 3
    assert heads.pop("b") is second and "b" not in heads
    del heads["a"]
    heads.clear()
    assert len(heads) == 0 and paths(heads) == []


def test_what_cannot_be_held_changes_nothing():
    held, heads = nn.ModuleList(layers(1)), nn.ModuleDict({"a": nn.ReLU()})
    with pytest.raises(UsageError, match="got the class ReLU at position 2"):
        held.extend([nn.ReLU(), nn.ReLU])
    with pytest.raises(UsageError, match="under 'c'"):
        heads.update({"b": nn.ReLU(), "c": 1.0})
    assert len(held) == 1 and list(heads) == ["a"]


@pytest.mark.parametrize("position", [1, -2, 7])
def test_a_position_that_there_is_not_is_an_index_error(position):
    with pytest.raises(IndexingError, match="ModuleList has 1 module, got the position"):
        nn.ModuleList(layers(1))[position]


def test_a_list_and_a_dict_of_modules_compute_nothing():
    for held in (nn.ModuleList(layers()), nn.ModuleDict({"a": nn.ReLU()})):
        with pytest.raises(UsageError, match="only holds modules"):
            held(np.ones(2))


@pytest.mark.parametrize("kind", [dict, OrderedDict])
def test_a_sequential_of_named_modules_keeps_their_names(kind):
    hidden, out, _ = layers()
    model = nn.Sequential(kind([("hidden", hidden), ("tanh", nn.Tanh()), ("out", out)]))
    assert paths(model) == ["hidden.weight", "hidden.bias", "out.weight", "out.bias"]
    assert model.hidden is model[0] is hidden
    x = np.ones((5, 2))
    assert_allclose(model(x).numpy(), out(np.tanh(hidden(x).numpy())).numpy(), rtol=1e-15)
    assert paths(model[2:]) == ["out.weight", "out.bias"]
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert paths(other) == paths(model) and (other(x) == model(x)).all()


def test_a_named_module_that_is_replaced_runs_in_its_place():
    first, second, third = layers()
    model = nn.Sequential({"a": first, "b": second})
    model.a = third
    assert list(model) == [third, second] and paths(model)[0] == "a.weight"
    with pytest.raises(UsageError, match="holds Modules"):
        model.b = 3.0
    with pytest.raises(UnknownNameError):
        model.c  # noqa: B018


def test_named_modules_are_inserted_and_taken_out_with_their_names():
    first, second, third = layers()
    model = nn.Sequential({"a": first, "b": second})
    model.append(third)
    model.insert(1, nn.ReLU())
    assert [name for name, _ in model.named_children()] == ["a", "3", "b", "2"]
    assert model.pop(0) is first
    assert [name for name, _ in model.named_children()] == ["3", "b", "2"]
    model[0:2] = [first]
    assert [name for name, _ in model.named_children()] == ["3", "2"] and list(model) == [first, third]


def test_layers_changed_behind_the_names_are_refused():
    model = nn.Sequential({"a": nn.ReLU(), "b": nn.Tanh()})
    model.layers.append(nn.ReLU())
    with pytest.raises(UsageError, match="3 modules, of which 2 had a name"):
        repr(model)


def test_a_container_made_of_another_shares_its_modules():
    model = nn.Sequential(*layers())
    assert isinstance(model[1:], nn.Sequential) and model[1:][0] is model[1]
    assert len(model + model) == 6 and len(list((model + model).parameters())) == 6


def test_residual_adds_the_input(rng):
    inner, x = nn.Linear(3, 3, rng=0), rng.normal(size=(5, 3))
    W, b = inner.weight.numpy(), inner.bias.numpy()
    assert_allclose(nn.Residual(inner)(x).numpy(), x + x @ W.T + b, rtol=1e-14)
    shortcut = nn.Linear(3, 3, bias=False, rng=1)
    block = nn.Residual(inner, shortcut=shortcut)
    assert_allclose(block(x).numpy(), x @ shortcut.weight.numpy().T + x @ W.T + b, rtol=1e-14)
    assert paths(block) == ["inner.weight", "inner.bias", "shortcut.weight"]


def test_the_gradient_passes_a_residual_on_both_ways():
    x = nn.Parameter([[1.0, 2.0]])
    block = nn.Residual(nn.Linear(2, 2, init=3.0))
    block(x).sum().backward()
    assert x.grad.tolist() == [[7.0, 7.0]]


def test_a_residual_keeps_the_dtype_of_its_weights():
    block = nn.Residual(nn.Linear(2, 2, dtype=np.float32))
    for x in (np.ones((3, 2)), [[1, 2]], np.ones(2, np.float32)):
        assert block(x).dtype == np.float32


def test_a_residual_never_broadcasts():
    with pytest.raises(ShapeError, match=r"inner gives \(5, 1\), x is \(5, 3\)\.\nPass shortcut=nn.Linear\(3, 1\)\."):
        nn.Residual(nn.Linear(3, 1))(np.ones((5, 3)))
    with pytest.raises(ShapeError, match=r"shortcut=nn.Conv2d\(1, 2, 1\)"):
        nn.Residual(nn.Conv2d(1, 2, 3, padding=1))(np.ones((4, 1, 5, 5)))


@pytest.mark.parametrize(
    ("wrap", "path"),
    [
        (lambda model: nn.Sequential(nn.Tanh(), model), "1.1"),
        (lambda model: nn.Residual(model), "inner.1"),
        (lambda model: nn.Sequential({"body": nn.Residual(nn.Residual(model))}), "body.inner.inner.1"),
        (lambda model: nn.Residual(nn.ReLU(), shortcut=model), "shortcut.1"),
    ],
)
def test_a_misfit_deep_inside_is_named_by_its_path(wrap, path):
    model = wrap(nn.Sequential(nn.Linear(4, 10), nn.Linear(64, 4)))
    with pytest.raises(ShapeError) as caught:
        model(np.ones((32, 4)))
    assert str(caught.value) == (
        f"layer 2 ('{path}') expects (..., 64), got (32, 10).\n"
        "The layer before gives 10 features: write Linear(10, ...), or change its out_features to 64."
    )


def test_a_misfit_in_a_module_list_is_named_by_its_path():
    class Deep(nn.Module):
        def __init__(self):
            self.blocks = nn.ModuleList([nn.Linear(4, 10), nn.Linear(64, 4)])

        def forward(self, x):
            for block in self.blocks:
                x = block(x)
            return x

    with pytest.raises(ShapeError, match=r"layer 2 \('blocks.1'\) expects \(\.\.\., 64\), got \(32, 10\)\."):
        Deep()(np.ones((32, 4)))


def test_a_module_without_parameters_is_named_by_title_and_path():
    model = nn.Sequential(nn.Linear(2, 2), nn.Residual(nn.Linear(2, 3)))
    with pytest.raises(ShapeError, match=r"^Residual\(\) at '1' cannot add"):
        model(np.ones((5, 2)))


def test_backprop_names_the_layers_of_a_named_sequential():
    model = nn.Sequential({"hidden": nn.Linear(2, 3), "relu": nn.ReLU(), "out": nn.Linear(3, 1)})
    record = nn.backprop(model, [1.0, 2.0], [0.0], nn.HalfSSELoss())
    assert [layer.path for layer in record.layers] == ["hidden", "out"]
