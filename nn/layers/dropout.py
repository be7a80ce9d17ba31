"""Dropout: in training each element is left out at random, so that no neuron can rely on a single other."""

from __future__ import annotations

from typing import Any

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from nn.arguments import as_tensor, made_without_data, number_between
from nn.module import Module
from nn.random import Rng, generator


class Dropout(Module):
    """In training x ⊙ m, where each element of m is 0 with probability p and else 1/(1 − p); in evaluation x.

    So E[m] = 1, and nothing has to be scaled in evaluation (inverted dropout). The gradient is g ⊙ m, with the m of
    the forward pass. `Module.train` and `Module.eval` switch between the two.

    Parameters
    ----------
    p : float
        In [0, 1]: how likely an element is left out.
    rng : int, Generator or None
        Where m is drawn from; None is the Generator that `nn.manual_seed` seeds.

    Shapes
    ------
    x : any; the result has the same.

    Raises
    ------
    ArgumentError, UsageError
        When made with another p.

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov: Dropout: a simple way to prevent neural
    networks from overfitting. JMLR 15, 2014.

    Examples
    --------
    >>> layer = nn.Dropout(0.5, rng=0)
    >>> layer(np.ones(6))
    tensor([2., 0., 0., 0., 2., 2.])
    >>> layer.eval()(np.ones(6))
    tensor([1., 1., 1., 1., 1., 1.])
    """

    @made_without_data("layer (x)", number=True)
    def __init__(self, p: float = 0.5, *, rng: Rng = None) -> None:
        self.p = number_between("p", p, 0.0, example=0.5)
        if self.p > 1:
            raise ArgumentError(f"p must be in [0, 1], got {p!r}.", "It is the share that is left out: p=0.5.")
        # None stays None: a copy of the model goes on drawing from the Generator that manual_seed seeds.
        self.rng = None if rng is None else generator(rng)

    def forward(self, x: Any) -> ag.Tensor:
        given = as_tensor(x)
        if not self.training or self.p == 0:
            return given
        kept: ag.Tensor = given * self._mask(given.shape, given.dtype)
        return kept

    def title(self) -> str:
        return f"Dropout(p={self.p:g})"

    def _mask(self, shape: tuple[int, ...], dtype: Any) -> ag.Tensor:
        mask = (generator(self.rng).random(shape) >= self.p).astype(dtype)
        if self.p < 1:
            mask /= 1 - self.p
        drawn: ag.Tensor = ag.from_numpy(mask)
        drawn.name = "mask"
        return drawn
