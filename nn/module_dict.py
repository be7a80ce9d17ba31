"""ModuleDict, which holds modules under names."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from autograd_lite.errors import IndexingError, UsageError, suggestion
from autograd_lite.spelling import spelled
from nn.arguments import called
from nn.containers import checked_names
from nn.module import Module


class ModuleDict(Module):
    """A dict of modules that is a module itself; it holds them and computes nothing.

    A plain dict in an attribute does as well: its modules are found just the same, under the same paths.

    Parameters
    ----------
    modules : dict of str to Module, or iterable of pairs, optional

    Raises
    ------
    UsageError
        When a name is no text or has a point in it, or something else than a Module is given.
    IndexingError
        When there is no module of the name that is asked for.

    Examples
    --------
    >>> heads = nn.ModuleDict({"mean": nn.Linear(4, 1), "spread": nn.Linear(4, 1)})
    >>> {name: head(np.ones(4)).shape for name, head in heads.items()}
    {'mean': (1,), 'spread': (1,)}
    >>> list(heads.state_dict())
    ['mean.weight', 'mean.bias', 'spread.weight', 'spread.bias']
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        self._entries: dict[str, Module] = {}
        self.update({} if modules is None else modules)

    @spelled
    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules, or after an error none; those of a name that is there take its place."""
        try:
            given: dict[Any, Any] = dict(modules)
        except (TypeError, ValueError):
            what = modules.title() if isinstance(modules, Module) else called(modules)
            raise UsageError(
                f"ModuleDict takes a dict of Modules, got {what}.", 'Write nn.ModuleDict({"head": nn.Linear(2, 1)}).'
            ) from None
        checked_names(given, "ModuleDict")
        for name, module in given.items():
            if not isinstance(module, Module):
                raise UsageError(
                    f"ModuleDict holds Modules, got {called(module)} under {name!r}.",
                    'Write nn.ModuleDict({"head": nn.Linear(2, 1)}), for example.',
                )
        self._entries.update(given)

    @spelled
    def pop(self, key: str) -> Module:
        """Take a module out and return it."""
        module = self[key]
        del self._entries[key]
        return module

    def clear(self) -> None:
        """Take all modules out."""
        self._entries.clear()

    def keys(self) -> KeysView[str]:
        """Return the names."""
        return self._entries.keys()

    def values(self) -> ValuesView[Module]:
        """Return the modules."""
        return self._entries.values()

    def items(self) -> ItemsView[str, Module]:
        """Return names and modules."""
        return self._entries.items()

    def forward(self, *inputs: Any, **options: Any) -> Any:
        raise UsageError(
            "A ModuleDict only holds modules, and was called.", "Call one of them: self.heads['mean'](x), for example."
        )

    def members(self) -> Iterable[tuple[str, Any]]:
        yield from self._entries.items()
        yield from ((name, value) for name, value in vars(self).items() if name != "_entries")

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __getitem__(self, key: str) -> Module:
        if key not in self._entries:
            raise IndexingError(f"ModuleDict has no module {key!r}.", suggestion(key, self._entries))
        return self._entries[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.update({key: module})

    def __delitem__(self, key: str) -> None:
        self.pop(key)
