"""Modules: what they find in their attributes, and how state is saved, loaded and refused."""

import copy
import pickle
from collections import UserDict, UserList, deque
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UsageError


class Mixture(nn.Module):
    """Holds modules and parameters in every way that Python offers."""

    def __init__(self):
        self.scale = nn.Parameter([1.0])
        self.listed = [nn.Linear(2, 2), nn.Linear(2, 2)]
        self.paired = (nn.Linear(2, 1), [nn.Parameter(np.ones(3))])
        self.named = {"head": nn.Linear(1, 1, bias=False)}
        self.size = 3

    def forward(self, x):
        return x


def paths(model):
    return [path for path, _ in model.named_parameters()]


def test_a_list_a_tuple_or_a_dict_of_modules_loses_nothing():
    assert paths(Mixture()) == [
        "scale",
        "paired.1.0",
        "listed.0.weight",
        "listed.0.bias",
        "listed.1.weight",
        "listed.1.bias",
        "paired.0.weight",
        "paired.0.bias",
        "named.head.weight",
    ]


def test_a_layer_appended_to_a_list_later_is_found():
    model = Mixture()
    before = len(list(model.parameters()))
    model.listed.append(nn.Linear(2, 2))
    assert len(list(model.parameters())) == before + 2


def test_a_module_works_without_calling_super_init():
    class Model(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 1)

        def forward(self, x):
            return self.layer(x)

    model = Model()
    assert paths(model) == ["layer.weight", "layer.bias"]
    assert model.training
    assert model([1.0, 2.0]).shape == (1,)


def test_a_module_works_with_calling_super_init():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 1)

    assert paths(Model()) == ["layer.weight", "layer.bias"]


def test_a_shared_parameter_is_counted_once():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    assert paths(model) == ["0.weight", "0.bias", "1.bias"]
    assert list(model.state_dict()) == ["0.weight", "0.bias", "1.bias"]


def test_a_shared_module_runs_twice_and_has_its_parameters_once():
    layer = nn.Linear(2, 2, init=1.0)
    model = nn.Sequential(layer, layer)
    assert model([1.0, 1.0]).tolist() == [4.0, 4.0]
    assert paths(model) == ["0.weight", "0.bias"]


def test_modules_that_hold_each_other_are_walked_once():
    first, second = Mixture(), Mixture()
    first.other, second.other = second, first
    assert len(list(first.parameters())) == 18


def test_children_are_direct_and_modules_are_all():
    model = nn.Sequential(nn.Sequential(nn.Linear(2, 2)), nn.ReLU())
    assert [name for name, _ in model.named_children()] == ["0", "1"]
    assert [name for name, _ in model.named_modules()] == ["", "0", "0.0", "1"]
    assert len(list(model.children())) == 2
    assert len(list(model.modules())) == 4


def test_train_and_eval_reach_every_module_and_return_the_model():
    model = Mixture()
    assert model.eval() is model
    assert not any(each.training for each in model.modules())
    assert model.train() is model
    assert all(each.training for each in model.modules())


def test_zero_grad_forgets_every_gradient():
    model = nn.MLP([2, 3, 1])
    model([1.0, 2.0]).sum().backward()
    assert model.layers[0].weight.grad is not None
    model.zero_grad()
    assert all(each.grad is None for each in model.parameters())


@pytest.mark.parametrize("value", [np.zeros((1, 2)), [[0.0, 0.0]], ag.zeros((1, 2)), 0.0])
def test_a_parameter_is_not_overwritten_by_an_array(value):
    layer = nn.Linear(2, 1)
    with pytest.raises(UsageError, match=r"Linear.weight is a Parameter of shape \(1, 2\), got .*\n.*\.data = values"):
        layer.weight = value


def test_a_parameter_can_be_replaced_or_removed():
    layer = nn.Linear(2, 1)
    layer.weight = nn.Parameter([[1.0, 2.0]])
    layer.bias = None
    assert layer([1.0, 1.0]).tolist() == [3.0]
    assert paths(layer) == ["weight"]


def test_an_attribute_that_would_hide_a_method_is_refused():
    model = Mixture()
    with pytest.raises(UsageError, match=r"hide the method modules\(\)"):
        model.modules = [nn.Linear(1, 1)]


def test_a_module_without_forward_says_so():
    class Empty(nn.Module):
        pass

    with pytest.raises(UsageError, match="Empty has no forward method"):
        Empty()(1.0)


def test_integers_are_no_parameter():
    with pytest.raises(DtypeError):
        nn.Parameter([1, 2])


def test_the_state_is_a_copy():
    layer = nn.Linear(2, 1)
    state = layer.state_dict()
    before = state["weight"].copy()
    with ag.no_grad():
        layer.weight += 1.0
    assert (state["weight"] == before).all()


