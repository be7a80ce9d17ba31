"""Sequential, modules in a row."""

from collections.abc import Iterable, Iterator
from typing import Any, Self, overload

from autograd_lite.errors import UsageError
from nn.module import Module


class Sequential(Module):
    """Modules in a row: each takes what the one before gave.

    Parameters
    ----------
    *modules : Module
        In the order in which they run. A module given twice runs twice and has its parameters once.

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
    """

    def __init__(self, *modules: Module) -> None:
        self.layers: list[Module] = []
        for each in modules:
            self.append(each)

    def append(self, module: Module) -> Self:
        """Add a module at the end; return the Sequential."""
        if not isinstance(module, Module):
            raise UsageError(
                f"Sequential holds Modules, got {_called(module)} at position {len(self.layers)}.",
                "Pass modules one by one: nn.Sequential(nn.Linear(2, 3), nn.ReLU()), or nn.Sequential(*modules).",
            )
        self.layers.append(module)
        return self

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def members(self) -> Iterable[tuple[str, Any]]:
        for position, layer in enumerate(self.layers):
            yield str(position), layer
        yield from ((name, value) for name, value in vars(self).items() if name != "layers")

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    @overload
    def __getitem__(self, position: int) -> Module: ...

    @overload
    def __getitem__(self, position: slice) -> "Sequential": ...

    def __getitem__(self, position: int | slice) -> Module:
        if isinstance(position, slice):
            return Sequential(*self.layers[position])
        return self.layers[position]


def _called(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
