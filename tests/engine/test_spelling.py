"""A keyword or an attribute that is spelt wrong is answered by the right one, and nothing else is changed by that."""

import inspect
import pickle
import re
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import IndexingError, UnknownKeywordError, UsageError
from autograd_lite.habits import ATTRIBUTES, KEYWORDS, NAMES, POSITIONAL, Habit
from autograd_lite.methods import FROM_NUMPY, method_primitives
from autograd_lite.primitives import Primitive
from autograd_lite.spelling import spelled

NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
PARTS = ("optim", "init", "functional", "datasets", "metrics")
PACKAGES = {"ag": ag, "nn": nn, **{f"nn.{name}": getattr(nn, name) for name in PARTS}}
# Classes that only this project makes.
RESULTS = {ag.Explanation, ag.Drawing, nn.datasets.Digits, nn.datasets.Images, nn.datasets.Points}
RESULTS |= {each for each in vars(ag).values() if isinstance(each, type) and issubclass(each, np.generic)}  # dtypes
CREATORS = "zeros ones empty full eye arange linspace zeros_like ones_like empty_like"


def keywords(function: Callable[..., Any]) -> list[str]:
    """The names by which a function takes arguments; none where it takes any name."""
    parameters = inspect.signature(function).parameters.values()
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters):
        return []
    return [each.name for each in parameters if each.kind in NAMED and each.name not in ("self", "cls")]


def misspelt(name: str) -> str:
    """The name with another letter in its middle."""
    k = len(name) // 2
    return f"{name[:k]}{'z' if name[k] != 'z' else 'q'}{name[k + 1 :]}"


def methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """A class's public methods that take keywords."""
    for name, value in inspect.getmembers_static(cls):
        function = getattr(value, "__func__", value)
        if not name.startswith("_") and isinstance(function, types.FunctionType):
            yield f"{cls.__name__}.{name}", function


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function, every public class that users make, and the methods of Tensors, models and records."""
    for package, module in PACKAGES.items():
        for name in module.__all__:
            value = getattr(module, name)
            if callable(value) and not isinstance(value, Primitive) and value not in RESULTS:
                yield f"{package}.{name}", value
    record = type(nn.backprop(*nn.worked_example()))
    for cls in (ag.Tensor, ag.Drawing, nn.Module, nn.MLP, nn.optim.Optimizer, nn.optim.Adam, record):
        yield from methods(cls)


INTERNAL = {"update", "buffers", "scratch", "forward", "compute"}
CALLS = {
    f"{title}({keyword}=)": (function, keyword)
    for title, function in public()
    if title.rpartition(".")[2] not in INTERNAL
    for keyword in keywords(function)
}


@pytest.mark.parametrize("call", CALLS)
def test_a_misspelt_keyword_is_answered_by_the_right_one(call: str) -> None:
    function, keyword = CALLS[call]
    with pytest.raises(UnknownKeywordError) as caught:
        function(**{misspelt(keyword): None})
    first, second = str(caught.value).split("\n")
    assert repr(misspelt(keyword)) in first and repr(keyword) in second, "put @spelled above the function"


OPERATIONS = [
    (name, keyword)
    for name, each in ag.OPERATIONS.items()
    for keyword in keywords(each.canonical)[len(each.operands) :]
]


@pytest.mark.parametrize(("name", "keyword"), OPERATIONS)
def test_a_misspelt_keyword_of_an_operation_is_answered_by_the_right_one(name: str, keyword: str) -> None:
    t = ag.ones((2, 2))
    operands = [t] * len(ag.OPERATIONS[name].operands)
    calls = [lambda **options: ag.OPERATIONS[name](*operands, **options)]
    calls += [lambda **options: ag.OPERATIONS[name](*[each.numpy() for each in operands], **options)]
    if name in method_primitives():
        calls.append(getattr(t, name))
    for call in calls:
        with pytest.raises(UnknownKeywordError) as caught:
            call(**{misspelt(keyword): 0})
        assert re.search(rf"\b{keyword}\b", str(caught.value).split("\n")[1])


@pytest.mark.parametrize("name", [each for each in FROM_NUMPY if each not in ("conj", "nonzero")])
def test_a_misspelt_keyword_of_a_method_from_numpy_is_answered_by_the_right_one(name: str) -> None:
    for keyword in {"axis", "decimals"}.intersection(keywords(getattr(np, name))):
        with pytest.raises(UnknownKeywordError, match=rf"Did you mean '{keyword}'"):
            getattr(ag.ones((2, 2)), name)(**{misspelt(keyword): 0})


@pytest.mark.parametrize("name", CREATORS.split())
def test_a_misspelt_keyword_of_a_creation_function_is_answered_by_the_right_one(name: str) -> None:
    for keyword in ("dtype", "device", "requires_grad", "name"):
        with pytest.raises(UnknownKeywordError, match=rf"Did you mean '{keyword}'"):
            getattr(ag, name)(2, **{misspelt(keyword): None})


@pytest.mark.parametrize(
    ("call", "right"),
    [
        (lambda: ag.ones((2, 3)).argmax(dim=0), "axis"),
        (lambda: ag.stack([ag.ones(2)], dim=0), "axis"),
        (lambda: ag.ones((2, 3)).mean(axis=0, keepdim=True), "keepdims"),
        (lambda: nn.optim.Adam([ag.ones(2, requires_grad=True)], learning_rate=0.1), "lr"),
        (lambda: nn.optim.Adam(params=[ag.ones(2, requires_grad=True)]), "parameters"),
        (lambda: nn.Linear(2, 1)(input=[1.0, 2.0]), "x"),
        (lambda: nn.MSELoss()(input=[1.0], target=[1.0]), "prediction"),
        (lambda: nn.functional.cross_entropy(input=[[1.0]], labels=[0]), "logits"),
        (lambda: nn.Linear(2, 1, seed=0), "rng"),
        (lambda: nn.fit(verbose=0), "progress"),
        (lambda: nn.fit(val_data=None), "validation"),
        (lambda: nn.fit(validation_data=None), "validation"),
        (lambda: nn.fit(validation_split=0.2), "validation"),
        (lambda: nn.fit(callback=None), "callbacks"),
        (lambda: nn.fit(scheduler=None), "schedule"),
        (lambda: nn.k_fold([1.0], [1.0], n_splits=5), "k"),
        (lambda: nn.k_fold([1.0], [1.0], folds=5), "k"),
    ],
)
def test_pytorchs_name_is_answered_by_the_one_here(call: Callable[[], Any], right: str) -> None:
    with pytest.raises(UnknownKeywordError, match=rf"Did you mean '{right}'"):
        call()


def test_every_habit_means_a_keyword_that_some_function_takes() -> None:
    taken = {keyword for _, keyword in CALLS.values()}
    taken |= {name for each in ag.OPERATIONS.values() for name in inspect.signature(each.canonical).parameters}
    taken |= {"shape"}
    assert {name for names in KEYWORDS.values() for name in names} - {"axes"} <= taken


class Residual(nn.Module):
    """A user's own module."""

    def __init__(self, size: int, *, scale: float = 1.0) -> None:
        self.inner = nn.Linear(size, size)
        self.scale = scale

    def forward(self, x: Any, times: int = 1) -> Any:
        return x + times * self.scale * self.inner(x)


