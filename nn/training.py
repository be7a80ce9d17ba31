"""fit, the training loop: shuffle, forward, backward, step, and a History of how the loss fell."""

from __future__ import annotations

import math
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, GradientError, ShapeError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import called, check_loss, check_scalar, positive_integer
from nn.module import Module
from nn.optim import Optimizer
from nn.random import Rng, generator

Array = np.ndarray[Any, Any]
LossFunction = Callable[[Any, Any], ag.Tensor]

# Examples evaluated at a time: enough to keep NumPy busy, few enough to stay small in memory.
EVALUATION_BATCH = 1024
# Seconds between two states of the bar where each is a line of its own, as in a log.
PIPED_INTERVAL = 10.0


class Evaluation(NamedTuple):
    """A model's loss on a data set, and its accuracy where the loss classifies."""

    loss: float
    accuracy: float | None


@spelled
@dataclass
class History:
    """How training went.

    Attributes
    ----------
    loss : list of float
        Each epoch's loss over its examples, as measured while they were trained on: their mean, or with a loss that
        sums their sum.
    step_loss : list of float
        The loss of every batch.
    validation_loss : list of float
        After each epoch; empty without validation data.
    validation_accuracy : list of float
        After each epoch; empty unless the loss classifies.
    seconds : float
        How long it took.
    """

    loss: list[float] = field(default_factory=list)
    step_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def __repr__(self) -> str:
        parts = [f"{len(self.loss)} epochs", f"{len(self.step_loss)} steps", f"{self.seconds:.2f} s"]
        return f"History({', '.join([*parts, *self.latest()])})"

    def latest(self) -> list[str]:
        """Return the last epoch's figures in words."""
        latest = [f"loss {self.loss[-1]:.4g}"] if self.loss else []
        if self.validation_loss:
            latest.append(f"validation loss {self.validation_loss[-1]:.4g}")
        if self.validation_accuracy:
            latest.append(f"accuracy {self.validation_accuracy[-1]:.1%}")
        return latest


@spelled
def fit(
    model: Module,
    x: Any,
    y: Any = None,
    *,
    loss: LossFunction,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int = 32,
    rng: Rng = None,
    validation: tuple[Any, Any] | None = None,
    progress: bool = True,
) -> History:
    """Train a model: in each epoch every example once, in a new order, a batch at a time.

    Parameters
    ----------
    model : Module
        Is in training mode meanwhile, and afterwards in the mode that it was in.
    x : array_like, shape (N, ...)
        One example a row. Or, without `y`, something that can be iterated over in every epoch and gives the batches
        as pairs (x, y).
    y : array_like, shape (N, ...)
        One target a row.
    loss : Loss or callable
        Called as ``loss(model(x), y)``; gives a scalar.
    optimizer : Optimizer
        Made from the model's parameters.
    epochs : int
    batch_size : int
        The last batch of an epoch may be smaller.
    rng : int, Generator or None
        What shuffles; None is the Generator that `nn.manual_seed` seeds.
    validation : (x, y), optional
        Data to evaluate on after each epoch.
    progress : bool
        Show a bar on standard error.

    Returns
    -------
    History

    Raises
    ------
    ShapeError
        When x and y differ in length, are empty, or do not fit the model.
    ArgumentError
        When x or y holds a NaN or an infinity, or for impossible numbers of epochs or examples a batch.
    UsageError
        When the optimizer holds none of the model's parameters, or an argument is of the wrong kind.
    GradientError
        When the loss is no finite scalar.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> model = nn.MLP([1, 1], rng=0)
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> history = nn.fit(model, x, 2 * x, loss=nn.MSELoss(), optimizer=optimizer, epochs=50, rng=0, progress=False)
    >>> history.loss[-1] < 1e-3
    True
    """
    _check_parts(model, loss, optimizer)
    epochs = positive_integer("epochs", epochs, "Write epochs=20; without training, nn.evaluate(model, x, y, loss).")
    size = positive_integer("batch_size", batch_size, "Write batch_size=32, or batch_size=len(x) for all at once.")
    batches = _Batches.of(x, y, size, generator(rng))
    held_out = None if validation is None else _validation_pair(validation)
    trainer = _Trainer(model, loss, optimizer)
    history = History()
    was_training, start = model.training, time.perf_counter()
    try:
        # A loss that diverges is answered by an error of its own.
        with np.errstate(over="ignore", invalid="ignore"), _bar(epochs, progress) as bar:
            for epoch in range(1, epochs + 1):
                model.train()
                trainer.run(batches, epoch, history)
                if held_out is not None:
                    _validate(model, held_out, loss, history)
                bar.set_postfix_str(", ".join(history.latest()), refresh=False)
                bar.update()
    finally:
        model.train(was_training)
        history.seconds = time.perf_counter() - start
    return history


