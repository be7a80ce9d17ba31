"""Nested structures: taken apart and put together they are the same, and the names lead to the leaves."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from autograd_lite.structures import flatten, is_array_like


class Point(NamedTuple):
    x: Any
    y: Any


@dataclass
class Layer:
    weight: Any
    bias: Any
    activation: str = "tanh"


@dataclass(frozen=True)
class Frozen:
    scale: Any


@dataclass
class Checked:
    """A dataclass whose __init__ refuses what is no float, and that derives a field."""

    rate: Any
    double: Any = field(init=False)

    def __post_init__(self) -> None:
        if not isinstance(self.rate, float):
            raise TypeError("rate")
        self.double = 2 * self.rate


def leaf() -> st.SearchStrategy[Any]:
    return st.integers(0, 2).map(np.ones) | st.floats(-1, 1).map(lambda x: ag.tensor(x))


def trees() -> st.SearchStrategy[Any]:
    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3).map(tuple),
            st.dictionaries(st.text(max_size=3) | st.integers(0, 3), inner, max_size=3),
            st.builds(Point, inner, inner),
            st.builds(Layer, inner, inner),
        )

    return st.recursive(leaf() | st.none(), deeper, max_leaves=8)


@given(trees())
def test_a_name_leads_to_its_leaf(tree: Any) -> None:
    leaves, structure = flatten(tree)
    assert structure.size == len(leaves)
    for name, each in zip(structure.names("inputs[0]"), leaves, strict=True):
        assert eval(name, {"inputs": [tree]}) is each


@given(trees())
def test_taken_apart_and_put_together_again_is_the_same(tree: Any) -> None:
    leaves, structure = flatten(tree)
    again = structure.unflatten(leaves)
    found, same = flatten(again)
    assert type(again) is type(tree)
    assert all(a is b for a, b in zip(found, leaves, strict=True))
    assert same.names() == structure.names()
    assert structure.leaves_of(again) == leaves or all(
        a is b for a, b in zip(structure.leaves_of(again), leaves, strict=True)
    )


def test_dataclasses_come_back_without_their_init() -> None:
    leaves, structure = flatten((Frozen(1.0), Checked(2.0), Layer(3.0, None)))
    assert leaves == [1.0, 2.0, 4.0, 3.0]
    frozen, checked, layer = structure.unflatten(["a", "b", "c", "d"])
    assert (frozen.scale, checked.rate, checked.double, layer.weight) == ("a", "b", "c", "d")
    assert (layer.bias, layer.activation) == (None, "tanh")
    assert structure.names("p") == ["p[0].scale", "p[1].rate", "p[1].double", "p[2].weight"]


@pytest.mark.parametrize("tree", [OrderedDict(a=1.0), defaultdict(list, a=1.0), MappingProxyType({"a": 1.0})])
def test_mappings_of_other_types_keep_them(tree: Any) -> None:
    leaves, structure = flatten(tree)
    again = structure.unflatten([5.0])
    assert leaves == [1.0] and type(again) is type(tree) and again["a"] == 5.0
    assert getattr(again, "default_factory", None) is getattr(tree, "default_factory", None)


@pytest.mark.parametrize(
    ("x", "leaf"),
    [
        (1, True),
        (2.0, True),
        (1j, True),
        (np.float32(1), True),
        (np.ones(3), True),
        (ag.ones(3), True),
        ([1.0, 2], True),
        ([[1.0], [2.0]], True),
        (True, False),
        (None, False),
        ("text", False),
        ([], False),
        ((1.0, 2.0), False),
        ([np.ones(2), 1.0], False),
        (np.ndarray, False),
        (np.sin, False),
    ],
    ids=repr,
)
def test_a_leaf_is_a_number_an_array_or_a_list_of_numbers(x: Any, leaf: bool) -> None:
    assert is_array_like(x) is leaf


def test_what_is_no_array_belongs_to_the_structure() -> None:
    tree = {"w": np.ones(2), "activation": np.tanh, "bias": None, "verbose": True}
    leaves, structure = flatten(tree)
    assert len(leaves) == 1
    again = structure.unflatten([0.0])
    assert again == {**tree, "w": 0.0}


def test_the_leaves_of_another_tree_come_in_the_order_of_the_first_whatever_that_of_its_keys() -> None:
    leaves, structure = flatten({"x": 1.0, "y": (2.0, 3.0)})
    others = structure.leaves_of({"y": (20.0, 30.0), "x": 10.0})
    assert structure.unflatten([a - b for a, b in zip(leaves, others, strict=True)]) == {"x": -9.0, "y": (-18.0, -27.0)}


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"a": 1.0, "b": 1.0}, "g['b'] is an array, and p is a tuple of 2."),
        ({"a": 1.0}, "g is a dict with the keys 'a', and p is a dict with the keys 'a', 'b'."),
        ({"a": 1.0, "b": (1.0,)}, "g['b'] is a tuple of 1, and p is a tuple of 2."),
        (None, "g is None, and p is a dict with the keys 'a', 'b'."),
    ],
    ids=str,
)
def test_another_structure_is_named_at_its_place(other: Any, message: str) -> None:
    _, structure = flatten({"a": 1.0, "b": (1.0, 2.0)})
    with pytest.raises(ArgumentError) as caught:
        structure.leaves_of(other, "g", "p")
    assert str(caught.value).splitlines()[0] == message


def test_a_structure_takes_as_many_leaves_as_it_has() -> None:
    with pytest.raises(ArgumentError, match="structure of 2 leaves cannot hold 3"):
        flatten((1.0, 2.0))[1].unflatten([1.0, 2.0, 3.0])
