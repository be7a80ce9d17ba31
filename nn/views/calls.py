"""What ran in a pass: every call of a module, found by watching a copy of the model at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial, wraps
from itertools import count
from typing import Any

import autograd_lite as ag
from autograd_lite.errors import AutogradError
from autograd_lite.rerunning import in_full
from nn.containers import Sequential
from nn.copies import copy_of
from nn.module import Module
from nn.random import unmoved

PICTURE = "A picture runs"


@dataclass(eq=False)
class Call:
    """One run of a module.

    Attributes
    ----------
    module : Module
        In the copy that was watched.
    path : str
        Where it is in the model, '0.inner'; empty for the model itself.
    order : int
        Which call it is, counted from the first.
    takes, gives : list of Tensor
        The Tensors among its arguments and among its results.
    calls : list of Call
        What it called itself.
    """

    module: Module
    path: str
    order: int = 0
    takes: list[ag.Tensor] = field(default_factory=list)
    gives: list[ag.Tensor] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Run:
    """A pass: the model's own call, the loss, and the input as the model took it."""

    call: Call
    value: ag.Tensor
    model: Module


def watched(model: Module, x: ag.Tensor, loss_of: Callable[[Any], ag.Tensor]) -> Run:
    """Run a copy of a model and its loss, and write down every call; parameters and random state stay as they were.

    Examples
    --------
    >>> model, x, y, loss = nn.worked_example()
    >>> [call.path for call in watched(model, ag.tensor(x), lambda a: loss(a, y)).call.calls]
    ['layers.0', 'activations.0', 'layers.1', 'activations.1']
    """
    if x.dtype.kind in "fc" and not x.requires_grad:
        try:
            # Recorded from x on, what is done to x before the first parameter is seen as well.
            return _watched(model, ag.tensor(x.numpy(), requires_grad=True, name=x.name), loss_of)
        except AutogradError:
            pass
    return _watched(model, x, loss_of)


def _watched(model: Module, x: ag.Tensor, loss_of: Callable[[Any], ag.Tensor]) -> Run:
    copied = copy_of(model, PICTURE)
    notebook = _Notebook(copied)
    with ag.enable_grad(), unmoved(), in_full():
        value = loss_of(copied(ag.reshape(x, x.shape)))
    (root,) = notebook.top.calls
    return Run(root, value, copied)


class _Notebook:
    """Writes down the calls of a model's modules, each below the call that it was made in."""

    def __init__(self, model: Module) -> None:
        self.top = Call(model, "")
        self._open = [self.top]
        self._orders = count()
        for path, module in model.named_modules():
            _replace(module, partial(self._called, module, path, module.forward))
            for name, parameter in _held(path, module):
                if parameter.name is None:
                    parameter.name = name

    def _called(self, module: Module, path: str, forward: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
        call = Call(module, path, next(self._orders), list(_tensors([inputs, options])))
        self._open[-1].calls.append(call)
        self._open.append(call)
        try:
            result = forward(*inputs, **options)
        finally:
            self._open.pop()
        if isinstance(result, ag.Tensor) and any(_is_same(result, each) for each in call.takes):
            result = ag.reshape(result, result.shape)
        call.gives = list(_tensors(result))
        return result


def in_scopes(model: Module) -> Module:
    """Return a copy of a model in which every block works in a scope of its own, for pictures of its operations."""
    copied = copy_of(model, PICTURE)
    for path, module in copied.named_modules():
        if path and not isinstance(module, Sequential) and any(True for _ in module.children()):
            _replace(module, partial(_scoped, f"{path}: {type(module).__name__}", module.forward))
    return copied


def _scoped(name: str, forward: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    with ag.scope(name):
        return forward(*inputs, **options)


def _replace(module: Module, forward: Callable[..., Any]) -> None:
    """Put another function in the place of a module's forward, with its signature."""
    vars(module)["forward"] = wraps(module.forward)(forward)


def _held(path: str, module: Module) -> Iterator[tuple[str, ag.Tensor]]:
    """Yield a module's own parameters, with their paths."""
    below = {id(each) for child in module.children() for each in child.parameters()}
    return ((name, each) for name, each in module.named_parameters(path) if id(each) not in below)


def _tensors(values: Any) -> Iterator[ag.Tensor]:
    """Yield the Tensors among values, in lists, tuples and dicts as well."""
    if isinstance(values, ag.Tensor):
        yield values
    elif isinstance(values, (list, tuple)):
        for each in values:
            yield from _tensors(each)
    elif isinstance(values, dict):
        yield from _tensors(list(values.values()))


def _is_same(one: ag.Tensor, other: ag.Tensor) -> bool:
    return one is other or (one.grad_fn is not None and one.grad_fn is other.grad_fn)