@spelled
def evaluate(model: Module, x: Any, y: Any, loss: LossFunction) -> Evaluation:
    """Return a model's loss on a data set, in evaluation mode and without recording a graph.

    Parameters
    ----------
    model : Module
    x, y : array_like, shape (N, ...)
    loss : Loss or callable

    Returns
    -------
    Evaluation
        (loss, accuracy): the mean over the examples, or the sum for a loss that sums; and the share of right
        predictions for a loss that classifies, else None.

    Raises
    ------
    ShapeError, ArgumentError
        As `fit`.

    Examples
    --------
    >>> digits = nn.datasets.load_digits()
    >>> nn.evaluate(nn.MLP([64, 10], init="zeros"), *digits, nn.CrossEntropyLoss()).loss.__round__(4)
    2.3026
    """
    _check_model(model, "evaluate")
    check_loss(loss)
    images, targets = _pair("x", x, y)
    total = _Total(loss)
    accuracy = getattr(loss, "accuracy", None)
    right: list[tuple[float | None, int]] = []
    was_training = model.training
    model.eval()
    try:
        with ag.no_grad():
            for start in range(0, len(images), EVALUATION_BATCH):
                part = slice(start, start + EVALUATION_BATCH)
                prediction = model(images[part])
                value = loss(prediction, targets[part])
                if getattr(value, "size", None) != 1:
                    check_scalar(value, "evaluate")
                total.add(value.item(), len(images[part]))
                right.append((accuracy(prediction, targets[part]) if accuracy else None, len(images[part])))
    finally:
        model.train(was_training)
    shares = [share * n for share, n in right if share is not None]
    return Evaluation(total.value, sum(shares) / len(images) if len(shares) == len(right) else None)


def _validate(model: Module, held_out: tuple[Array, Array], loss: LossFunction, history: History) -> None:
    value, accuracy = evaluate(model, *held_out, loss)
    history.validation_loss.append(value)
    if accuracy is not None:
        history.validation_accuracy.append(accuracy)


class _Trainer:
    """One epoch after another: forward, backward, step."""

    def __init__(self, model: Module, loss: LossFunction, optimizer: Optimizer) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer

    def run(self, batches: _Batches, epoch: int, history: History) -> None:
        total = _Total(self.loss)
        for number, (x, y) in enumerate(batches, 1):
            value = self.step(x, y)
            if not math.isfinite(value):
                raise GradientError(
                    f"The loss became {value} in epoch {epoch}, step {number}; the parameters are those before it.",
                    f"Lower the learning rate, now lr={self.optimizer.lr:g}, or scale the data to about ±1.",
                )
            self.optimizer.step()
            history.step_loss.append(value)
            total.add(value, len(x))
        if not total.examples:
            raise ShapeError(f"Epoch {epoch} gave no batches.", "Pass data that can be iterated over anew each epoch.")
        history.loss.append(total.value)

    def step(self, x: Any, y: Any) -> float:
        """Leave the gradients of one batch in the parameters and return its loss."""
        self.optimizer.zero_grad()
        value = self.loss(self.model(x), y)
        check_scalar(value, "fit")
        number = float(value.item())
        if math.isfinite(number):
            value.backward()
        return number


class _Total:
    """Adds up the losses of batches as the loss itself would over all of them: a sum, or a mean weighted by size."""

    def __init__(self, loss: LossFunction) -> None:
        self.sums = getattr(loss, "reduction", "mean") == "sum"
        self.total = 0.0
        self.examples = 0

    def add(self, value: float, examples: int) -> None:
        self.total += value if self.sums else value * examples
        self.examples += examples

    @property
    def value(self) -> float:
        return self.total if self.sums else self.total / self.examples


@dataclass
class _Batches:
    """The batches of an epoch, in a new order each time; or those that something else gives."""

    pairs: Iterable[Any]
    x: Array | None = None
    y: Array | None = None
    size: int = 0
    rng: np.random.Generator | None = None

    @classmethod
    def of(cls, x: Any, y: Any, size: int, rng: np.random.Generator) -> _Batches:
        if y is not None:
            return cls((), *_pair("x", x, y), size, rng)
        if isinstance(x, (np.ndarray, ag.Tensor)) or not isinstance(x, Iterable):
            raise UsageError("fit got x without y.", "Pass the targets: nn.fit(model, x, y, ...).")
        if iter(x) is x:
            raise UsageError(
                "fit got an iterator, which is empty after the first epoch.",
                "Pass a list of batches [(x, y), ...], or an object whose __iter__ starts anew.",
            )
        return cls(x)

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.x is None or self.y is None or self.rng is None:
            yield from map(_batch, self.pairs)
            return
        order = self.rng.permutation(len(self.x))
        for start in range(0, len(order), self.size):
            chosen = order[start : start + self.size]
            # Indexing has just made these arrays: nobody else can write into them.
            yield ag.from_numpy(self.x[chosen]), ag.from_numpy(self.y[chosen])


