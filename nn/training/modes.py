"""Modes: training and evaluation, put back as they were in each module, frozen ones among them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nn.module import Module


@contextmanager
def modes_kept(*modules: Module) -> Iterator[None]:
    """Give every module its own mode back at the end.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5).eval())
    >>> with modes_kept(model):
    ...     model = model.train()
    >>> [each.training for each in model.modules()]
    [True, True, False]
    """
    before = [(each, each.training) for module in modules for each in module.modules()]
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
