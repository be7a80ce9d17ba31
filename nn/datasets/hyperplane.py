"""Targets that are a linear function of some of the features: a regression whose answer is known."""

from __future__ import annotations

import math
from typing import Literal, overload

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn.arguments import number_between, positive_integer
from nn.data.arrays import Array
from nn.datasets.parts import Points
from nn.optim.groups import flag
from nn.random import Rng, generator


@overload
def make_regression(
    n_samples: int = 100,
    n_features: int = 100,
    *,
    n_informative: int = 10,
    n_targets: int = 1,
    bias: float = 0.0,
    noise: float = 0.0,
    coef: Literal[False] = False,
    rng: Rng = None,
) -> Points: ...


@overload
def make_regression(
    n_samples: int = 100,
    n_features: int = 100,
    *,
    n_informative: int = 10,
    n_targets: int = 1,
    bias: float = 0.0,
    noise: float = 0.0,
    coef: Literal[True],
    rng: Rng = None,
) -> tuple[Array, Array, Array]: ...


@spelled
def make_regression(
    n_samples: int = 100,
    n_features: int = 100,
    *,
    n_informative: int = 10,
    n_targets: int = 1,
    bias: float = 0.0,
    noise: float = 0.0,
    coef: bool = False,
    rng: Rng = None,
) -> Points | tuple[Array, Array, Array]:
    """Return y = x w + b + noise, with normal x and a w of which only some rows are not 0.

    x is drawn from N(0, 1), the informative rows of w evenly from 0 to 100; which ones they are is drawn too.

    Parameters
    ----------
    n_samples, n_features : int
    n_informative : int
        How many features y depends on; all, if there are fewer features.
    n_targets : int
        How many numbers are to be predicted for each example.
    bias : float
        b.
    noise : float
        The standard deviation of the normal noise in y.
    coef : bool
        Return w as well.
    rng : int, Generator or None
        What draws; None is the Generator that `nn.manual_seed` seeds.

    Returns
    -------
    Points, or (x, y, w)
        x of shape (n_samples, n_features), y of (n_samples,) or with several targets (n_samples, n_targets), w of
        (n_features,) or (n_features, n_targets); all float64. A model with one output predicts (n_samples, 1):
        train it on ``y.reshape(-1, 1)``.

    Raises
    ------
    ArgumentError, UsageError
        For impossible numbers.

    References
    ----------
    scikit-learn: sklearn.datasets.make_regression, of which this is the well-conditioned case.

    Examples
    --------
    >>> x, y, w = nn.datasets.make_regression(50, 5, n_informative=2, bias=3.0, coef=True, rng=0)
    >>> int((w != 0).sum()), bool(np.allclose(x @ w + 3.0, y))
    (2, True)
    """
    shape = tuple(
        positive_integer(title, value, f"Write {title}={example}, for example.")
        for title, value, example in (("n_samples", n_samples, 100), ("n_features", n_features, 10))
    )
    informative = positive_integer("n_informative", n_informative, "Write n_informative=5, for example.")
    targets = positive_integer("n_targets", n_targets, "Write n_targets=1, for example.")
    if isinstance(bias, float) and not math.isfinite(bias):
        raise ArgumentError(f"bias must be finite, got {bias!r}.", "Write bias=1, for example.")
    offset = number_between("bias", bias, -math.inf, example=1.0)
    spread = number_between("noise", noise, 0.0, example=0.1)
    with_w, draw = flag("coef", coef), generator(rng)
    x, w = draw.normal(size=shape), np.zeros((shape[1], targets))
    rows = draw.permutation(shape[1])[:informative]
    w[rows] = draw.uniform(0.0, 100.0, (len(rows), targets))
    y = x @ w + offset
    if spread:
        y += draw.normal(scale=spread, size=y.shape)
    if targets == 1:
        y, w = y[:, 0], w[:, 0]
    return (x, y, w) if with_w else Points(x, y)
