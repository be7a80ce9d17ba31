"""Residual, x + f(x)."""

from __future__ import annotations

from typing import Any

import autograd_lite as ag
from autograd_lite.errors import ShapeError, UsageError
from nn.arguments import as_tensor, called
from nn.module import Module, misfit


class Residual(Module):
    """x + f(x): the inner module learns what is to be added to its input.

    Parameters
    ----------
    inner : Module
        f.
    shortcut : Module, optional
        Takes the place of x in the sum where f changes the shape, or more is wanted: shortcut(x) + f(x).

    Shapes
    ------
    x : what `inner` takes; the result has the shape that it gives

    Raises
    ------
    ShapeError
        When called, if the two summands have different shapes.
    UsageError
        When made with something else than Modules.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun: Deep residual learning for image recognition. CVPR 2016.

    Examples
    --------
    >>> block = nn.Residual(nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2)))
    >>> block(np.ones((5, 2))).shape
    (5, 2)
    >>> nn.Residual(nn.Linear(2, 3), shortcut=nn.Linear(2, 3, bias=False))(np.ones((5, 2))).shape
    (5, 3)
    """

    def __init__(self, inner: Module, *, shortcut: Module | None = None) -> None:
        for title, each in (("inner", inner), ("shortcut", shortcut)):
            if not isinstance(each, Module) and (title == "inner" or each is not None):
                raise UsageError(
                    f"{title} must be a Module, got {called(each)}.", "Write nn.Residual(nn.Linear(2, 2)), for example."
                )
        self.inner = inner
        self.shortcut = shortcut

    def forward(self, x: Any) -> ag.Tensor:
        x = as_tensor(x, name="x")
        added = self.inner(x)
        # Kept in the dtype of the weights, whatever that of the data is.
        kept = as_tensor(x, added.dtype) if self.shortcut is None else self.shortcut(x)
        if kept.shape != added.shape:
            raise self._misfit(x.shape, kept.shape, added.shape)
        total: ag.Tensor = kept + added
        return total

    def _misfit(self, x: tuple[int, ...], kept: tuple[int, ...], added: tuple[int, ...]) -> ShapeError:
        if self.shortcut is not None:
            what = f"cannot add: inner gives {added}, shortcut gives {kept}."
            return misfit(self, what, f"Let the shortcut give {added}.")
        mend = "Let inner give the shape of x, or pass a shortcut that gives the shape of inner."
        if x[:-1] == added[:-1] and x:
            mend = f"Pass shortcut=nn.Linear({x[-1]}, {added[-1]})."
        elif len(x) == len(added) == 4 and x[2:] == added[2:]:
            mend = f"Pass shortcut=nn.Conv2d({x[1]}, {added[1]}, 1)."
        return misfit(self, f"cannot add: inner gives {added}, x is {x}.", mend)