class Wide(nn.Linear):
    """A user's own layer, made like its base."""


class Anything(nn.Module):
    """A user's own module that takes any keyword."""

    def __init__(self, **options: Any) -> None:
        self.options = options


class Broken(nn.Module):
    """A user's own module with a mistake of another kind."""

    def __init__(self, size: int, bias: bool = True) -> None:
        self.size = "2" + size  # type: ignore[operator]


def test_a_users_own_module_profits() -> None:
    with pytest.raises(UnknownKeywordError, match=r"Residual has no keyword 'scael'.\nDid you mean 'scale'?"):
        Residual(2, scael=2.0)  # type: ignore[call-arg]
    with pytest.raises(
        UnknownKeywordError, match=r"Residual.forward\(\) has no keyword 'tims'.\nDid you mean 'times'?"
    ):
        Residual(2)([1.0, 2.0], tims=2)
    with pytest.raises(UnknownKeywordError, match=r"Wide has no keyword 'bais'.\nDid you mean 'bias'?"):
        Wide(2, 3, bais=False)  # type: ignore[call-arg]
    assert Anything(bais=False).options == {"bais": False}
    assert Wide(2, 3, bias=False).bias is None


def test_a_base_is_named_by_its_own_name() -> None:
    class Narrow(nn.Linear):
        def __init__(self, size: int) -> None:
            super().__init__(size, 1, bais=False)  # type: ignore[call-arg]

    with pytest.raises(UnknownKeywordError, match=r"^Linear has no keyword 'bais'"):
        Narrow(2)


def test_another_type_error_passes_as_it_is() -> None:
    @spelled
    def half(x: Any, scale: float = 0.5) -> Any:
        return x / scale

    for call in (lambda: half("1"), lambda: half("1", scale=2.0), lambda: Broken(2), lambda: Broken(2, bias=False)):
        with pytest.raises(TypeError) as caught:
            call()
        assert type(caught.value) is TypeError


def test_a_misspelling_inside_is_not_taken_for_one_outside() -> None:
    def loss(prediction: Any, target: Any) -> Any:
        return nn.functional.mse(prediction, target, reductoin="sum")  # type: ignore[call-arg]

    with pytest.raises(UnknownKeywordError, match=r"^mse\(\) has no keyword 'reductoin'"):
        nn.evaluate(nn.Linear(2, 1), np.ones((3, 2)), np.ones((3, 1)), loss=loss)


