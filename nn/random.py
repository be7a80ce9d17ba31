"""The one source of random numbers: initial weights and shuffles come from a Generator that can be seeded."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.rerunning import about_to_draw
from autograd_lite.spelling import spelled

Rng = int | np.random.Generator | None

_shared = np.random.default_rng()


@spelled
def manual_seed(seed: int) -> np.random.Generator:
    """Seed the Generator that is used wherever no `rng` is given.

    Parameters
    ----------
    seed : int
        Not negative.

    Returns
    -------
    numpy.random.Generator
        That Generator.

    Raises
    ------
    ArgumentError
        When `seed` is negative.
    UsageError
        When `seed` is no integer.

    Examples
    --------
    >>> weights = []
    >>> for _ in range(2):
    ...     rng = nn.manual_seed(0)
    ...     weights.append(nn.Linear(2, 3).weight)
    >>> bool((weights[0] == weights[1]).all())
    True
    """
    _shared.bit_generator.state = _seeded(seed, "seed").bit_generator.state
    return _shared


def generator(rng: Rng = None) -> np.random.Generator:
    """Return the Generator that an `rng` argument means: a new one for an int, the shared one for None.

    Raises
    ------
    ArgumentError
        When `rng` is a negative integer.
    UsageError
        When it is neither an integer, nor a Generator, nor None.
    """
    found = _shared if rng is None else rng if isinstance(rng, np.random.Generator) else _seeded(rng, "rng")
    about_to_draw(found)
    return found


@contextmanager
def unmoved() -> Iterator[None]:
    """Give the shared Generator its state back at the end: what looks at a model must not change what it draws next.

    NumPy's own global state, from which ``np.random.normal`` draws, is given back as well.

    Examples
    --------
    >>> rng = nn.manual_seed(0)
    >>> with unmoved():
    ...     mask = nn.Dropout()(np.ones(3))
    >>> rng.random() == nn.manual_seed(0).random()
    True
    """
    before, numpys = _shared.bit_generator.state, np.random.get_state(legacy=False)
    try:
        yield
    finally:
        _shared.bit_generator.state = before
        np.random.set_state(numpys)


def _seeded(seed: int, title: str) -> np.random.Generator:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise UsageError(
            f"{title} must be an integer{'' if title == 'seed' else ', a Generator or None'}, got {seed!r}.",
            f"Write {title}=0, for example, or {title}=np.random.default_rng(0)."
            if title == "rng"
            else "Write nn.manual_seed(0), for example.",
        )
    if seed < 0:
        mend = f"rng={-seed}" if title == "rng" else f"nn.manual_seed({-seed})"
        raise ArgumentError(f"{title} must not be negative, got {seed}.", f"Write {mend}, for example.")
    return np.random.default_rng(int(seed))
