"""The bar that training shows: steps done, time left, and the last epoch's figures."""

from __future__ import annotations

import sys
import warnings
from typing import Any, Self

# Seconds between two states of the bar where each is a line of its own, as in a log.
PIPED_INTERVAL = 10.0


class _Nothing:
    """A bar that is not shown; loading tqdm takes as long as training a small model does."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def update(self) -> None:
        pass

    def set_description(self, text: str, *, refresh: bool) -> None:
        pass

    def set_postfix_str(self, text: str, *, refresh: bool) -> None:
        pass


def progress_bar(steps: int | None, done: int, shown: bool) -> Any:
    """Return a progress bar over steps, or one that shows nothing.

    Parameters
    ----------
    steps : int or None
        How many there are; None when that is not known.
    done : int
        How many were made before.
    shown : bool
    """
    stream = sys.stderr
    if not shown or stream is None:
        return _Nothing()
    # In a notebook without widgets tqdm takes a bar of text, and warns of it in red.
    with warnings.catch_warnings(category=Warning, action="ignore"):
        from tqdm.auto import tqdm

    live = stream.isatty()
    return tqdm(
        total=steps,
        initial=done,
        desc="training",
        unit="step",
        mininterval=0.1 if live else PIPED_INTERVAL,
        dynamic_ncols=live,
    )
