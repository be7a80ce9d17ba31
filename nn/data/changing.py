"""How the arrays of a batch become what the loader gives: Tensors, after the user's function if there is one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import UsageError
from nn.arguments import called
from nn.data.arrays import Aligned, Array


class Change:
    """Makes batches.

    Parameters
    ----------
    data : Aligned
        The data, which say whether batches are tuples or dicts.
    transform : callable, optional
        Called with a batch's arrays, or with a dict of them, and with ``rng=`` if it has such a parameter.

    Attributes
    ----------
    draws : bool
        Whether the transform is given a Generator.

    Raises
    ------
    UsageError
        When the transform cannot be called with a batch.
    """

    def __init__(self, data: Aligned, transform: Callable[..., Any] | None) -> None:
        self.data = data
        self.transform = transform
        self.draws = transform is not None and _takes_rng(transform, 1 if data.names else len(data.arrays))

    def __call__(self, arrays: Sequence[Array], seed: Sequence[int]) -> Any:
        """Return the batch of some arrays, which nobody else may write into; the seed is for this batch alone.

        Raises
        ------
        UsageError
            When the transform does not return the batch.
        """
        if self.transform is None:
            return self.data.form(map(ag.from_numpy, arrays))
        options = {"rng": np.random.default_rng(seed)} if self.draws else {}
        if self.data.names:
            made = self.transform(self.data.form(arrays), **options)
            if isinstance(made, Mapping):
                return {name: _tensor(each) for name, each in made.items()}
        else:
            made = self.transform(*arrays, **options)
            if isinstance(made, (tuple, list)):
                return tuple(map(_tensor, made))
            if len(arrays) == 1 and isinstance(made, (np.ndarray, ag.Tensor)):
                return (_tensor(made),)
        raise UsageError(
            f"transform must return a {'dict' if self.data.names else 'tuple'} of arrays, "
            f"got {'None' if made is None else called(made)}.",
            "Return all that is to be in the batch: return x / 255, y, for example.",
        )


def _tensor(data: Any) -> ag.Tensor:
    # A copy: the transform may give out an array that it keeps.
    return data if isinstance(data, ag.Tensor) else ag.tensor(data)


def _takes_rng(transform: Any, arrays: int) -> bool:
    """Return whether a transform has a parameter rng, if it can be called with that many arrays."""
    if not callable(transform):
        raise UsageError(
            f"transform must be a function of a batch's arrays, got {called(transform)}.",
            "Write transform=lambda x, y: (x / 255, y), for example.",
        )
    try:
        signature = inspect.signature(transform)
    except (TypeError, ValueError):  # a function written in C that does not tell
        return False
    draws = "rng" in signature.parameters
    try:
        signature.bind(*[None] * arrays, **({"rng": None} if draws else {}))
    except TypeError as error:
        names = ["x", "y"] if arrays == 2 else [f"x{k}" for k in range(1, arrays + 1)]
        raise UsageError(
            f"transform is called with {arrays} array{'s' * (arrays != 1)} a batch: {error}.",
            f"Write def transform({', '.join(names)}), and return them all.",
        ) from None
    return draws
