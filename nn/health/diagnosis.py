"""nn.diagnose: whether the error δ vanishes or explodes on its way back, and which units no longer learn.

The thresholds stand in `nn.health.measures` and `nn.health.mends`, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TextIO

import numpy as np

import autograd_lite as ag
from autograd_lite.drawing import Drawing
from autograd_lite.spelling import spelled
from autograd_lite.writing import Writer
from nn.health import mends as remedies
from nn.health import text as telling
from nn.health.measures import (
    EXPLODING,
    SATURATED_SLOPE,
    VANISHING,
    Findings,
    LayerHealth,
    count_of_examples,
    first_not_finite,
    fitted_factor,
    measured,
    rms,
)
from nn.health.view import draw_health
from nn.module import Module
from nn.passes import Pass
from nn.record import recorded


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis(Findings):
    """What `nn.diagnose` found: the verdict, the numbers of every layer, and what helps.

    Examples
    --------
    >>> deep = nn.MLP([2] + 30 * [8] + [1], "sigmoid", rng=0)
    >>> diagnosis = nn.diagnose(deep, np.ones((4, 2)), np.zeros((4, 1)), nn.HalfSSELoss())
    >>> diagnosis.verdict, diagnosis.total < 1e-10
    ('vanishing', True)
    """

    @property
    def mends(self) -> tuple[str, ...]:
        """What helps, a sentence each; empty when nothing needs to be mended."""
        return remedies.mends(self)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be judged, and why."""
        return remedies.notes(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as plain lists and numbers, with the mends and notes as they are told.

        Examples
        --------
        >>> sorted(nn.diagnose(*nn.worked_example()).to_dict()["layers"][0])[:3]
        ['activation', 'dead', 'delta_norm']
        """
        told = {"mends": [*self.mends], "notes": [*self.notes]}
        return {**asdict(self), "layers": [asdict(each) for each in self.layers], **told}

    @spelled
    def text(self, *, columns: int = 100, plain: bool = False) -> str:
        """Tell the diagnosis: verdict, a table of the layers, and what helps.

        Parameters
        ----------
        columns : int
            Where sentences are broken; the table is as wide as it needs to be.
        plain : bool
            Spell everything in ASCII.

        Examples
        --------
        >>> nn.diagnose(*nn.worked_example(), lang="es").text().splitlines()[0]
        'Diagnóstico de una red de 2 capas con un ejemplo: gradiente sano'
        """
        return telling.text(self, columns=columns, plain=plain)

    @spelled
    def write(self, stream: TextIO | None = None) -> None:
        """Write the text to a stream, as wide and in the spelling that it can take; by default to standard output."""
        writer = Writer(stream)
        writer.write(self.text(columns=writer.columns, plain=writer.plain))

    @spelled
    def draw(self, theme: str = "light") -> Drawing:
        """Draw the size of δ by layer on a logarithmic scale, and below it the shares of saturated and dead units.

        Parameters
        ----------
        theme : {'light', 'dark', 'print'}

        Returns
        -------
        Drawing

        Raises
        ------
        ArgumentError
            For an unknown theme.

        Examples
        --------
        >>> nn.diagnose(*nn.worked_example()).draw()
        <Drawing: The error δ, layer by layer: the gradient is healthy>
        """
        return draw_health(self, theme)

    def __str__(self) -> str:
        writer = Writer()
        return self.text(columns=writer.columns, plain=writer.plain)

    def __repr__(self) -> str:
        total = "" if self.total is None else f", {self.total:.1e} from the last δ to the first"
        return f"Diagnosis({self.verdict!r}, {len(self.layers)} layers{total})"

    def _repr_html_(self) -> str:
        return telling.html(self)


@spelled
def diagnose(model: Module, x: Any, y: Any, loss: Callable[[Any, Any], ag.Tensor], *, lang: str = "en") -> Diagnosis:
    """Say whether a network's gradient vanishes or explodes, which of its units are saturated or dead, and what helps.

    One forward and one backward pass on a copy of the model: parameters, `.grad` and random state stay as they were.

    Parameters
    ----------
    model : MLP or Sequential
        Linear layers, each followed by at most one activation.
    x : array_like, shape (N, in) or (in,)
        A batch; from a single example, dead ReLUs cannot be judged.
    y : array_like
        Targets, as the loss takes them.
    loss : Loss or callable
        Called as ``loss(prediction, y)``; gives a scalar.
    lang : {"en", "es"}
        In which language the diagnosis is told.

    Returns
    -------
    Diagnosis
        Vanishing when the RMS of δ shrinks more than a thousandfold from the last layer to the first, exploding when
        it grows more than that.

    Raises
    ------
    UsageError, ShapeError, ArgumentError, GradientError
        As `nn.backprop`.

    References
    ----------
    X. Glorot, Y. Bengio: Understanding the difficulty of training deep feedforward neural networks. AISTATS 2010.
    K. He, X. Zhang, S. Ren, J. Sun: Delving deep into rectifiers. ICCV 2015.

    Examples
    --------
    >>> model = nn.MLP([8] + 9 * [32] + [1], "tanh", rng=0)
    >>> rng = np.random.default_rng(0)
    >>> nn.diagnose(model, rng.normal(size=(64, 8)), rng.normal(size=(64, 1)), nn.MSELoss()).verdict
    'healthy'
    """
    with np.errstate(all="ignore"):  # what overflows is what the diagnosis is about
        told = recorded("nn.diagnose", model, x, y, loss, lang=lang)
        layers = measured(told)
        total = _total(told, layers)
    not_finite = first_not_finite(told)
    return Diagnosis(
        verdict="not finite" if not_finite else _verdict(total),
        layers=layers,
        factor=None if not_finite else fitted_factor([layer.delta_rms for layer in layers]),
        total=None if not_finite else total,
        examples=count_of_examples(told),
        input_rms=rms(told.x),
        stuck=_stuck(told, layers[-1]),
        not_finite=not_finite,
        lang=lang,
    )


def _total(told: Pass, layers: tuple[LayerHealth, ...]) -> float | None:
    first, last = layers[0].delta_rms, layers[-1].delta_rms
    if last:
        return first / last
    # An error that the output's own σ′ = 0 stops has vanished; without an error there is nothing to judge.
    return 0.0 if np.any(told.layers[-1].dL_da) else None


def _verdict(total: float | None) -> str:
    if total is None or VANISHING <= total <= EXPLODING:
        return "healthy"
    return "vanishing" if total < VANISHING else "exploding"


def _stuck(told: Pass, output: LayerHealth) -> float:
    last = told.layers[-1]
    if not output.saturated or last.derivative is None or told.y.shape != last.a.shape:
        return 0.0
    return float(np.mean((last.derivative < SATURATED_SLOPE) & (np.abs(last.a - told.y) > 0.5)))
