"""The vote between autodiff and differences, before any hand formula is judged: where they part, the point is at fault.

Central differences of the loss along random directions, one for each quantity, need two passes each whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import autograd_lite as ag
from nn import recursion
from nn.differences import STEP
from nn.grading.points import Network, Point
from nn.grading.quantities import Quantity

Array = NDArray[np.float64]
# Differences carry an error of about h² ≈ 4e-11 in parts of the third derivative, and of rounding in parts of the loss.
TOLERANCE = 1e-5
SHORTENINGS = (1, 8, 64)
MOST_ELEMENTS = 2000
Move = Callable[[Array], float]


class Disagreement(NamedTuple):
    """A quantity along whose direction autodiff and differences give other slopes.

    Attributes
    ----------
    quantity : Quantity
    autodiff, ahead, behind : float
        The slope by autodiff, and the one-sided differences.
    is_kink : bool
        Whether the two sides have slopes of their own, that come no closer with a shorter step.
    where : ndarray of bool
        The elements at which they disagree.
    """

    quantity: Quantity
    autodiff: float
    ahead: float
    behind: float
    is_kink: bool
    where: NDArray[np.bool_]


def disagreements(network: Network, point: Point) -> list[Disagreement]:
    """Compare every derivative of a point with differences of the loss, along a random direction each."""
    rng = np.random.default_rng(0)
    found = []
    for quantity, truth in point.truth.items():
        direction = rng.choice([-1.0, 1.0], truth.shape) * rng.uniform(0.5, 1.0, truth.shape)
        along = _along(network, point, quantity)
        if along is None:
            continue
        sides = _sides(truth, direction, *along)
        if sides is not None:
            (ahead, behind), is_kink = sides
            slope = float((truth * direction).sum())
            found.append(Disagreement(quantity, slope, ahead, behind, is_kink, _elements(truth, *along)))
    return found


def _sides(truth: Array, direction: Array, move: Move, size: float) -> tuple[tuple[float, float], bool] | None:
    """Return the slopes ahead and behind, and whether there is a kink; None where they agree with autodiff.

    A kink close by is out of reach of shorter steps, and a curve is straight to them.
    """
    slope, here = float((truth * direction).sum()), move(0 * direction)
    scale = float(np.abs(truth * direction).sum()) + abs(here) * 1e-5
    sides: list[tuple[float, float]] = []
    for shortening in SHORTENINGS:
        h = STEP * max(1.0, size) / shortening
        ahead, behind = (move(h * direction) - here) / h, (here - move(-h * direction)) / h
        if abs((ahead + behind) / 2 - slope) <= TOLERANCE * max(scale, 1e-3):
            return None
        sides.append((ahead, behind))
    first, last = (abs(ahead - behind) for ahead, behind in (sides[0], sides[-1]))
    return sides[-1], last > 1e-3 * max(map(abs, sides[-1])) and last > first / 2


def _elements(truth: Array, move: Move, size: float) -> NDArray[np.bool_]:
    """Return at which elements the slopes disagree; of very many, at all."""
    if truth.size > MOST_ELEMENTS:
        return np.ones(truth.shape, bool)
    found = np.zeros(truth.shape, bool)
    for at in np.ndindex(truth.shape):
        unit = np.zeros(truth.shape)
        unit[at] = 1.0
        found[at] = _sides(truth, unit, move, size) is not None
    return found


def slope_at(network: Network, point: Point, quantity: Quantity, at: tuple[int, ...]) -> float | None:
    """Return one element of a derivative by a central difference; None for what is no derivative.

    Examples
    --------
    >>> from nn.grading.points import Network
    >>> model, x, y, loss = nn.worked_example()
    >>> network = Network(model, loss)
    >>> round(slope_at(network, network.at(x, y), Quantity("delta", 2), (0, 0)), 6)
    -0.114994
    """
    along = _along(network, point, quantity)
    if along is None:
        return None
    move, size = along
    unit, h = np.zeros(point.truth[quantity].shape), STEP * max(1.0, size)
    unit[at] = 1.0
    return (move(h * unit) - move(-h * unit)) / (2 * h)


def _along(network: Network, point: Point, quantity: Quantity) -> tuple[Move, float] | None:
    """Return the loss as a function of a change in what a quantity is the derivative by, and the size of that."""
    if quantity.kind == "delta":
        z = point.column(point.layer(quantity.layer).z)
        return lambda change: _loss_from(network, point, quantity.layer, z + change), float(np.abs(z).max(initial=0))
    if quantity.kind not in ("dW", "db"):
        return None
    layer = point.layer(quantity.layer)
    shift = layer.b is not None and quantity.kind == "db"

    def moved(change: Array) -> float:
        z = point.column(layer.z) + (change if shift else change @ point.column(layer.before))
        return _loss_from(network, point, quantity.layer, z)

    return moved, float(np.abs(layer.W).max(initial=0))


def _loss_from(network: Network, point: Point, number: int, z: Array) -> float:
    """Return the loss when z of a layer is what it is, the layers after it worked out by the hand formulas."""
    rows = z.T if point.told.is_batch else z.ravel()
    after = point.told.layers[number - 1 :]
    weights = [np.eye(rows.shape[-1]), *(layer.W for layer in after[1:])]
    biases = [None, *(layer.b for layer in after[1:])]
    _, outputs = recursion.forward(rows, weights, biases, [layer.activation for layer in after])
    with ag.no_grad():
        return float(network.loss(ag.tensor(outputs[-1]), ag.tensor(point.told.y)).item())