def test_signatures_and_docstrings_stay() -> None:
    made, walked = inspect.signature(nn.Linear), inspect.signature(ag.Tensor.backward)
    assert [*made.parameters] == ["in_features", "out_features", "bias", "init", "dtype", "rng"]
    assert [*walked.parameters] == ["self", "gradient", "retain_graph", "create_graph", "inputs"]
    assert walked.parameters["create_graph"].default is False
    assert nn.fit.__name__ == "fit" and nn.fit.__module__ == "nn.training.loop"
    assert (nn.fit.__doc__ or "").startswith("Train a model")


def test_more_positional_arguments_than_there_are_name_the_keywords() -> None:
    with pytest.raises(
        UsageError, match=r"^Linear takes 2 positional arguments, got 3.\nGive options by name: bias=, "
    ):
        nn.Linear(2, 3, False)  # type: ignore[misc]


def test_the_error_can_be_pickled() -> None:
    with pytest.raises(UnknownKeywordError) as caught:
        nn.Linear(2, 3, bais=False)  # type: ignore[call-arg]
    restored = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(restored, TypeError) and str(restored) == str(caught.value)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_habit_of_pytorch_is_no_attribute_and_says_what_to_write(name: str) -> None:
    t = ag.ones((2, 2))
    assert isinstance(inspect.getattr_static(ag.Tensor, name), Habit), "it is here now: take it off the table"
    assert not hasattr(t, name) and name not in dir(t)
    with pytest.raises(AttributeError) as caught:
        getattr(nn.Linear(2, 2).weight, name)
    assert str(caught.value) == f"Tensor has no name {name!r}.\n{ATTRIBUTES[name]}"


@pytest.mark.parametrize("name", [name for name, mend in ATTRIBUTES.items() if mend.startswith("Write ")])
def test_what_to_write_instead_of_a_habit_runs(name: str) -> None:
    code = re.split(r", for example|, t\[| to |\.$", ATTRIBUTES[name].removeprefix("Write "))[0]
    given = {"ag": ag, "np": np, "t": ag.ones((2, 2)), "other": ag.ones((2, 2)), "w": ag.ones(4, requires_grad=True)}
    given |= {"a": ag.ones((2, 2)), "b": ag.ones((2, 2)), "mask": np.eye(2) > 0, "rng": np.random.default_rng(0)}
    exec(code, given | {"low": 0.0, "high": 1.0, "value": 3.0, "shape": (2, 2), "axis": 0, "dtype": np.float32})


def test_an_index_or_axis_out_of_range_is_still_an_index_error() -> None:
    t = ag.ones((2, 3))
    for call in (lambda: t[5], lambda: t[0, 0, 0], lambda: t.sum(axis=7), lambda: t.argmax(axis=7)):
        with pytest.raises(IndexingError) as caught:
            call()
        assert isinstance(caught.value, IndexError) and isinstance(caught.value, ValueError)
    with pytest.raises(IndexingError):
        t[5] = 1.0
    assert t.sum().item() == 6.0 and [row.tolist() for row in reversed(t)] == [[1.0] * 3] * 2  # type: ignore[call-overload]


def test_missing_arguments_are_named_in_a_call_that_has_them() -> None:
    @spelled
    def area(width: float, height: float, /, scale: float, *, unit: str, name: str = "") -> float:
        return width * height * scale

    with pytest.raises(UsageError) as caught:
        area(1.0, scale=2.0)  # type: ignore[call-arg]
    assert isinstance(caught.value, TypeError)
    assert str(caught.value) == "area needs height and unit.\nWrite area(width, height, scale=scale, unit=...)."


def test_a_type_error_within_a_call_that_has_all_arguments_passes_untouched() -> None:
    @spelled
    def broken(x: Any) -> Any:
        return x + (lambda y: y)()  # type: ignore[call-arg]

    with pytest.raises(TypeError) as caught:
        broken(1)
    assert type(caught.value) is TypeError


def test_no_name_of_another_library_stands_for_one_of_ours() -> None:
    assert not [name for name in NAMES if name in {*dir(ag), *vars(ag)}]


@pytest.mark.parametrize("title", POSITIONAL)
def test_too_many_arguments_are_answered_by_the_call_that_was_meant(title: str) -> None:
    with pytest.raises(UsageError, match=re.escape(POSITIONAL[title])):
        getattr(ag, title.removesuffix("()"))(*range(9))


def test_completion_offers_public_names_only() -> None:
    assert set(dir(ag)) == {*ag.__all__, "__version__", "errors"}