def test_loading_a_state_gives_the_same_outputs():
    trained, fresh = nn.MLP([4, 3, 2], rng=0), nn.MLP([4, 3, 2], rng=1)
    weight = fresh.layers[0].weight
    fresh.load_state_dict(trained.state_dict())
    assert fresh.layers[0].weight is weight
    assert (fresh(np.ones(4)) == trained(np.ones(4))).all()


def test_a_state_that_does_not_fit_changes_nothing_and_lists_every_fault():
    model = nn.MLP([4, 3, 2])
    before = model.state_dict()
    state = model.state_dict()
    state["layers.0.weight"] = np.zeros((3, 5))
    state["head.weight"] = np.zeros(1)
    state["layers.0.bias"] = np.ones(3)
    del state["layers.1.bias"]
    with pytest.raises(ArgumentError) as caught:
        model.load_state_dict(state)
    for fault in (
        "missing 'layers.1.bias'",
        "unexpected 'head.weight'",
        "'layers.0.weight' has shape (3, 5), expected (3, 4)",
    ):
        assert fault in str(caught.value)
    assert all((model.state_dict()[name] == values).all() for name, values in before.items())


@pytest.mark.parametrize("values", [["a", "b"], [[1.0, 2.0], [3.0]], [1j]])
def test_a_state_of_something_else_than_real_numbers_is_refused(values):
    layer = nn.Linear(1, 1)
    before = layer.state_dict()
    with pytest.raises(DtypeError, match="'bias' of the state"):
        layer.load_state_dict({"weight": [[5.0]], "bias": values})
    assert (layer.weight.numpy() == before["weight"]).all()


def test_a_state_must_be_a_mapping():
    with pytest.raises(UsageError, match="Linear: a state is a dict"):
        nn.Linear(1, 1).load_state_dict([1, 2])


def test_a_state_becomes_the_parameters_dtype():
    layer = nn.Linear(1, 1, dtype=np.float32)
    layer.load_state_dict({"weight": [[2]], "bias": np.array([0.5])})
    assert layer.weight.dtype == np.float32
    assert layer([1.0]).tolist() == [2.5]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_computes_the_same_and_shares_nothing(duplicate):
    model = nn.MLP([2, 3, 1], rng=0)
    other = duplicate(model)
    assert (other([1.0, 2.0]) == model([1.0, 2.0])).all()
    assert all(isinstance(each, nn.Parameter) and each.requires_grad for each in other.parameters())
    assert [each.name for each in other.parameters()] == [each.name for each in model.parameters()]
    with ag.no_grad():
        other.layers[0].weight += 1.0
    assert (other.layers[0].weight != model.layers[0].weight).all()


def test_a_copy_keeps_what_was_shared_shared():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    other = copy.deepcopy(model)
    assert other[1].weight is other[0].weight


def test_repr_shows_shapes_and_counts_and_is_ascii():
    text = repr(nn.Sequential(nn.Linear(64, 10), nn.ReLU()))
    assert text == (
        "Sequential(): 650 parameters\n  0: Linear(64, 10): weight (10, 64), bias (10,), 650 parameters\n  1: ReLU()"
    )
    assert repr(nn.MLP([64, 32, 10])).isascii()


class Encoder(nn.Module):
    """A model of the user's own, with a misfit inside."""

    def __init__(self):
        self.enter = nn.Linear(4, 10)
        self.leave = nn.Linear(64, 2)

    def forward(self, x):
        return self.leave(self.enter(x))


def test_a_misfit_is_named_by_its_path_in_the_outermost_model():
    class Outer(nn.Module):
        def __init__(self):
            self.encoder = Encoder()

        def forward(self, x):
            return self.encoder(x)

    with pytest.raises(ShapeError) as caught:
        Outer()(np.ones((32, 4)))
    assert str(caught.value) == (
        "layer 2 ('encoder.leave') expects (..., 64), got (32, 10).\n"
        "The layer before gives 10 features: write Linear(10, ...), or change its out_features to 64."
    )


def test_a_trained_tensor_that_is_no_parameter_is_refused():
    class Model(nn.Module):
        def __init__(self):
            self.w = ag.tensor([1.0, 2.0], requires_grad=True)

    with pytest.raises(UsageError) as caught:
        Model()
    assert str(caught.value) == (
        "Model.w requires a gradient but is no Parameter: no optimizer would move it.\n"
        "Write self.w = nn.Parameter([1.0, 2.0])."
    )


@pytest.mark.parametrize("hold", [lambda w: [w], lambda w: (0, [w]), lambda w: {"w": w}])
def test_a_trained_tensor_in_a_list_is_refused_when_parameters_are_asked_for(hold):
    model = nn.Sequential(nn.Linear(2, 1))
    model.extra = hold(ag.tensor([1.0], requires_grad=True))
    assert "Linear" in repr(model)
    with pytest.raises(UsageError, match="no Parameter"):
        list(model.parameters())


@dataclass
class Part:
    layer: Any
    others: list[Any] = field(default_factory=list)


