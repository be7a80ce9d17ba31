"""Small parameters moved as one: what a NumPy call costs is paid once for all of them, not once for each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class Together:
    """The values, gradients and state of several small parameters of one dtype, end to end in flat memory.

    Parameters
    ----------
    members : sequence of int
        The parameters' places in the optimizer.
    like : sequence of ndarray
        Their values.
    """

    def __init__(self, members: Sequence[int], like: Sequence[Array]) -> None:
        self.members = list(members)
        self._shapes = [each.shape for each in like]
        self._ends = np.cumsum([0, *(each.size for each in like)]).tolist()
        self._values, self._slopes = np.empty((2, self._ends[-1]), like[0].dtype)
        self._value_views = self._views(self._values)
        self._slope_views = self._views(self._slopes)
        self._state: dict[str, Array] = {}

    def __reduce__(self) -> Any:
        # Copies of views are views no more: a copy starts with memory of its own and adopts the state again.
        return Together, (self.members, [np.empty(shape, self._values.dtype) for shape in self._shapes])

    def fits(self, values: Sequence[Array]) -> bool:
        """Return whether the members' values are still of the dtype and shapes that the memory was made for."""
        return values[0].dtype == self._values.dtype and [each.shape for each in values] == self._shapes

    def adopt(self, name: str, states: Sequence[dict[str, Array]]) -> None:
        """Move the state `name` of every member into flat memory, of which the members keep views.

        State that was loaded or deep-copied since is no such view any more, and is moved again.
        """
        first, flat = states[self.members[0]].get(name), self._state.get(name)
        if first is not None and flat is not None and first.base is flat:
            return
        flat = self._state[name] = np.zeros_like(self._values)
        for k, view in zip(self.members, self._views(flat), strict=True):
            if name in states[k]:
                view[...] = states[k][name]
            states[k][name] = view

    def move(
        self,
        moving: dict[int, tuple[Array, Array]],
        steps: Sequence[int],
        states: Sequence[dict[str, Array]],
        names: Sequence[str],
        update: Callable[..., None],
    ) -> None:
        """Move all members by one update if all are in step, and take them out of `moving`.

        Parameters
        ----------
        moving : dict of int to (ndarray, ndarray)
            The parameters that have a gradient: their values, to be written into, and their gradients.
        steps, states : sequence
            How often each parameter was moved, and its state.
        names : sequence of str
            The arrays of the state that the update takes.
        update : callable
        """
        first = self.members[0]
        if len({steps[k] if k in moving else None for k in self.members}) > 1 or first not in moving:
            return
        values, slopes = zip(*[moving[k] for k in self.members], strict=True)
        if not self.fits(values):
            return
        for name in names:
            self.adopt(name, states)
        for view, value in zip(self._value_views, values, strict=True):
            np.copyto(view, value)
        for view, slope in zip(self._slope_views, slopes, strict=True):
            np.copyto(view, slope)
        update(steps[first], self._values, self._slopes, *[self._state[name] for name in names])
        for view, value in zip(self._value_views, values, strict=True):
            np.copyto(value, view)
        for k in self.members:
            del moving[k]

    def _views(self, flat: Array) -> list[Array]:
        return [
            flat[start:end].reshape(shape)
            for start, end, shape in zip(self._ends, self._ends[1:], self._shapes, strict=False)
        ]


def together(values: Mapping[int, Array], *, small: int, largest: int) -> list[Together]:
    """Return the small ones among these values in groups of one dtype.

    Parameters
    ----------
    values : dict of int to ndarray
        Parameters by their places in the optimizer.
    small, largest : int
        The most elements that a parameter, and that a group may have.
    """
    groups: list[Together] = []
    for dtype in dict.fromkeys(each.dtype for each in values.values()):
        waiting = [k for k, each in values.items() if each.dtype == dtype and each.size <= small]
        while len(waiting) > 1:
            ends = np.cumsum([values[k].size for k in waiting])
            count = max(2, int(np.searchsorted(ends, largest, side="right")))
            members, waiting = waiting[:count], waiting[count:]
            groups.append(Together(members, [values[k] for k in members]))
    return groups
