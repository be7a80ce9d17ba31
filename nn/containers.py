"""Modules in a row: Sequential, which runs them one after another, and ModuleList, which only holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, overload

from autograd_lite.errors import IndexingError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import called
from nn.module import Module


class Row(Module):
    """What Sequential and ModuleList share: a list of modules that can be changed.

    Attributes
    ----------
    layers : list of Module
    names : list of str, or None
        Those of a Sequential that was made from a dict; else the paths name the modules by position.
    """

    layers: list[Module]
    names: list[str] | None = None
    # How it is made, for messages.
    example = "nn.ModuleList([nn.Linear(2, 3), nn.ReLU()])"

    def _start(self, modules: Iterable[Any]) -> None:
        self.layers = []
        self.extend(modules)

    @spelled
    def append(self, module: Module) -> Self:
        """Add a module at the end; return the container."""
        return self.extend([module])

    @spelled
    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end, or after an error none; return the container."""
        self[len(self) :] = modules
        return self

    @spelled
    def insert(self, index: int, module: Module) -> Self:
        """Put a module before the one at a position; return the container."""
        self[index:index] = [module]
        return self

    @spelled
    def pop(self, index: int = -1) -> Module:
        """Take a module out and return it.

        Raises
        ------
        IndexingError
            When there is none at that position.
        """
        module = self[index]
        del self[index]
        return module

    def members(self) -> Iterable[tuple[str, Any]]:
        yield from zip(self.paths(), self.layers, strict=True)
        yield from ((name, value) for name, value in vars(self).items() if name not in ("layers", "names"))

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    @overload
    def __getitem__(self, position: int) -> Module: ...

    @overload
    def __getitem__(self, position: slice) -> Self: ...

    def __getitem__(self, position: int | slice) -> Module:
        if not isinstance(position, slice):
            return self.layers[self._checked(position)]
        names = None if self.names is None else self.names[position]
        return self._made(self.layers[position], names)

    def __setitem__(self, position: int | slice, value: Any) -> None:
        if not isinstance(position, slice):
            self.layers[self._checked(position)] = self._module(value, position)
            return
        start, _, _ = position.indices(len(self))
        modules = [self._module(each, start + k) for k, each in enumerate(self._listed(value))]
        if self.names is not None:
            removed = self.names[position]
            self.names[position] = [*removed[: len(modules)], *self._new_names(len(modules) - len(removed))]
        self.layers[position] = modules

    def __delitem__(self, position: int | slice) -> None:
        place = position if isinstance(position, slice) else self._checked(position)
        del self.layers[place]
        if self.names is not None:
            del self.names[place]

    def __add__(self, others: Iterable[Module]) -> Self:
        return self._made([*self.layers, *self._listed(others)], None)

    def __iadd__(self, others: Iterable[Module]) -> Self:
        return self.extend(others)

    def _made(self, modules: list[Module], names: list[str] | None) -> Self:
        """Return a container of this kind."""
        made = type(self).__new__(type(self))
        made._start(modules)
        made.names = names
        return made

    def paths(self) -> list[str]:
        """Return what paths call the modules, in their order: their names, or their positions."""
        if self.names is None:
            return list(map(str, range(len(self.layers))))
        if len(self.names) != len(self.layers):
            raise UsageError(
                f"{type(self).__name__}.layers has {len(self.layers)} modules, of which {len(self.names)} had a name.",
                "Change it by append, insert, extend and del, which keep them together.",
            )
        return self.names

    def _new_names(self, count: int) -> list[str]:
        """Return names that are not taken, for modules that are added to named ones: their numbers, as in PyTorch."""
        free = (str(k) for k in range(len(self), 2 * len(self) + count + 1) if str(k) not in (self.names or ()))
        return [next(free) for _ in range(count)]

    def _checked(self, position: Any) -> int:
        """Return a position that there is."""
        if isinstance(position, bool) or not hasattr(position, "__index__"):
            raise UsageError(
                f"{type(self).__name__} is indexed by positions, got {called(position)}.",
                "Write model[0], or model[1:3] for a part of it.",
            )
        place: int = position.__index__()
        if -len(self) <= place < len(self):
            return place
        modules = f"{len(self)} module{'s' * (len(self) != 1)}"
        raise IndexingError(
            f"{type(self).__name__} has {modules}, got the position {place}.",
            f"They count from 0 to {len(self) - 1}." if len(self) else "Add one first: append(module).",
        )

    def _listed(self, modules: Any) -> list[Any]:
        if isinstance(modules, (Mapping, str)) or not isinstance(modules, Iterable):
            what = modules.title() if isinstance(modules, Module) else called(modules)
            raise UsageError(f"{type(self).__name__} takes modules in a list, got {what}.", f"Write {self.example}.")
        return list(modules)

    def _module(self, value: Any, position: int) -> Module:
        if isinstance(value, Module):
            return value
        got = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
        raise UsageError(
            f"{type(self).__name__} holds Modules, got {got} at position {position}.",
            f"Pass modules{' one by one' if 'Seq' in self.example else ''}: {self.example}.",
        )


