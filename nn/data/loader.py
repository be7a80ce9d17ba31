"""DataLoader: arrays a batch at a time, each example once in an epoch, and a place that can be gone back to."""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import positive_integer
from nn.data.arrays import Array, aligned
from nn.data.changing import Change
from nn.data.place import generator_at, plain_state
from nn.data.prefetch import ahead
from nn.optim.groups import flag
from nn.random import Rng, generator


@dataclass
class _Epoch:
    """One pass over the data: what was drawn for it, and how many batches have been given."""

    begun: dict[str, Any] | None
    order: Array | None
    key: int
    given: int = 0


@spelled
class DataLoader:
    """Gives arrays a batch at a time, as Tensors, in every epoch anew.

    The names are PyTorch's, and so is the default order: that of the data, as evaluation needs it. To train, write
    ``shuffle=True``. `batch_size` is 32 as in `nn.fit`, where PyTorch has 1.

    Parameters
    ----------
    *arrays : array_like, shape (N, ...)
        One or several with one example a row, or a tuple or a dict of them. None is copied, so that an array may also
        be an `np.memmap` larger than memory.
    batch_size : int
        Examples a batch; the last one of an epoch may have fewer.
    shuffle : bool
        Whether every epoch has a new order.
    drop_last : bool
        Leave out the last batch when it is not full.
    rng : int, Generator or None
        What shuffles; None is the Generator that `nn.manual_seed` seeds.
    prefetch : int
        How many batches a thread prepares in advance. Batches and their order are the same for every number; it pays
        where `transform` or reading the data takes time in NumPy, which lets threads run side by side.
    transform : callable, optional
        Called with the arrays of a batch, which are its own to write into, as ``transform(x, y)``, and with a dict for
        a dict. Returns a tuple of arrays, or a dict; for one array it may return one. If it has a parameter `rng`, it
        is given a Generator for that batch alone, so that random changes too are the same for every `prefetch` and
        after `load_state_dict`. With `prefetch` it runs in another thread.

    Attributes
    ----------
    arrays : tuple of ndarray
        The data.

    Yields
    ------
    tuple of Tensor, or dict of str to Tensor
        A tuple also for one array: ``for (x,) in loader``.

    Raises
    ------
    ShapeError
        When the arrays differ in length or are empty.
    DtypeError
        When one holds no numbers.
    ArgumentError
        For a batch size below 1, or when ``drop_last=True`` leaves no batch.
    UsageError
        When something else than arrays is given, such as a data set of PyTorch, or a transform that does not take them.

    Examples
    --------
    >>> x, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    >>> loader = nn.DataLoader(x, y, batch_size=2, shuffle=True, rng=0)
    >>> len(loader)
    3
    >>> for x_batch, y_batch in loader:
    ...     print(x_batch.shape, y_batch)
    (2, 2) tensor([2, 4])
    (2, 2) tensor([3, 0])
    (1, 2) tensor([1])

    Noise that is the same in every run:

    >>> def noisy(x, y, rng):
    ...     return x + rng.normal(scale=0.1, size=x.shape), y
    >>> loader = nn.DataLoader(x, y, shuffle=True, rng=0, transform=noisy, prefetch=2)
    """

    def __init__(
        self,
        *arrays: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        drop_last: bool = False,
        rng: Rng = None,
        prefetch: int = 0,
        transform: Callable[..., Any] | None = None,
    ) -> None:
        data: Any = arrays
        if len(arrays) == 1 and isinstance(arrays[0], (tuple, Mapping)):
            data = arrays[0] if isinstance(arrays[0], Mapping) else tuple(arrays[0])
        self._data = aligned("DataLoader", data)
        self.arrays, examples = self._data.arrays, self._data.examples
        self.batch_size = positive_integer(
            "batch_size", batch_size, f"Write batch_size=32, or batch_size={examples} for all at once."
        )
        self.shuffle, self.drop_last = flag("shuffle", shuffle), flag("drop_last", drop_last)
        self.prefetch, self.transform = _how_many(prefetch), transform
        # None stays None, so that a copy too is shuffled by what nn.manual_seed seeds.
        self._given_rng = None if rng is None else generator(rng)
        self._change = Change(self._data, transform)
        # The epoch that was begun last, unless it is over; and one that a loaded state goes on with.
        self._epoch: _Epoch | None = None
        self._resumed: _Epoch | None = None
        if not len(self):
            raise ArgumentError(
                f"drop_last=True leaves no batch: there are {examples} examples, fewer than "
                f"batch_size={self.batch_size}.",
                "Leave drop_last out, or make the batches smaller.",
            )

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        examples = self._data.examples
        return examples // self.batch_size if self.drop_last else -(-examples // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        # Nothing is drawn before the first batch is asked for: iter() alone changes nothing.
        epoch = self._resumed or self._begin(self._rng)
        self._epoch, self._resumed = epoch, None
        batches = self._made(epoch, epoch.given)
        with closing(ahead(batches, self.prefetch) if self.prefetch else batches) as ready:
            for batch in ready:
                epoch.given += 1
                yield batch
        if self._epoch is epoch:
            self._epoch = None

    def state_dict(self) -> dict[str, Any]:
        """Return the place in the stream of batches, as plain values that `json` takes.

        It is that of the loop that was begun last; of a loop that was left early, the place where that happened. In
        the body of a loop the present batch counts as given.

        Returns
        -------
        dict

        Examples
        --------
        >>> loader = nn.DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=0)
        >>> for (x,) in loader:
        ...     print(x)
        ...     break
        tensor([3, 2])
        >>> other = nn.DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=1)
        >>> other.load_state_dict(loader.state_dict())
        >>> for (x,) in other:
        ...     print(x)
        tensor([5, 4])
        tensor([0, 1])
        """
        epoch = self._epoch
        return {
            **self._kind(),
            "batches_given": 0 if epoch is None else epoch.given,
            "epoch_rng": None if epoch is None else epoch.begun,
            "rng": plain_state(self._rng) if self._draws else None,
        }

    @spelled
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go to a place that `state_dict` gave, or after an error stay.

        The next loop gives the rest of that epoch: nothing if all its batches had been given in a loop that was not
        yet left. The Generator that shuffles goes to where it was, too.

        Parameters
        ----------
        state : mapping

        Raises
        ------
        UsageError
            When the state is no mapping.
        ArgumentError
            When it is that of another data set, batch size or order, or of another kind of Generator.
        """
        self._check(state)
        if not self._draws:
            resumed = _Epoch(None, None, 0)
        elif state["epoch_rng"] is None:
            resumed = None
        else:
            resumed = self._begin(generator_at(self._rng, state["epoch_rng"], "DataLoader"))
        if self._draws:
            now = generator_at(self._rng, state["rng"], "DataLoader")
            self._rng.bit_generator.state = now.bit_generator.state
        if resumed is not None:
            resumed.given = state["batches_given"]
        self._epoch = self._resumed = resumed

    @property
    def _rng(self) -> np.random.Generator:
        return generator(self._given_rng)

    @property
    def _draws(self) -> bool:
        return self.shuffle or self._change.draws

    def _begin(self, rng: np.random.Generator) -> _Epoch:
        begun = plain_state(rng) if self._draws else None
        order = rng.permutation(self._data.examples) if self.shuffle else None
        return _Epoch(begun, order, int(rng.integers(2**63)) if self._change.draws else 0)

    def _made(self, epoch: _Epoch, first: int) -> Generator[Any, None, None]:
        for number in range(first, len(self)):
            rows = slice(number * self.batch_size, (number + 1) * self.batch_size)
            if epoch.order is None:
                arrays = [np.array(each[rows]) for each in self.arrays]
            else:
                arrays = [each[epoch.order[rows]] for each in self.arrays]
            yield self._change(arrays, (epoch.key, number))

    def _kind(self) -> dict[str, Any]:
        """Return what must be alike where a state is saved and where it is loaded."""
        return {
            "examples": self._data.examples,
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "drop_last": self.drop_last,
            "random_transform": self._change.draws,
        }

    def _check(self, state: Any) -> None:
        if not isinstance(state, Mapping):
            raise UsageError(
                f"DataLoader: a state is a dict, got {type(state).__name__}.", "Pass what state_dict() returned."
            )
        kind, names = self._kind(), list(self.state_dict())
        faults = [f"missing {name!r}" for name in names if name not in state]
        faults += [f"unexpected {name!r}" for name in state if name not in names]
        faults += [
            f"{name} is {state[name]!r}, expected {value!r}"
            for name, value in kind.items()
            if name in state and not np.array_equal(state[name], value)
        ]
        given = state.get("batches_given", 0)
        if not isinstance(given, int) or not 0 <= given <= len(self):
            faults.append(f"batches_given is {given!r}, expected 0 to {len(self)}")
        if faults:
            raise ArgumentError(
                f"The state does not fit DataLoader: {'; '.join(faults)}.",
                "Nothing was loaded. Make the loader with the data and options that the state was saved with.",
            )

    def __repr__(self) -> str:
        shapes = self._data.form(f"{each.dtype}{list(each.shape[1:]) or ''}" for each in self.arrays)
        listed = [f"{k}: {v}" for k, v in shapes.items()] if isinstance(shapes, dict) else shapes
        order = ", shuffled" * self.shuffle
        return (
            f"DataLoader({self._data.examples:,} examples of ({', '.join(listed)}), "
            f"{len(self):,} batches of {self.batch_size}{order})"
        )


def _how_many(prefetch: Any) -> int:
    mend = "Write prefetch=2, or 0 for no thread."
    try:
        batches = operator.index(prefetch)
    except TypeError:
        raise UsageError(f"prefetch is a number of batches, got {prefetch!r}.", mend) from None
    if isinstance(prefetch, bool) or batches < 0:
        raise ArgumentError(f"prefetch must be a number of batches from 0 on, got {prefetch!r}.", mend)
    return batches