def _batch(given: Any) -> tuple[Any, Any]:
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise UsageError(
            f"A batch is a pair (x, y), got {type(given).__name__}.",
            "Pass nn.fit(model, x, y, ...), or a list of batches [(x, y), ...].",
        )
    return given[0], given[1]


def _pair(title: str, x: Any, y: Any) -> tuple[Array, Array]:
    """Return examples and targets as arrays of finite numbers and of one length."""
    examples, targets = _numbers(title, x), _numbers("y" if title == "x" else f"{title}'s y", y)
    if examples.ndim == 0 or targets.ndim == 0:
        raise ShapeError(
            f"{title} has shape {examples.shape}, its targets {targets.shape}; expected one row an example.",
            "Give a batch of one as x.reshape(1, -1).",
        )
    if len(examples) != len(targets):
        raise ShapeError(
            f"{title} holds {len(examples)} examples, shape {examples.shape}; its targets {len(targets)}, "
            f"shape {targets.shape}.",
            "Give one target an example, in the same order.",
        )
    if not len(examples):
        raise ShapeError(f"{title} is empty, shape {examples.shape}.", "Give at least one example.")
    return examples, targets


def _numbers(title: str, data: Any) -> Array:
    array = data if type(data) is np.ndarray else ag.asarray(data).numpy()
    if array.dtype.kind not in "biufc":
        raise DtypeError(f"{title} must hold numbers, got dtype {array.dtype}.", f"Convert it: {title}.astype(float).")
    if array.dtype.kind in "fc" and not np.isfinite(array).all():
        wrong = np.argwhere(~np.isfinite(array))
        first = tuple(int(k) for k in wrong[0])
        raise ArgumentError(
            f"{title} holds {len(wrong)} NaN or infinite {'entry' if len(wrong) == 1 else 'entries'}, "
            f"the first {array[first]} at {list(first)}.",
            f"Leave those examples out, or fill the gaps: np.nan_to_num({'y' if title.endswith('y') else 'x'}).",
        )
    return array


def _validation_pair(validation: Any) -> tuple[Array, Array]:
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise UsageError(
            f"validation is a pair (x, y), got {type(validation).__name__}.", "Write validation=(x_test, y_test)."
        )
    return _pair("validation", *validation)


def _check_parts(model: Module, loss: LossFunction, optimizer: Optimizer) -> None:
    _check_model(model, "fit")
    check_loss(loss)
    if isinstance(optimizer, type) or not hasattr(optimizer, "step"):
        raise UsageError(
            f"optimizer must be an Optimizer, got {called(optimizer)}.",
            "Make one: optimizer=nn.optim.SGD(model.parameters(), lr=0.1).",
        )
    held = {id(each) for each in getattr(optimizer, "parameters", ())}
    if held and not any(id(each) in held for each in model.parameters()):
        raise UsageError(
            "The optimizer holds no parameter of this model.",
            "Make it from the model that is trained: nn.optim.SGD(model.parameters(), lr=0.1).",
        )


def _check_model(model: Any, owner: str) -> None:
    if isinstance(model, type):
        raise UsageError(f"{owner} takes a model, got {called(model)}.", "Make it first: model = nn.MLP([2, 3, 1]).")
    if not isinstance(model, Module):
        raise UsageError(f"{owner} takes a model, got {called(model)}.", "Derive its class from nn.Module.")


def _bar(epochs: int, shown: bool) -> Any:
    """Return a progress bar over epochs, or one that shows nothing."""
    # Loading tqdm takes as long as training a small model does. In a notebook without widgets it takes a bar of text,
    # and warns of it in red.
    with warnings.catch_warnings(category=UserWarning, action="ignore"):
        from tqdm.auto import tqdm

    stream = sys.stderr
    live = stream is not None and stream.isatty()
    return tqdm(
        total=epochs,
        desc="training",
        unit="epoch",
        disable=not shown or stream is None,
        mininterval=0.1 if live else PIPED_INTERVAL,
        dynamic_ncols=live,
    )
