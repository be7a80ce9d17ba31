"""States of models: loaded as a whole or not at all, shared parameters under any of their names, copies bit by bit."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, DtypeError, UnknownNameError


def tied():
    model = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Tanh(), nn.Linear(2, 2, rng=1))
    model[2].weight = model[0].weight
    return model


def unchanged(model, before):
    return all((model.state_dict()[name] == values).all() for name, values in before.items())


def test_all_that_is_wrong_is_listed_together():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
    before = model.state_dict()
    state: dict[str, Any] = {**before, "0.weight": np.zeros((2, 3)), "1.running_mean": np.zeros(4), "3.weight": 1.0}
    del state["2.bias"], state["1.num_batches_tracked"]
    with pytest.raises(ArgumentError) as caught:
        model.load_state_dict(state)
    assert str(caught.value).splitlines()[0] == (
        "The state does not fit Sequential: missing '1.num_batches_tracked', '2.bias'; unexpected '3.weight'; "
        "wrong shape: '0.weight' has shape (2, 3), expected (3, 2), '1.running_mean' has shape (4,), expected (3,)."
    )
    assert unchanged(model, before)


def test_a_state_that_fits_leaves_nothing_over():
    model = nn.Linear(2, 1)
    assert model.load_state_dict(model.state_dict()) == ([], [])


def test_not_strictly_what_fits_is_taken_and_the_rest_is_listed():
    model = nn.Linear(2, 1)
    before = model.weight.numpy().copy()
    names = model.load_state_dict({"bias": [7.0], "head.weight": 1.0}, strict=False)
    assert names.missing_keys == ["weight"] and names.unexpected_keys == ["head.weight"]
    assert model.bias.tolist() == [7.0] and (model.weight == before).all()


def test_other_shapes_are_refused_not_strictly_too():
    model = nn.Linear(2, 1)
    before = model.state_dict()
    with pytest.raises(ArgumentError, match=r"wrong shape: 'weight' has shape \(3,\), expected \(1, 2\)\."):
        model.load_state_dict({"bias": [7.0], "weight": np.zeros(3), "more": 1.0}, strict=False)
    assert unchanged(model, before)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("large", [1e39, -1e300])
def test_a_number_that_would_become_infinite_is_refused(large, strict):
    model = nn.Linear(2, 1, dtype=np.float32)
    before = model.state_dict()
    with pytest.raises(DtypeError, match=r"'weight' of the state holds .*, which float32 cannot"):
        model.load_state_dict({"weight": [[1.0, large]], "bias": [0.0]}, strict)
    assert unchanged(model, before)


def test_integers_too_large_for_float16_are_refused():
    with pytest.raises(DtypeError, match=r"holds 7e\+04, which float16 cannot(.|\n)*to\(np.float64\)"):
        nn.Linear(1, 1, dtype=np.float16).load_state_dict({"weight": [[70_000]], "bias": [0]})


def test_infinity_and_nan_are_loaded_as_they_are():
    model = nn.Linear(2, 1, dtype=np.float32)
    model.load_state_dict({"weight": [[np.inf, np.nan]], "bias": [3.0e38]})
    np.testing.assert_array_equal(model.weight.numpy(), [[np.inf, np.nan]])
    assert model.bias.item() == np.float32(3.0e38)


def test_a_negative_number_of_batches_is_refused():
    model = nn.Sequential(nn.BatchNorm1d(2))
    with pytest.raises(ArgumentError, match=r"'0\.num_batches_tracked' of the state counts something, got -1"):
        model.load_state_dict({**model.state_dict(), "0.num_batches_tracked": -1})
    assert model[0].num_batches_tracked.item() == 0


def test_a_shared_parameter_may_be_saved_under_any_of_its_names_or_all():
    model, values = tied(), np.array([[1.0, 2.0], [3.0, 4.0]])
    biases = {"0.bias": np.zeros(2), "2.bias": np.zeros(2)}
    for saved in (["0.weight"], ["2.weight"], ["0.weight", "2.weight"]):
        model.load_state_dict(tied().state_dict())
        assert model.load_state_dict({**biases, **dict.fromkeys(saved, values)}) == ([], [])
        assert model[2].weight is model[0].weight and (model[0].weight == values).all()


def test_a_shared_parameter_has_one_value():
    model = tied()
    before = model.state_dict()
    with pytest.raises(ArgumentError, match=r"one shared parameter: '0\.weight' and '2\.weight'\."):
        model.load_state_dict({**before, "2.weight": before["0.weight"] + 1.0})
    assert unchanged(model, before)


def test_a_shared_parameter_is_stepped_once():
    model = tied()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    model(np.ones((4, 2))).sum().backward()
    wanted = model[0].weight.numpy() - 0.5 * model[0].weight.grad.numpy()
    optimizer.step()
    assert (model[0].weight == wanted).all()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_is_the_same_bit_by_bit(duplicate):
    body = nn.Residual(nn.Sequential({"a": nn.Linear(3, 3), "n": nn.BatchNorm1d(3), "d": nn.Dropout(rng=1)}))
    model = nn.Sequential(body, nn.ModuleDict({"x": nn.LayerNorm(3)})["x"], nn.Linear(3, 3))
    model[2].weight = body.inner.a.weight
    model[2].bias.requires_grad = False
    body.eval()
    model(np.random.default_rng(0).normal(size=(5, 3))).sum().backward()
    other = duplicate(model)
    assert repr(other) == repr(model)
    assert other[2].weight is other[0].inner.a.weight and other[2].weight is not model[2].weight
    assert [each.training for each in other.modules()] == [each.training for each in model.modules()]
    for one, two in zip([*other.parameters(), *other.buffers()], [*model.parameters(), *model.buffers()], strict=True):
        assert one.numpy().tobytes() == two.numpy().tobytes() and one.dtype == two.dtype
        assert one.requires_grad == two.requires_grad
        assert (one.grad is None) == (two.grad is None)
        assert one.grad is None or one.grad.numpy().tobytes() == two.grad.numpy().tobytes()
    other.train()
    model.train()
    x = np.random.default_rng(1).normal(size=(5, 3))
    assert other(x).numpy().tobytes() == model(x).numpy().tobytes()


def test_paths_lead_to_modules_and_parameters():
    model = nn.Sequential(nn.Residual(nn.Linear(2, 2)), tied())
    assert model.get_submodule("0.inner") is model[0].inner
    assert model.get_submodule("") is model
    assert model.get_parameter("1.2.weight") is model[1][0].weight
    with pytest.raises(UnknownNameError, match=r"path of no module\. Did you mean '0\.inner'\?"):
        model.get_submodule("0.iner")


def test_named_parameters_without_duplicates_removed():
    model = tied()
    assert [path for path, _ in model.named_parameters(remove_duplicate=False)] == [
        "0.weight",
        "0.bias",
        "2.weight",
        "2.bias",
    ]
    layer = nn.Linear(1, 1)
    shared = nn.Sequential(layer, layer)
    assert [path for path, _ in shared.named_modules(remove_duplicate=False)] == ["", "0", "1"]
    shared.whole = shared
    assert [path for path, _ in shared.named_modules(remove_duplicate=False)] == ["", "0", "1"]


def test_parameters_of_one_module_alone():
    model = nn.Sequential(nn.Linear(1, 1))
    model.scale = nn.Parameter([1.0])
    assert [path for path, _ in model.named_parameters("model", recurse=False)] == ["model.scale"]
    assert list(nn.Sequential(nn.Linear(1, 1)).parameters(recurse=False)) == []


def test_apply_reaches_inner_modules_first_and_each_once():
    layer = nn.Linear(1, 1)
    model = nn.Sequential(nn.Residual(layer), nn.ReLU(), layer)
    seen: list[nn.Module] = []
    assert model.apply(seen.append) is model
    assert seen == [layer, model[0], model[1], model]


def test_a_model_is_frozen_and_thawed():
    model = nn.MLP([2, 3, 1])
    assert model.requires_grad_(False) is model
    assert not model(np.ones(2)).requires_grad
    assert all(each.requires_grad for each in model.requires_grad_().parameters())


def test_zero_grad_takes_pytorchs_argument():
    model = nn.Linear(1, 1)
    model(ag.ones(1)).sum().backward()
    model.zero_grad(set_to_none=True)
    assert model.weight.grad is None
