"""The engine refuses while a hand formula runs: no Tensor can be made, and the ready-made recursion is shut too.

It keeps honest work honest; it is no sandbox against somebody who sets out to get round it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import autograd_lite as ag
from autograd_lite.errors import UsageError
from nn import recursion


class Guard:
    """Refusals that are built into a process once, and are up or down.

    Attributes
    ----------
    tripped : bool
        Whether the engine was called while the guard was up: a refusal may have been caught.
    """

    def __init__(self) -> None:
        self.tripped = False
        self._is_up = False

    def install(self) -> None:
        """Build the refusals in: whatever the engine computes, it makes a Tensor."""

        def new(kind: type[Any], *_: Any, **__: Any) -> Any:
            self._check()
            return object.__new__(kind)

        ready_made = recursion.backpropagation

        @wraps(ready_made)
        def checked(*given: Any, **options: Any) -> Any:
            self._check()
            return ready_made(*given, **options)

        ag.Tensor.__new__ = staticmethod(new)  # type: ignore[assignment, method-assign]
        recursion.backpropagation = checked

    @contextmanager
    def up(self) -> Iterator[None]:
        """Refuse within the block."""
        self._is_up = True
        try:
            yield
        finally:
            self._is_up = False

    def _check(self) -> None:
        if self._is_up:
            self.tripped = True
            raise UsageError("hand calls the engine.", "Write the formula by hand, in NumPy.")
