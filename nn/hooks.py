"""Forward hooks: functions that are called around a module's forward, to look at what passes or to change it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Any, NamedTuple, Self

from autograd_lite.errors import UsageError
from autograd_lite.spelling import spelled
from nn.arguments import called

# Every hook of every module gets a number of its own, in the order in which they are registered.
_numbers = count()


class Hooked:
    """What hooks can be put on: the part of Module that registers them."""

    # Made with the first hook.
    _forward_hooks: Hooks | None = None

    @spelled
    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> HookHandle:
        """Call a function before every forward of this module; what it returns replaces the inputs.

        Parameters
        ----------
        hook : callable
            Called as ``hook(module, inputs)`` with the tuple of positional inputs. It returns None, the inputs to go
            on with as a tuple, or a single input.
        prepend : bool
            Before the hooks that there are, not after them.
        with_kwargs : bool
            Call it as ``hook(module, inputs, kwargs)``, to return None or both.

        Returns
        -------
        HookHandle
            Its ``remove()`` takes the hook off.

        Examples
        --------
        >>> model = nn.ReLU()
        >>> handle = model.register_forward_pre_hook(lambda module, inputs: -inputs[0])
        >>> model(ag.tensor([1.0, -2.0]))
        tensor([0., 2.])
        """
        hooks = self._made_hooks()
        return HookHandle(hooks.before, hook, prepend=prepend, with_kwargs=with_kwargs)

    @spelled
    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> HookHandle:
        """Call a function after every forward of this module; what it returns, unless None, replaces the output.

        Parameters
        ----------
        hook : callable
            Called as ``hook(module, inputs, output)`` with the tuple of positional inputs.
        prepend : bool
            Before the hooks that there are, not after them.
        with_kwargs : bool
            Call it as ``hook(module, inputs, kwargs, output)``.

        Returns
        -------
        HookHandle
            Its ``remove()`` takes the hook off.

        Examples
        --------
        >>> model, shapes = nn.MLP([2, 3, 1]), []
        >>> with model.layers[0].register_forward_hook(lambda module, inputs, output: shapes.append(output.shape)):
        ...     z = model(np.ones((5, 2)))
        >>> shapes
        [(5, 3)]
        """
        hooks = self._made_hooks()
        return HookHandle(hooks.after, hook, prepend=prepend, with_kwargs=with_kwargs)

    def _made_hooks(self) -> Hooks:
        if self._forward_hooks is None:
            self._forward_hooks = Hooks()
        return self._forward_hooks


class Hooks:
    """The hooks of one module; copied and pickled with it.

    Attributes
    ----------
    before, after : dict of int to _Hook
        In the order in which they are called.
    """

    def __init__(self) -> None:
        self.before: dict[int, _Hook] = {}
        self.after: dict[int, _Hook] = {}

    def around(self, forward: Callable[..., Any], module: Any, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Call the hooks before, the forward, and the hooks after it; return what came out in the end."""
        for hook in tuple(self.before.values()):
            inputs, options = hook.changed_inputs(module, inputs, options)
        output = forward(*inputs, **options)
        for hook in tuple(self.after.values()):
            changed = hook.function(module, inputs, *([options] if hook.with_kwargs else []), output)
            output = output if changed is None else changed
        return output


class _Hook(NamedTuple):
    function: Callable[..., Any]
    with_kwargs: bool

    def changed_inputs(
        self, module: Any, inputs: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if not self.with_kwargs:
            changed = self.function(module, inputs)
            if changed is None:
                return inputs, options
            return (changed if isinstance(changed, tuple) else (changed,)), options
        changed = self.function(module, inputs, options)
        if changed is None:
            return inputs, options
        if not isinstance(changed, tuple) or len(changed) != 2 or not isinstance(changed[1], dict):
            raise UsageError(
                f"A pre-hook with kwargs returned {called(changed)}, expected None or (args, kwargs).",
                "Write `return (x,), kwargs`, for example.",
            )
        return changed


class HookHandle:
    """What registering a hook returns; `remove` takes the hook off, as does the end of a ``with`` block."""

    def __init__(self, hooks: dict[int, _Hook], function: Any, *, prepend: bool, with_kwargs: bool) -> None:
        if not callable(function):
            raise UsageError(
                f"A hook is a function, got {called(function)}.", "Write `def hook(module, inputs, output): ...`."
            )
        self._hooks = hooks
        self._number = next(_numbers)
        others = dict(hooks)
        if prepend:
            hooks.clear()
        hooks[self._number] = _Hook(function, with_kwargs)
        hooks.update(others)

    def remove(self) -> None:
        """Take the hook off; a second time nothing happens."""
        self._hooks.pop(self._number, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