class Sequential(Row):
    """Modules in a row: each takes what the one before gave.

    Parameters
    ----------
    *modules : Module
        In the order in which they run; or a dict of them, whose names they keep. A module given twice runs twice and
        has its parameters once.

    Attributes
    ----------
    layers : list of Module
        May be changed; paths name its entries by position: "0.weight".

    Raises
    ------
    UsageError
        When something else than a Module is given.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> model([1.0, 2.0]).shape
    (1,)
    >>> model
    Sequential(): 13 parameters
      0: Linear(2, 3): weight (3, 2), bias (3,), 9 parameters
      1: ReLU()
      2: Linear(3, 1): weight (1, 3), bias (1,), 4 parameters
    >>> named = nn.Sequential({"hidden": nn.Linear(2, 3), "σ": nn.Tanh()})
    >>> named.hidden.weight.shape, list(named.state_dict())
    ((3, 2), ['hidden.weight', 'hidden.bias'])
    """

    example = "nn.Sequential(nn.Linear(2, 3), nn.ReLU()), or nn.Sequential(*modules)"

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            names = checked_names(modules[0], "Sequential")
            self._start(modules[0].values())
            self.names = names
        else:
            self._start(modules)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    # Kept from type checkers, which find unknown names by themselves.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            names = vars(self).get("names") or ()
            return self.layers[names.index(name)] if name in names else super().__getattr__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        names = vars(self).get("names") or ()
        if name in names:
            self[names.index(name)] = value
        else:
            super().__setattr__(name, value)


class ModuleList(Row):
    """A list of modules that is a module itself; it holds them and computes nothing.

    A plain Python list in an attribute does as well: its modules are found just the same, under the same paths.

    Parameters
    ----------
    modules : iterable of Module, optional

    Attributes
    ----------
    layers : list of Module

    Raises
    ------
    UsageError
        When something else than a Module is in it.

    Examples
    --------
    >>> class Deep(nn.Module):
    ...     def __init__(self):
    ...         self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
    ...
    ...     def forward(self, x):
    ...         for layer in self.layers:
    ...             x = np.tanh(layer(x))
    ...         return x
    >>> model = Deep()
    >>> model(np.ones((5, 4))).shape, len(model.layers), next(iter(model.state_dict()))
    ((5, 4), 3, 'layers.0.weight')
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        self._start(() if modules is None else modules)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        raise UsageError(
            "A ModuleList only holds modules, and was called.",
            "Call them: for layer in self.layers: x = layer(x). Or make it an nn.Sequential(*modules).",
        )


def checked_names(modules: Mapping[Any, Any], owner: str) -> list[str]:
    """Return the names of modules, if each can be a part of a path.

    Raises
    ------
    UsageError
        When one is no text, is empty or has a point in it.
    """
    for name in modules:
        if not isinstance(name, str) or not name or "." in name:
            raise UsageError(
                f"{owner} names its modules by text without a point, got {name!r}.",
                "The name becomes a part of paths such as 'encoder.weight'.",
            )
    return list(modules)
