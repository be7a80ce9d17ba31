"""Optimizer, what all update rules share: the parameters, their state, and walking over both in cache-sized blocks."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, GradientError, UsageError
from nn.arguments import number_between
from nn.module import Module, Parameter
from nn.optim.together import Together
from nn.state import fitted

Array = np.ndarray[Any, Any]

# Elements updated at a time: what one update reads and writes of them stays in the processor's cache.
BLOCK = 1 << 16
# Below this many elements NumPy's calls cost more than what they compute.
SMALL = 1 << 12


class Optimizer:
    """The base of optimizers: `step` moves each parameter that has a gradient by the subclass's `update`.

    Parameters
    ----------
    parameters : iterable of Parameter
        ``model.parameters()``. One given twice is moved once.
    lr : float
        The learning rate η.

    Attributes
    ----------
    parameters : list of Tensor
    lr : float
        May be changed between steps.

    Raises
    ------
    UsageError
        When `parameters` is a model, a single tensor, or holds something else than Tensors.
    ArgumentError
        When there are no parameters, or a rate is impossible.
    GradientError
        When a parameter was computed from others, so that changing it would change nothing, or none needs a gradient.
    """

    rates: ClassVar[tuple[str, ...]] = ("lr",)
    # Whether an update is so many NumPy calls that it pays to copy small parameters together for one.
    many_calls: ClassVar[bool] = True

    lr: float

    def __init__(self, parameters: Iterable[ag.Tensor], lr: float) -> None:
        self.parameters = _leaves(parameters, type(self).__name__)
        self.lr = lr
        self.steps = [0] * len(self.parameters)
        self.state: list[dict[str, Array]] = [{} for _ in self.parameters]
        self._scratch: dict[Any, Array] = {}
        values = [_as_real(_memory(each)) for each in self.parameters]
        self._together = _together(values) if self.many_calls else []

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("learning_rate", "learningrate", "eta"):
            raise UsageError(f"{type(self).__name__} has no {name!r}: it would change nothing.", "Write optimizer.lr.")
        super().__setattr__(name, number_between("lr", value, 0.0, example=0.01) if name == "lr" else value)

    def step(self) -> None:
        """Move every parameter that has a gradient, in place."""
        names = self.buffers(vars(self))
        moving: dict[int, tuple[Array, Array]] = {}
        for k, parameter in enumerate(self.parameters):
            gradient = parameter.grad
            if gradient is not None:
                self.steps[k] += 1
                moving[k] = _as_real(parameter._memory()), _as_real(_memory(gradient))
        # Graphs that saved the parameters' values will know of the write.
        ag.Tensor._note_step([self.parameters[k] for k in moving])
        for group in self._together:
            self._move_together(group, moving, names)
        for k, (value, slope) in moving.items():
            self._move(k, value, slope, names)

    def _move_together(self, group: Together, moving: dict[int, tuple[Array, Array]], names: Sequence[str]) -> None:
        """Move a group whose members are all in step, and take them out of `moving`."""
        if len({self.steps[k] if k in moving else None for k in group.members}) > 1 or group.members[0] not in moving:
            return
        values, slopes = zip(*[moving[k] for k in group.members], strict=True)
        if not group.fits(values):
            return
        for name in names:
            group.adopt(name, self.state)
        group.update(values, slopes, names, partial(self.update, self.steps[group.members[0]]))
        for k in group.members:
            del moving[k]

    def _move(self, k: int, value: Array, slope: Array, names: Sequence[str]) -> None:
        state = self.state[k]
        for name in names:
            if name not in state:
                state[name] = np.zeros(value.shape, value.dtype)
        arrays = (value, slope, *[state[name] for name in names])
        for block in _blocks(*arrays) if value.size > BLOCK else (arrays,):
            self.update(self.steps[k], *block)

    def buffers(self, rates: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of the arrays, like the parameter, that an update with these rates keeps."""
        return ()

    def update(self, t: int, p: Array, g: Array, *state: Array) -> None:
        """Write the new values into a block of a parameter and of its state; every subclass defines it.

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

    def scratch(self, like: Array, count: int) -> list[Array | None]:
        """Return that many arrays like a block, for ``out=``; the next call gives the same memory.

        Of a small block None, with which NumPy makes a new array: that is quicker than a view of an old one.
        """
        if like.size < SMALL:
            return [None] * count
        memory = self._scratch.get(like.dtype)
        if memory is None or memory.shape[0] < count or memory.shape[1] < like.size:
            memory = self._scratch[like.dtype] = np.empty((count, like.size), like.dtype)
        return [row[: like.size].reshape(like.shape) for row in memory[:count]]

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for each in self.parameters:
            each.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return the rates and a copy of the state, under flat names.

        Returns
        -------
        dict
            Rates as floats, "steps" as an integer array, and "velocity.0", for example, for the first parameter.

        Examples
        --------
        >>> nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1).state_dict()["lr"]
        0.1
        """
        rates = {name: getattr(self, name) for name in self.rates}
        arrays = {
            f"{name}.{k}": state[name].copy()
            for k, state in enumerate(self.state)
            for name in self.buffers(rates)
            if name in state
        }
        return {**rates, "steps": np.array(self.steps), **arrays}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over rates and state that `state_dict` gave: all of them, or after an error none.

        Raises
        ------
        ArgumentError
            When entries are missing, unexpected or of another shape: all of them are listed.
        UsageError
            When `state` is no mapping.
        """
        arrays = fitted(state, self._expected(state), owner=type(self).__name__)
        for name in self.rates:
            kind = type(getattr(self, name))
            setattr(self, name, kind(arrays[name].item()))
        self.steps = [int(each) for each in arrays["steps"]]
        names = self.buffers(vars(self))
        self.state = [
            {name: arrays[f"{name}.{k}"].copy() for name in names} if t else {} for k, t in enumerate(self.steps)
        ]

    def _expected(self, state: Any) -> dict[str, ag.Tensor]:
        """Return what a complete state looks like; a parameter that never had a step has no buffers yet."""
        given: Mapping[str, Any] = state if isinstance(state, Mapping) else {}
        steps = np.asarray(given.get("steps", ()))
        names = self.buffers({**vars(self), **given})
        expected = {name: ag.tensor(float(getattr(self, name))) for name in self.rates}
        expected["steps"] = ag.tensor(np.zeros(len(self.parameters), int))
        for k, parameter in enumerate(self.parameters):
            if len(steps) != len(self.parameters) or steps[k]:
                like = ag.from_numpy(_as_real(np.array(parameter.numpy())))
                expected.update({f"{name}.{k}": like for name in names})
        return expected

    def __repr__(self) -> str:
        rates = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.rates)
        return f"{type(self).__name__}({len(self.parameters)} parameters, {rates})"


def _together(values: list[Array]) -> list[Together]:
    """Return groups of small parameters of one dtype, each group no larger than a block."""
    groups: list[Together] = []
    for dtype in dict.fromkeys(each.dtype for each in values):
        small = [k for k, each in enumerate(values) if each.dtype == dtype and each.size <= SMALL]
        while len(small) > 1:
            count = max(2, int(np.searchsorted(np.cumsum([values[k].size for k in small]), BLOCK, side="right")))
            members, small = small[:count], small[count:]
            groups.append(Together(members, [values[k] for k in members]))
    return groups


def _leaves(parameters: Any, owner: str) -> list[ag.Tensor]:
    """Return the parameters as a list, each once."""
    if isinstance(parameters, Module):
        raise UsageError(
            f"{owner} takes parameters, got the model {type(parameters).__name__}.", "Pass model.parameters()."
        )
    if isinstance(parameters, (ag.Tensor, str, Mapping)) or not isinstance(parameters, Iterable):
        raise UsageError(
            f"{owner} takes an iterable of parameters, got {type(parameters).__name__}.",
            "Pass model.parameters(), or a list: [w].",
        )
    found = list(parameters)
    for each in found:
        if not isinstance(each, ag.Tensor):
            raise UsageError(
                f"{owner} takes Tensors, got {type(each).__name__} among them.", "Pass model.parameters()."
            )
        if not each.is_leaf:
            raise GradientError(
                f"{owner} cannot move {each.name or 'a tensor'} of shape {each.shape}: it was computed from others.",
                "Pass the parameters that it was computed from.",
            )
    if not found:
        raise ArgumentError(
            f"{owner} got no parameters.",
            "A generator is empty after its first use: pass a list. A model's weights must be nn.Parameter.",
        )
    if not any(isinstance(each, Parameter) or each.requires_grad for each in found):
        raise GradientError(
            f"{owner} would move nothing: none of the tensors given requires a gradient.",
            "Make them with requires_grad=True, or as nn.Parameter.",
        )
    return list({id(each): each for each in found}.values())


def _memory(tensor: ag.Tensor) -> Array:
    """Return the array behind a tensor, to be read."""
    memory: Array = tensor._value
    return memory


def _as_real(array: Array) -> Array:
    """Return complex numbers as pairs of real ones on the same memory: each part follows its own gradient."""
    return array[..., np.newaxis].view(array.real.dtype) if array.dtype.kind == "c" else array


def _blocks(value: Array, *others: Array) -> list[tuple[Array, ...]]:
    """Return a parameter with its gradient and state in pieces: views of the parameter's memory and of the state's."""
    if not value.flags.c_contiguous:
        return [(value, *others)]
    flat = [each.reshape(-1) for each in (value, *others)]
    starts = range(0, value.size, BLOCK)
    return [tuple([each[start : start + BLOCK] for each in flat]) for start in starts]
