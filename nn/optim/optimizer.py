"""Optimizer, what all update rules share: the parameters, their state, and walking over both in cache-sized blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UnknownNameError, UsageError
from autograd_lite.spelling import refuse_unknown, spelled
from autograd_lite.threads import on_all_threads
from nn.optim.groups import Check, Group, Optioned, Options, as_group, as_groups, checked, flag, number
from nn.optim.memory import BLOCK, SMALL, THREADED, Scratch, aligned_copy, apart, as_real, blocks, kept, memory_of
from nn.optim.saving import buffers_expected, restored, saved
from nn.optim.together import Together, together

Array = np.ndarray[Any, Any]
# What optimizers take: the parameters, or groups of them with options of their own.
Parameters = Iterable[ag.Tensor] | Iterable[Mapping[str, Any]]

_OTHER_NAMES = ("learning_rate", "learningrate", "eta")
_NO_OPTIONS: Mapping[str, Any] = {}


@dataclass(slots=True)
class _Part:
    """A group as the walk needs it: its options, its parameters with their places, and the small ones together."""

    options: Options
    members: list[tuple[int, ag.Tensor]]
    together: list[Together] = field(default_factory=list)


class Optimizer(Optioned):
    """The base of optimizers: `step` moves each parameter that has a gradient by the subclass's `update`.

    Parameters
    ----------
    parameters : iterable of Parameter, or of dict
        ``model.parameters()``; one given twice is moved once. Or groups, each with options of its own:
        ``[{"params": [w], "lr": 0.1}, {"params": [b]}]``; what a group leaves out is as in the other arguments.
    lr : float
        The learning rate η.
    options : dict, optional
        A subclass's further options, by name.

    Attributes
    ----------
    parameters : list of Tensor
    param_groups : list of Group
        ``optimizer.param_groups[0]["lr"]`` may be read, and changed between steps.
    lr : float
        The learning rate, that of the first group; assigned, it is that of all. The same holds for every option.

    Raises
    ------
    UsageError
        When `parameters` is a model, a single tensor, or holds something else than Tensors.
    UnknownKeywordError
        When a group has an option that there is not.
    ArgumentError
        When there are no parameters, one is in two groups, or a rate is impossible.
    GradientError
        When a parameter was computed from others, so that changing it would change nothing, or none needs a gradient.

    Examples
    --------
    >>> class SignSGD(nn.optim.Optimizer):
    ...     def update(self, t, p, g):
    ...         p -= self.lr * np.sign(g)
    >>> w = nn.Parameter([1.0, -1.0])
    >>> optimizer = SignSGD([w], lr=0.25)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.75, -0.75], requires_grad=True)
    """

    # How an option's value is checked; "lr" and "maximize" every optimizer has.
    checks: ClassVar[Mapping[str, Check]] = {"lr": number(0.0, example=0.01), "maximize": flag}
    # Whether each element moves by itself: then `update` may get a block of a parameter, or several parameters joined.
    elementwise: ClassVar[bool] = False
    # Whether `update` may move several blocks at once, each in a thread of its own. A class that is derived from one
    # that may says so anew: its own methods decide.
    threadsafe: ClassVar[bool] = False
    # Whether an update is so many NumPy calls that it pays to copy small parameters together for one.
    many_calls: ClassVar[bool] = True
    # Whether a step evaluates the loss itself, by a closure.
    needs_closure: ClassVar[bool] = False

    lr: float
    # Those of the group that is being moved.
    options: Options

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.checks = {**Optimizer.checks, **cls.checks}
        cls.threadsafe = vars(cls).get("threadsafe", False)
        if "__init__" in vars(cls):
            spelled(cls)

    @spelled
    def __init__(self, parameters: Parameters, lr: float, options: Mapping[str, Any] = _NO_OPTIONS) -> None:
        self.defaults = checked(type(self), {}, {"lr": lr, **options, "maximize": options.get("maximize", False)})
        self.parameters: list[ag.Tensor] = []
        self.param_groups: list[Group] = []
        self.steps: list[int] = []
        self.state: list[dict[str, Array]] = []
        self._parts: list[_Part] = []
        self._calls = [0]
        self._scratch = Scratch()
        for group in as_groups(parameters, type(self).__name__):
            self._add(group)
        self.options = self._parts[0].options

    def __getattr__(self, name: str) -> Any:
        options = vars(self).get("options", _NO_OPTIONS)
        if name in options:
            return options[name]
        raise UnknownNameError(type(self).__name__, name, lambda: [*options, *dir(self)], namespace="optimizer")

    def __setattr__(self, name: str, value: Any) -> None:
        owner = type(self).__name__
        if name in _OTHER_NAMES:
            raise UsageError(f"{owner} has no {name!r}: it would change nothing.", "Write optimizer.lr.")
        if name not in vars(self).get("defaults", _NO_OPTIONS):
            super().__setattr__(name, value)
            return
        present = [group[name] for group in self.param_groups]
        if any(each != present[0] for each in present):
            raise UsageError(
                f"The groups of this {owner} differ in {name}: {present}.",
                f"Change them one by one: optimizer.param_groups[0][{name!r}] = ...",
            )
        for group in self.param_groups:
            group[name] = value

    @spelled
    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Move further parameters from now on.

        Parameters
        ----------
        param_group : dict
            The parameters under "params", and options that are not as in the arguments.

        Raises
        ------
        UsageError, UnknownKeywordError, ArgumentError, GradientError
            As for the class.

        Examples
        --------
        >>> a, b = nn.Parameter([1.0]), nn.Parameter([2.0])
        >>> optimizer = nn.optim.SGD([a], lr=0.1)
        >>> optimizer.add_param_group({"params": [b], "lr": 0.01})
        >>> [group["lr"] for group in optimizer.param_groups]
        [0.1, 0.01]
        """
        self._add(as_group(param_group, type(self).__name__))

    def _add(self, group: dict[str, Any]) -> None:
        owner, members = type(self).__name__, group.pop("params")
        refuse_unknown(f"A group of {owner}", group, ["params", *self.defaults])
        options = checked(type(self), self.defaults, group)
        known = {id(each): k for k, other in enumerate(self.param_groups) for each in other.members}
        for each in members:
            if id(each) in known:
                raise ArgumentError(
                    f"{owner} got {each.name or 'a parameter'} of shape {each.shape} in two groups, "
                    f"{known[id(each)]} and {len(self.param_groups)}.",
                    "Leave it in one group: its options would be ambiguous.",
                )
        places = range(len(self.parameters), len(self.parameters) + len(members))
        values = {k: as_real(memory_of(each)) for k, each in zip(places, members, strict=True)}
        self.param_groups.append(Group(type(self), members, options))
        self.parameters += members
        self.steps += [0] * len(members)
        self.state += [{} for _ in members]
        moved = together(values, small=SMALL, largest=BLOCK) if self.elementwise and self.many_calls else []
        self._parts.append(_Part(options, list(zip(places, members, strict=True)), moved))

    @spelled
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient, in place.

        Parameters
        ----------
        closure : callable, optional
            Computes the gradients and returns the loss; called first.

        Returns
        -------
        loss
            What the closure returned; None without one.
        """
        loss = None
        if closure is not None:
            with ag.enable_grad():
                loss = closure()
        self._calls[0] += 1
        if len(self._parts) == 1:
            self._move_part(self._parts[0])
            return loss
        try:
            for part in self._parts:
                self.options = part.options
                self._move_part(part)
        finally:
            self.options = self._parts[0].options
        return loss

    def _move_part(self, part: _Part) -> None:
        steps, moving = self.steps, {}
        for k, parameter in part.members:
            gradient = parameter._grad
            if gradient is None:
                continue
            steps[k] += 1
            value, slope = parameter._value, gradient._value
            if type(value) is not np.ndarray:
                value = parameter._memory()
            moving[k] = (value, slope) if value.dtype.kind == "f" else (as_real(value), as_real(slope))
        if part.options["maximize"]:
            moving = {k: (value, -slope) for k, (value, slope) in moving.items()}
        # Graphs that saved the parameters' values will know of the write.
        ag.Tensor._note_step([self.parameters[k] for k in moving])
        names = self.buffers(part.options)
        for small in part.together:
            small.move(moving, steps, self.state, names, self.update)
        if self.threadsafe and sum([value.size for value, _ in moving.values()]) >= 2 * BLOCK:
            self._move_large(moving, names)
        for k, (value, slope) in moving.items():
            if not names and value.size <= BLOCK:
                self.update(steps[k], value, slope)
                continue
            for piece in self._pieces(k, value, slope, names):
                self.update(*piece)

    def _pieces(self, k: int, value: Array, slope: Array, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return what `update` takes for a parameter: all of it at once, or block by block."""
        arrays = (value, slope, *kept(self.state[k], names, value))
        return [(self.steps[k], *block) for block in (blocks(*arrays) if self.elementwise else (arrays,))]

    def _move_large(self, moving: dict[int, tuple[Array, Array]], names: Sequence[str]) -> None:
        """Move large parameters on several threads, and take them out of `moving`; unless the order is not free."""
        values, slopes = zip(*moving.values(), strict=True)
        large = [k for k, (value, _) in moving.items() if value.size >= THREADED]
        if sum([moving[k][0].size for k in large]) < 2 * BLOCK or not apart(values, slopes):
            return
        pieces = [piece for k in large for piece in self._pieces(k, *moving.pop(k), names)]
        on_all_threads(lambda piece: self.update(*piece), pieces)

    def buffers(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of the arrays, like the parameter, that an update with these options keeps."""
        return ()

    def update(self, t: int, p: Array, g: Array, *state: Array) -> None:
        """Write the new values into a parameter and its state; every subclass defines it.

        A class that sets ``elementwise = True`` gets large parameters in blocks, and small ones joined into one array.
        One that sets ``threadsafe = True`` too gets several blocks at once, each in a thread of its own.

        Parameters
        ----------
        t : int
            The number of the step, from 1.
        p, g : ndarray
            The parameter, to be written into, and its gradient, not to be written into.
        *state : ndarray
            What `buffers` names, 0 at first, to be written into.
        """
        raise UsageError(
            f"{type(self).__name__} has no update method.", "Write `def update(self, t, p, g): p -= self.lr * g`."
        )

    def scratch(self, like: Array, count: int) -> Sequence[Array | None]:
        """Return that many arrays like a block, for ``out=``; the next call gives the same memory.

        Each thread has its own. Of a small block None, with which NumPy makes a new array: that is quicker than a view.
        """
        if like.size < SMALL:
            return (None,) * count
        return self._scratch.like(like, count)

    @spelled
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters; they become None, whatever is asked for."""
        for each in self.parameters:
            each._grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return the options and a copy of the state: numbers and arrays, under flat names.

        Returns
        -------
        dict
            Options as numbers, "steps" as an integer array, and "velocity.0", for example, for the first parameter.
            Of several groups the options are called "groups.0.lr", and "groups.0.params" says whose they are.

        Examples
        --------
        >>> nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1).state_dict()["lr"]
        0.1
        """
        arrays = {
            f"{name}.{k}": self.state[k][name].copy()
            if name in self.state[k]
            else np.zeros_like(as_real(memory_of(each)))
            for part in self._parts
            for k, each in part.members
            for name in self.buffers(part.options)
            if self.steps[k]
        }
        return {**saved(self.param_groups), "steps": np.array(self.steps), **arrays}

    @spelled
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over options and state that `state_dict` gave: all of them, or after an error none.

        Raises
        ------
        ArgumentError
            When entries are missing, unexpected or of another shape, all of which are listed; or for an impossible
            option.
        UsageError
            When `state` is no mapping.
        """
        values = [as_real(memory_of(each)) for each in self.parameters]
        expected = buffers_expected(state, self.param_groups, self.buffers, values)
        options, arrays = restored(state, self.param_groups, expected)
        for group, given in zip(self.param_groups, options, strict=True):
            group.options.update(given)
        self.steps = [int(each) for each in arrays["steps"]]
        self.state = [{} for _ in self.parameters]
        for part in self._parts:
            for k, _ in part.members:
                names = self.buffers(part.options) if self.steps[k] else ()
                self.state[k] = {name: aligned_copy(arrays[f"{name}.{k}"], values[k].dtype) for name in names}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_scratch"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._scratch = Scratch()

    def __repr__(self) -> str:
        groups = f", {len(self.param_groups)} groups" if len(self.param_groups) > 1 else ""
        # What is 0, False or None is not in use.
        used = [f", {name}={value!r}" for name, value in self.options.items() if value or name == "lr"]
        return f"{type(self).__name__}({len(self.parameters)} parameters{groups}{''.join(used)})"
