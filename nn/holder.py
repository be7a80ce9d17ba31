"""Holder: what a model consists of, found in the attributes of its modules.

Nothing is registered. Attributes are read when they are asked for, and lists, tuples and dicts are looked through, so
that a layer appended to a plain list later is found like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from autograd_lite.errors import UnknownNameError, UsageError, quoted
from autograd_lite.spelling import spelled
from nn.assignment import check_found, check_trained
from nn.parameters import Buffer, Parameter, inside, joined

# More paths than this a message does not list.
LISTED = 8
Model = TypeVar("Model")
Kind = TypeVar("Kind", Parameter, Buffer)


class Holder(Generic[Model]):
    """What holds Parameters, Buffers and others of its own kind: the part of Module that finds them."""

    def members(self) -> Iterable[tuple[str, Any]]:
        """Yield the names and values in which Parameters, Buffers and Modules are looked for."""
        return vars(self).items()

    def title(self) -> str:
        """Return what messages and repr call this module: its class and what it was made with."""
        return f"{type(self).__name__}()"

    def named_children(self) -> Iterator[tuple[str, Model]]:
        """Yield the modules that this one holds itself, with their names."""
        return ((name, each) for name, each in self._held() if isinstance(each, Holder))  # type: ignore[misc]

    def children(self) -> Iterator[Model]:
        """Yield the modules that this one holds itself."""
        return (each for _, each in self.named_children())

    @spelled
    def named_modules(self, prefix: str = "", *, remove_duplicate: bool = True) -> Iterator[tuple[str, Model]]:
        """Yield this module and all below it, each once, with their paths; a module comes before those that it holds.

        Parameters
        ----------
        prefix : str
            What all paths begin with.
        remove_duplicate : bool
            False yields a shared module with each of its paths.

        Examples
        --------
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
        >>> [path for path, _ in model.named_modules()]
        ['', '0', '1']
        """
        seen: set[int] = set()
        waiting: list[tuple[str, Any, frozenset[int]]] = [(prefix, self, frozenset())]
        while waiting:
            path, model, above = waiting.pop()
            # One that holds itself, at any depth, is not entered again.
            if id(model) in (seen if remove_duplicate else above):
                continue
            seen.add(id(model))
            yield path, model
            below = above if remove_duplicate else above | {id(model)}
            waiting += [(joined(path, name), child, below) for name, child in model.named_children()][::-1]

    def modules(self) -> Iterator[Model]:
        """Yield this module and all below it, each once."""
        return (each for _, each in self.named_modules())

    @spelled
    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield every Parameter once, with the first path that leads to it.

        A module's own parameters come before those of the modules that it holds.

        Parameters
        ----------
        prefix : str
            What all paths begin with.
        recurse : bool
            False leaves out those of the modules below.
        remove_duplicate : bool
            False yields a shared parameter with each of its paths.

        Raises
        ------
        UsageError
            When a module holds a leaf that requires a gradient and is no Parameter, or a Parameter or a module where
            none is looked for, in a set for example; or when two Parameters have one path.
        """
        self._check_trained()
        yield from self._tensors(Parameter, prefix, recurse, remove_duplicate)

    @spelled
    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield every Parameter once.

        Examples
        --------
        >>> sum(each.size for each in nn.Linear(64, 10).parameters())
        650
        """
        return (each for _, each in self.named_parameters(recurse=recurse))

    @spelled
    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Buffer]]:
        """Yield every Buffer once, with the first path that leads to it; arguments as for `named_parameters`."""
        return self._tensors(Buffer, prefix, recurse, remove_duplicate)

    @spelled
    def buffers(self, recurse: bool = True) -> Iterator[Buffer]:
        """Yield every Buffer once."""
        return (each for _, each in self.named_buffers(recurse=recurse))

    @spelled
    def get_submodule(self, target: str) -> Model:
        """Return the module at a path, "encoder.layers.0"; "" is the model itself.

        Raises
        ------
        UnknownNameError
            When there is none.
        """
        found: Model = self._at(target, "module", self.named_modules(remove_duplicate=False))
        return found

    @spelled
    def get_parameter(self, target: str) -> Parameter:
        """Return the Parameter at a path, "layers.0.weight".

        Raises
        ------
        UnknownNameError
            When there is none.

        Examples
        --------
        >>> nn.MLP([2, 3, 1]).get_parameter("layers.1.bias")
        tensor([0.], name='b²', requires_grad=True)
        """
        found: Parameter = self._at(target, "parameter", self.named_parameters(remove_duplicate=False))
        return found

    @spelled
    def get_buffer(self, target: str) -> Buffer:
        """Return the Buffer at a path.

        Raises
        ------
        UnknownNameError
            When there is none.
        """
        found: Buffer = self._at(target, "buffer", self.named_buffers(remove_duplicate=False))
        return found

    def _held(self) -> Iterator[tuple[str, Any]]:
        """Yield whatever this module holds itself, lists, tuples and dicts looked through."""
        return (found for name, value in self.members() for found in inside(name, value))

    def _own(self, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
        """Yield the Parameters, or the Buffers, that this module holds itself."""
        return ((name, each) for name, each in self._held() if isinstance(each, kind))

    def _tensors(
        self, kind: type[Kind], prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Kind]]:
        seen: set[int] = set()
        taken: dict[str, Any] = {}
        models: Any = self.named_modules(prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, model in models:
            for name, each in model._own(kind):
                if id(each) not in seen:
                    self._take(taken, whole := joined(path, name), each)
                    yield whole, each
                if remove_duplicate:
                    seen.add(id(each))

    def _saved(self, *, remove_duplicate: bool = True) -> dict[str, Parameter | Buffer]:
        """Return what a state is made of: each module's Parameters, then its Buffers, then the modules below it."""
        self._check_trained()
        found: dict[str, Parameter | Buffer] = {}
        seen: set[int] = set()
        models: Any = self.named_modules(remove_duplicate=remove_duplicate)
        for path, model in models:
            buffers = [(name, each) for name, each in model._own(Buffer) if each.persistent]
            for name, each in [*model._own(Parameter), *buffers]:
                if id(each) not in seen:
                    self._take(found, joined(path, name), each)
                if remove_duplicate:
                    seen.add(id(each))
        return found

    def _take(self, taken: dict[str, Any], path: str, tensor: Parameter | Buffer) -> None:
        """Enter a tensor under its path, which must not be that of another."""
        if taken.setdefault(path, tensor) is not tensor:
            raise UsageError(
                f"{type(self).__name__} holds two tensors under the path {path!r}.",
                "Give them other keys: 1 and '1' are one name, and so are 'a.b' and b in a dict a.",
            )

    def _inner_first(self) -> Iterator[Model]:
        """Yield this module and all below it, each once and after those that it holds."""
        entered: set[int] = set()
        waiting: list[tuple[Any, bool]] = [(self, False)]
        while waiting:
            module, is_done = waiting.pop()
            if is_done:
                yield module
            elif id(module) not in entered:
                entered.add(id(module))
                waiting += [(module, True), *[(child, False) for child in module.children()][::-1]]

    def _check_trained(self) -> None:
        for module in self.modules():
            for name, value in module.members():  # type: ignore[attr-defined]
                if type(value) in PLAIN or isinstance(value, Holder):
                    continue
                check_trained(type(module).__name__, name, value)
                check_found(type(module).__name__, name, value, KINDS)

    def _at(self, target: str, kind: str, found: Iterable[tuple[str, Any]]) -> Any:
        known = dict(found)
        if target in known:
            return known[target]
        paths = [path for path in known if path]
        close = get_close_matches(str(target), paths, n=1)
        more = f" and {len(paths) - LISTED} more" if len(paths) > LISTED else ""
        mend = f"Did you mean {close[0]!r}?" if close else f"Known: {quoted(paths[:LISTED])}{more}."
        raise UnknownNameError(type(self).__name__, target, mend=f"It is the path of no {kind}. {mend}")


# What is looked for in a model.
KINDS = (Parameter, Buffer, Holder)
# What most attributes are, and nothing can be lost in.
PLAIN = frozenset({type(None), bool, int, float, str, Parameter, Buffer})
