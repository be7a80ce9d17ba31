"""nn.exercise: a fresh network to work through by hand, with numbers that are good to work with, and its solution."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.messages import checked_language
from autograd_lite.spelling import spelled
from autograd_lite.writing import Writer
from nn.arguments import choice
from nn.exercises import sheet
from nn.exercises.search import ACTIVATIONS, Numbers, search
from nn.losses import CrossEntropyLoss, HalfSSELoss, Loss, MSELoss, SSELoss
from nn.mlp import MLP
from nn.random import generator
from nn.record import BackpropRecord, backprop

LOSSES: dict[str, Callable[[], Loss]] = {
    "half_sse": HalfSSELoss,
    "sse": SSELoss,
    "mse": MSELoss,
    "cross_entropy": CrossEntropyLoss,
}
# What can be written out on a page, and worked out in an hour.
WIDEST, DEEPEST = 6, 6
_LARGEST_SEED = 999_999
_SIZES = "Write sizes=(2, 3, 1), for example: inputs, hidden neurons, outputs."


@dataclass(frozen=True, eq=False, repr=False)
class Exercise:
    """An exercise in backpropagation; unpacks to (model, x, y, loss), as `nn.worked_example` does.

    Attributes
    ----------
    model : MLP
    x, y : Tensor, shapes (in,) and (out,)
        For 'cross_entropy', y is the number of a class, shape ().
    loss : Loss
    record : BackpropRecord
        The solution: the pass that `nn.backprop` recorded.
    seed : int
        With the same arguments it gives the same exercise, on every platform.
    lang : {'en', 'es'}

    Examples
    --------
    >>> model, x, y, loss = nn.exercise(seed=1)
    >>> loss(model(x), y).shape
    ()
    """

    model: MLP
    x: ag.Tensor
    y: ag.Tensor
    loss: Loss
    record: BackpropRecord
    seed: int
    lang: str = "en"

    def __iter__(self) -> Iterator[Any]:
        return iter((self.model, self.x, self.y, self.loss))

    @spelled
    def to_markdown(self, solution: bool = False, lang: str | None = None) -> str:
        """Return the exercise in Markdown, its formulas between dollar signs.

        Parameters
        ----------
        solution : bool
            Add the solution, step by step.
        lang : {'en', 'es'}, optional
            By default that of the exercise.

        Raises
        ------
        ArgumentError
            When the language is not known.

        Examples
        --------
        >>> print(nn.exercise(seed=1).to_markdown().splitlines()[0])
        # Backpropagation by hand: exercise 1
        """
        return sheet.markdown(self.record, self.seed, solution, checked_language(lang or self.lang))

    @spelled
    def to_latex(self, solution: bool = False, standalone: bool = False, lang: str | None = None) -> str:
        r"""Return the exercise in LaTeX that needs amsmath only, in ASCII.

        Parameters
        ----------
        solution, lang
            As for `to_markdown`, which raises the same error.
        standalone : bool
            Return a whole document, which pdfLaTeX sets as it is.

        Examples
        --------
        >>> print(nn.exercise(seed=1).to_latex().splitlines()[0])
        \section*{Backpropagation by hand: exercise 1}
        """
        return sheet.latex(self.record, self.seed, solution, standalone, checked_language(lang or self.lang))

    def __str__(self) -> str:
        writer = Writer()
        return sheet.text(self.record, self.seed, self.lang, columns=writer.columns, plain=writer.plain)

    def _repr_markdown_(self) -> str:
        # Below the notebook's own headings.
        return re.sub(r"^#", "###", self.to_markdown(), flags=re.MULTILINE)

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.model.sizes))
        return f"Exercise({sizes}, {self.record.loss_key}, seed={self.seed})"


@spelled
def exercise(
    sizes: Sequence[int] = (2, 3, 1),
    *,
    seed: int | None = None,
    activation: str = "relu",
    output_activation: str | None = "sigmoid",
    loss: str = "half_sse",
    lang: str = "en",
) -> Exercise:
    """Make an exercise in backpropagation with numbers that are good to work with.

    Weights, biases and inputs have one decimal at most; no weight or input is 0. No weighted sum z is nearer to 0 than
    0.05; under the sigmoid |z| ≤ 3, under tanh |z| ≤ 2. A hidden layer of two or more ReLUs has one that is on and one
    that is off. Rounding the output does not give the target.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, neurons of each hidden layer, and outputs; at most 6 each, and at most 6 layers.
    seed : int, optional
        The same numbers for the same seed, on every platform and with every NumPy. Left out, the Generator that
        `nn.manual_seed` seeds chooses one below a million.
    activation, output_activation : {"relu", "sigmoid", "tanh", "identity"}
        None is the identity.
    loss : {"half_sse", "sse", "mse", "cross_entropy"}
        "cross_entropy" takes the last z: output_activation=None, and two or more outputs.
    lang : {"en", "es"}

    Returns
    -------
    Exercise

    Raises
    ------
    ArgumentError
        For impossible sizes, an unknown name, a negative seed, or a loss that does not fit the output.
    UsageError
        When sizes or seed are no integers.

    Examples
    --------
    >>> nn.exercise((2, 2, 1), seed=0)
    Exercise(2-2-1, half_sse, seed=0)
    """
    checked_language(lang)
    widths = _checked_sizes(sizes)
    hidden = choice("activation", activation, ACTIVATIONS)
    output = "identity" if output_activation is None else choice("output_activation", output_activation, ACTIVATIONS)
    is_class = choice("loss", loss, LOSSES) == "cross_entropy"
    if is_class:
        _check_classes(widths[-1], output)
    seed = _checked_seed(seed)
    numbers = search(seed, widths, hidden, output, is_class=is_class)
    model, x, y = _made(numbers, hidden, output)
    measure = LOSSES[loss]()
    return Exercise(model, x, y, measure, backprop(model, x, y, measure, lang=lang), seed, lang)


def _made(numbers: Numbers, activation: str, output_activation: str) -> tuple[MLP, ag.Tensor, ag.Tensor]:
    model = MLP.from_weights(
        [[[float(w) for w in row] for row in layer.W] for layer in numbers.layers],
        [[float(b) for b in layer.b] for layer in numbers.layers],
        activation=activation,
        output_activation=output_activation,
    )
    y: Any = numbers.y if isinstance(numbers.y, int) else [float(each) for each in numbers.y]
    return model, ag.tensor([float(each) for each in numbers.x], name="x"), ag.tensor(y, name="y")


def _checked_sizes(sizes: Sequence[int]) -> list[int]:
    if isinstance(sizes, str) or not hasattr(sizes, "__len__"):
        raise UsageError(f"sizes is a sequence of integers, got {sizes!r}.", _SIZES)
    widths = list(sizes)
    if any(isinstance(each, bool) or not isinstance(each, (int, np.integer)) for each in widths):
        raise UsageError(f"sizes is a sequence of integers, got {sizes!r}.", _SIZES)
    if not 2 <= len(widths) <= DEEPEST + 1:
        raise ArgumentError(f"an exercise has 1 to {DEEPEST} layers, got sizes={tuple(widths)}.", _SIZES)
    if not all(1 <= each <= WIDEST for each in widths):
        raise ArgumentError(f"every size of an exercise is from 1 to {WIDEST}, got {tuple(widths)}.", _SIZES)
    return [int(each) for each in widths]


def _checked_seed(seed: int | None) -> int:
    if seed is None:
        return int(generator().integers(_LARGEST_SEED + 1))
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise UsageError(f"seed must be an integer or None, got {seed!r}.", "Write seed=0, for example.")
    if seed < 0:
        raise ArgumentError(f"seed must not be negative, got {seed}.", f"Write seed={-seed}, for example.")
    return int(seed)


def _check_classes(outputs: int, output_activation: str) -> None:
    if output_activation != "identity":
        raise ArgumentError(
            f"the loss 'cross_entropy' takes the last z, but the output has the activation {output_activation!r}.",
            "Write output_activation=None, with two or more outputs.",
        )
    if outputs < 2:
        raise ArgumentError(
            "the loss 'cross_entropy' tells classes apart, but the network has one output.",
            "Give it two or more: sizes=(2, 3, 2).",
        )
