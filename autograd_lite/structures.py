"""Nested structures of arrays: tuples, lists, dicts, namedtuples and dataclasses, taken apart and put together again.

The leaves are numbers, arrays and Tensors; a list of nothing but numbers is one array. What is neither, such as None, a
string or a bool, belongs to the structure and comes back as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from numbers import Number
from typing import Any

from autograd_lite.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class Structure:
    """How leaves are nested.

    Attributes
    ----------
    kind : str
        What messages call it: "a tuple of 2", "a dict with the keys 'b', 'w'".
    keys : tuple of str
        What stands behind a name to reach each child: "[0]", "['w']", ".w".
    children : tuple of Structure
    build : callable or None
        Makes the structure from a list of its children; None for a leaf.
    """

    kind: str
    keys: tuple[str, ...]
    children: tuple[Structure, ...]
    build: Callable[[list[Any]], Any] | None

    @property
    def is_leaf(self) -> bool:
        """Whether this is one leaf and no structure around it."""
        return self.build is None

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return 1 if self.is_leaf else sum(each.size for each in self.children)

    def unflatten(self, leaves: Sequence[Any]) -> Any:
        """Return the structure with these leaves, which stand in the order of `flatten`.

        Raises
        ------
        ArgumentError
            When there are more or fewer leaves than the structure has.
        """
        if len(leaves) != self.size:
            raise ArgumentError(
                f"A structure of {self.size} leaves cannot hold {len(leaves)}.",
                "Give one value a leaf, in their order.",
            )
        return self._built(iter(leaves))

    def names(self, root: str = "x") -> list[str]:
        """Return what users write to reach each leaf.

        Examples
        --------
        >>> flatten((1.0, {"w": 2.0}))[1].names("inputs")
        ['inputs[0]', "inputs[1]['w']"]
        """
        if self.is_leaf:
            return [root]
        nested = (child.names(root + key) for key, child in zip(self.keys, self.children, strict=True))
        return [name for names in nested for name in names]

    def leaves_of(self, tree: Any, root: str = "x", beside: str = "the other") -> list[Any]:
        """Return the leaves of another tree, `root`, that must be of this structure, that of `beside`.

        The order of a dict's keys is free.

        Raises
        ------
        ArgumentError
            When it has another structure: names the place.
        """
        if self.is_leaf:
            return [tree]
        taken = _taken_apart(tree)
        found = {} if taken is None else dict(zip(taken.keys, taken.parts, strict=True))
        if found.keys() != set(self.keys):
            raise ArgumentError(
                f"{root} is {_called(tree, taken)}, and {beside} is {self.kind}.",
                "Give a tuple, (v,)."
                if taken is None and self.kind == "a tuple of 1"
                else "Give the same structure, with the same keys.",
            )
        nested = (
            child.leaves_of(found[key], root + key, beside) for key, child in zip(self.keys, self.children, strict=True)
        )
        return [leaf for leaves in nested for leaf in leaves]

    def _built(self, leaves: Iterator[Any]) -> Any:
        if self.build is None:
            return next(leaves)
        return self.build([child._built(leaves) for child in self.children])


LEAF = Structure("an array", (), (), None)


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """Return the leaves of a nested structure, and the structure.

    Parameters
    ----------
    tree : array_like or structure
        Tuples, lists, dicts, namedtuples and dataclasses of numbers, arrays and Tensors, in one another.

    Returns
    -------
    leaves : list
        From left to right, dicts and dataclasses in the order of their keys and fields.
    structure : Structure
        ``structure.unflatten(leaves)`` gives the tree again.

    Examples
    --------
    >>> leaves, structure = flatten({"w": 1.0, "b": (2.0, None)})
    >>> leaves, structure.names("parameters")
    ([1.0, 2.0], ["parameters['w']", "parameters['b'][0]"])
    >>> structure.unflatten([10.0, 20.0])
    {'w': 10.0, 'b': (20.0, None)}

    A list of numbers is an array:

    >>> flatten([1.0, 2.0])[0]
    [[1.0, 2.0]]
    """
    if is_array_like(tree):
        return [tree], LEAF
    taken = _taken_apart(tree)
    if taken is None:
        return [], Structure(_called(tree, None), (), (), lambda _: tree)
    leaves: list[Any] = []
    children = []
    for part in taken.parts:
        found, child = flatten(part)
        leaves += found
        children.append(child)
    return leaves, Structure(taken.kind, taken.keys, tuple(children), taken.build)


def is_array_like(x: Any) -> bool:
    """Return whether this is a leaf: a number, an array, a Tensor, or a list of nothing but numbers."""
    if isinstance(x, bool):
        return False
    return isinstance(x, Number) or (hasattr(x, "__array__") and not isinstance(x, type)) or _is_list_of_numbers(x)


def _is_list_of_numbers(x: Any) -> bool:
    return type(x) is list and bool(x) and all(isinstance(each, Number) or _is_list_of_numbers(each) for each in x)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A structure taken apart by one level."""

    kind: str
    keys: tuple[str, ...]
    parts: tuple[Any, ...]
    build: Callable[[list[Any]], Any]


def _taken_apart(tree: Any) -> _Taken | None:
    """Return what a structure is made of; None when this is none."""
    made = type(tree)
    if isinstance(tree, (tuple, list)):
        named = getattr(tree, "_fields", None)
        kind = f"a {made.__name__} of {len(tree)}"
        keys = tuple(f".{each}" for each in named) if named else tuple(f"[{k}]" for k in range(len(tree)))
        return _Taken(kind, keys, tuple(tree), (lambda parts: made(*parts)) if named else made)
    if isinstance(tree, Mapping):
        kind = f"a {made.__name__} with the keys {', '.join(map(repr, tree)) or 'of nothing'}"
        keys = tuple(f"[{key!r}]" for key in tree)
        return _Taken(kind, keys, tuple(tree.values()), partial(_mapping, _maker_of(tree), tuple(tree)))
    if is_dataclass(tree) and not isinstance(tree, type):
        names = tuple(each.name for each in fields(tree))
        keys = tuple(f".{each}" for each in names)
        parts = tuple(getattr(tree, each) for each in names)
        return _Taken(f"a {made.__name__}", keys, parts, partial(_instance, made, names))
    return None


def _maker_of(tree: Mapping[Any, Any]) -> Callable[[dict[Any, Any]], Any]:
    return partial(defaultdict, tree.default_factory) if isinstance(tree, defaultdict) else type(tree)


def _mapping(make: Callable[[dict[Any, Any]], Any], keys: tuple[Any, ...], parts: list[Any]) -> Any:
    return make(dict(zip(keys, parts, strict=True)))


def _instance(made: type[Any], names: tuple[str, ...], parts: list[Any]) -> Any:
    """Return a dataclass with these fields; its ``__init__`` may expect other types, and its fields may be frozen."""
    new = object.__new__(made)
    for name, part in zip(names, parts, strict=True):
        object.__setattr__(new, name, part)
    return new


def _called(tree: Any, taken: _Taken | None) -> str:
    if taken is not None:
        return taken.kind
    return "an array" if is_array_like(tree) else "None" if tree is None else f"a {type(tree).__name__}"