def objects(*held):
    array = np.empty(len(held), object)
    for k, each in enumerate(held):
        array[k] = each
    return array


HIDING = {
    "deque": lambda part: deque([0, part]),
    "set": lambda part: {part},
    "frozenset": lambda part: frozenset([part]),
    "UserList": lambda part: UserList([part]),
    "UserDict": lambda part: UserDict(a=part),
    "mappingproxy": lambda part: MappingProxyType({"a": part}),
    "ndarray": lambda part: objects(None, part),
    "Part": lambda part: Part(0, [part]),
}


@pytest.mark.parametrize(
    "part", [nn.Linear(1, 1), nn.Parameter([1.0]), nn.Buffer([1.0])], ids=lambda p: type(p).__name__
)
@pytest.mark.parametrize("kind", HIDING)
def test_what_would_not_be_found_is_refused_when_it_is_assigned(kind, part):
    model = nn.Identity()
    with pytest.raises(UsageError, match=f"Identity.part is of type {kind} and holds a {type(part).__name__}"):
        model.part = HIDING[kind](part)
    with pytest.raises(UsageError, match=r"Identity.parts.1.a is of type"):
        model.parts = [0, {"a": HIDING[kind](part)}]


@pytest.mark.parametrize("kind", ["deque", "UserList", "Part"])
def test_what_was_put_there_later_is_refused_when_parameters_are_asked_for(kind):
    model = nn.Linear(1, 1)
    model.parts = HIDING[kind](0)
    assert len(list(model.parameters())) == 2
    (model.parts.others if kind == "Part" else model.parts).append(nn.Linear(1, 1))
    for ask in (model.named_parameters, model.state_dict):
        with pytest.raises(UsageError, match="Put them into a list"):
            list(ask())


@pytest.mark.parametrize("kind", HIDING)
def test_containers_of_other_things_may_be_attributes(kind):
    model = nn.Linear(1, 1)
    model.part = HIDING[kind]("text")
    assert len(list(model.parameters())) == 2


def test_a_model_may_be_a_dataclass():
    @dataclass(eq=False)
    class Scaled(nn.Module):
        layer: nn.Module
        factor: float = 2.0

    assert paths(nn.Sequential(Scaled(nn.Linear(1, 1)))) == ["0.layer.weight", "0.layer.bias"]


@pytest.mark.parametrize("held", [nn.Linear(1, 1), nn.Parameter([1.0]), [nn.Linear(1, 1)], {"a": nn.Buffer([1.0])}])
def test_an_attribute_of_the_class_is_refused(held):
    with pytest.raises(UsageError, match="layer is an attribute of the class Shared"):
        type("Shared", (nn.Module,), {"layer": held})


@pytest.mark.parametrize(
    "held",
    [
        lambda a, b: {1: a, "1": b},
        lambda a, b: {"a.b": a, "a": {"b": b}},
        lambda a, b: {"a.weight": a, "a": nn.Linear(1, 1)},
    ],
)
def test_two_tensors_under_one_path_are_refused(held):
    model = nn.Module()
    model.held = held(nn.Parameter([1.0]), nn.Parameter([2.0]))
    for ask in (model.state_dict, model.named_parameters):
        with pytest.raises(UsageError, match="Module holds two tensors under the path 'held"):
            list(ask())


def test_a_parameter_and_a_buffer_under_one_path_are_refused():
    model = nn.Module()
    model.held = {1: nn.Parameter([1.0]), "1": nn.Buffer([2.0])}
    with pytest.raises(UsageError, match=r"two tensors under the path 'held\.1'"):
        model.state_dict()


def test_one_tensor_may_be_twice_under_one_path():
    model = nn.Module()
    one = nn.Parameter([1.0])
    model.held = {1: one, "1": one}
    assert list(model.state_dict()) == ["held.1"]


def test_constants_and_computed_tensors_may_be_attributes():
    model = nn.Linear(2, 1)
    model.constant = ag.tensor([1.0])
    model.latest = model([1.0, 2.0])
    model.weight_before = np.zeros((1, 2))
    model.weight0 = np.zeros((1, 2))
    assert paths(model) == ["weight", "bias"]


def test_an_array_for_a_parameter_is_named_by_its_shape():
    layer = nn.Linear(64, 32)
    with pytest.raises(UsageError) as caught:
        layer.weight = np.zeros((32, 64))
    assert "got an ndarray of shape (32, 64)." in str(caught.value)
    assert "layer.weight.data = values" in str(caught.value)


@pytest.mark.parametrize("name", ["weigth", "weights", "wieght", "Weight"])
def test_a_misspelt_parameter_is_refused(name):
    layer = nn.Linear(3, 2)
    with pytest.raises(UsageError, match="its 'weight' has that shape"):
        setattr(layer, name, np.zeros((2, 3)))
    setattr(layer, name, np.zeros((5, 5)))
    setattr(layer, name + "_", 3)
