"""History, how a training run went, epoch by epoch: to be read, drawn, plotted, or put into a table."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from importlib import import_module
from typing import Any

from autograd_lite.errors import ArgumentError, UsageError, suggestion
from autograd_lite.spelling import spelled
from nn.chart import Chart
from nn.curves import curve_svg
from nn.messages import message


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
    learning_rate : list of float
        That of the first group of parameters, at the end of each epoch.
    metrics : dict of str to list of float
        Over the examples of each epoch, from the predictions that were trained on.
    validation_metrics : dict of str to list of float
        After each epoch, over the validation data.
    seconds : float
        How long it took.
    best_epoch : int or None
        The epoch, from 1, with the best monitored quantity: the validation loss, or without one the loss.
    stopped : str or None
        Why training ended before its last epoch.

    Examples
    --------
    >>> history = nn.History(loss=[1.0, 0.5], validation_loss=[1.25, 0.75])
    >>> history["validation_loss"]
    [1.25, 0.75]
    """

    loss: list[float] = field(default_factory=list)
    step_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    validation_metrics: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0
    best_epoch: int | None = None
    stopped: str | None = None

    def __repr__(self) -> str:
        parts = [f"{len(self.loss)} epochs", f"{len(self.step_loss)} steps", f"{self.seconds:.2f} s"]
        ended = [self.stopped] if self.stopped else []
        return f"History({', '.join([*parts, *self.latest(), *ended])})"

    def latest(self) -> list[str]:
        """Return the last epoch's figures in words."""
        latest = [f"loss {self.loss[-1]:.4g}"] if self.loss else []
        if self.validation_loss:
            latest.append(f"validation loss {self.validation_loss[-1]:.4g}")
        if self.validation_accuracy:
            latest.append(f"validation accuracy {self.validation_accuracy[-1]:.1%}")
        shown = {f"validation {name}": values for name, values in self.validation_metrics.items()} or self.metrics
        if self.validation_accuracy:
            shown.pop("validation accuracy", None)
        return latest + [f"{name} {values[-1]:.4g}" for name, values in shown.items() if values]

    def by_epoch(self) -> dict[str, list[float]]:
        """Return every quantity that was measured once an epoch, by its name.

        A metric is called by its name, over the validation data "validation_" and its name.
        """
        known = {each.name: getattr(self, each.name) for each in fields(self)}
        lists = {name: values for name, values in known.items() if isinstance(values, list) and name != "step_loss"}
        theirs = {f"validation_{name}": values for name, values in self.validation_metrics.items()}
        return {name: values for name, values in {**self.metrics, **theirs, **lists}.items() if values}

    def __getitem__(self, name: str) -> list[float]:
        known = {**self.by_epoch(), "step_loss": self.step_loss}
        if name not in known:
            raise ArgumentError(f"This history has no {name!r}.", suggestion(name, known))
        return known[name]

    @spelled
    def draw(self, *, title: str | None = None, theme: str = "light", lang: str = "en") -> Chart:
        """Draw the losses over the epochs, and the accuracy or the first metric on an axis of its own.

        Parameters
        ----------
        title : str, optional
        theme : {'light', 'dark', 'print'}
        lang : {'en', 'es'}

        Returns
        -------
        Chart
            A notebook shows it; ``history.draw().render("loss.svg")`` writes it.

        Raises
        ------
        ArgumentError
            When there is no finite loss yet, or for an unknown theme or language.

        Examples
        --------
        >>> "validation loss" in nn.History(loss=[1.0, 0.5], validation_loss=[1.25, 0.75]).draw().svg
        True
        """
        title = message("history.title", lang) if title is None else title
        validation = {message("history.validation_loss", lang): self.validation_loss} if self.validation_loss else None
        name, values = self._on_the_right(lang)
        svg = curve_svg(
            self.loss,
            title=title,
            xlabel=message("history.epoch", lang),
            ylabel=message("history.loss", lang),
            others=validation,
            second=values,
            second_label=name,
            theme=theme,
            lang=lang,
        )
        return Chart(svg, title)

    def _on_the_right(self, lang: str) -> tuple[str, list[float] | None]:
        if self.validation_accuracy:
            return message("history.accuracy", lang), self.validation_accuracy
        for name, values in self.validation_metrics.items():
            return message("history.of_validation", lang, name=name), values
        return next(iter(self.metrics.items()), ("", None))

    @spelled
    def plot(self, ax: Any = None) -> Any:
        """Plot the losses with matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            With a legend; the accuracy has an axis of its own at the right.

        Raises
        ------
        UsageError
            When matplotlib is not installed.
        """
        if ax is None:
            ax = _installed("matplotlib.pyplot", "plot").subplots(layout="constrained")[1]
        epochs = range(1, len(self.loss) + 1)
        lines = ax.plot(epochs, self.loss, label="loss")
        if self.validation_loss:
            lines += ax.plot(epochs, self.validation_loss, linestyle=":", label="validation loss")
        name, values = self._on_the_right("en")
        if values:
            right = ax.twinx()
            lines += right.plot(epochs, values, linestyle="--", color="tab:green", label=name)
            right.set_ylabel(name)
        ax.set_xlabel("epoch")
        ax.set_ylabel("loss")
        ax.legend(handles=lines, loc="center right")
        return ax

    def to_dataframe(self) -> Any:
        """Return a pandas DataFrame with one row an epoch, indexed by the epoch from 1.

        Raises
        ------
        UsageError
            When pandas is not installed.
        """
        pandas = _installed("pandas", "pandas")
        index = pandas.RangeIndex(1, len(self.loss) + 1, name="epoch")
        return pandas.DataFrame({name: pandas.Series(values, index=index) for name, values in self.by_epoch().items()})


def _installed(package: str, extra: str) -> Any:
    try:
        return import_module(package)
    except ImportError as error:
        missing = f"This needs {package.partition('.')[0]}, which is not installed."
        raise UsageError(missing, f"Run pip install 'autograd-lite[{extra}]'.") from error
