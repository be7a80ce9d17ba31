"""The bar that training shows: steps done, time left, and the last epoch's figures."""

from __future__ import annotations

import sys
import warnings
from typing import Any

# Seconds between two states of the bar where each is a line of its own, as in a log.
PIPED_INTERVAL = 10.0


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
    # Loading tqdm takes as long as training a small model does. In a notebook without widgets it takes a bar of text,
    # and warns of it in red.
    with warnings.catch_warnings(category=UserWarning, action="ignore"):
        from tqdm.auto import tqdm

    stream = sys.stderr
    live = stream is not None and stream.isatty()
    return tqdm(
        total=steps,
        initial=done,
        desc="training",
        unit="step",
        disable=not shown or stream is None,
        mininterval=0.1 if live else PIPED_INTERVAL,
        dynamic_ncols=live,
    )
