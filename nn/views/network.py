"""nn.draw: a network at work on data, in one of four views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd_lite as ag
from autograd_lite import drawing
from autograd_lite.errors import ArgumentError, GradientError, UsageError
from autograd_lite.matrices import checked_decimals
from autograd_lite.messages import checked_language
from autograd_lite.spelling import spelled
from nn.arguments import check_loss, choice
from nn.messages import message
from nn.mlp import MLP
from nn.module import Module
from nn.observation import observed
from nn.passes import Pass
from nn.telling.derivation import checked_notation
from nn.views.delta import draw_delta
from nn.views.layers import draw_layers
from nn.views.neurons import draw_neurons

if TYPE_CHECKING:  # which an undrawn report need not load
    from nn.grading.quantities import Quantity
    from nn.grading.report import Report

VIEWS = ("layers", "delta", "neurons", "ops")
_FAULTS = {"wrong": "views.wrong", "misshapen": "views.misshapen", "failed": "views.failed"}


@spelled
def draw(
    model: Callable[[Any], Any],
    x: Any,
    y: Any,
    loss: Callable[[Any, Any], ag.Tensor],
    view: str = "layers",
    *,
    decimals: int = 4,
    theme: str = "light",
    notation: str = "z-a",
    lang: str = "en",
    report: Report | None = None,
) -> drawing.Drawing:
    """Draw a network at work on data; its parameters, their gradients and their names stay as they are.

    Parameters
    ----------
    model : MLP, Module or function
        The view 'layers' draws an MLP, 'delta' and 'neurons' what `nn.backprop` records, 'ops' whatever computes a
        result of x.
    x : array_like
        A batch (N, in) or one example (in,).
    y : array_like
        The targets, as the loss takes them.
    loss : Loss or function
        Called as ``loss(model(x), y)``; its result is a scalar.
    view : {'layers', 'delta', 'neurons', 'ops'}
        'layers' has a card a layer with ‖∂L/∂W‖, repeated layers folded into one, and the norms of all of them as bars.
        'delta' has the forward pass on one lane and δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ) running back on a second, each factor
        with its numbers, for up to five layers. 'neurons' has every neuron with z, a and δ and every weight w with
        ∂w = ∂L/∂w on its edge, for one example and up to eight neurons a layer.
        'ops' has every operation, value and gradient: `autograd_lite.draw` of one pass, in which parameters without
        a name of their own go by their path, such as ``a.weight``.
    decimals : int
        Digits after the point of computed numbers.
    theme : {'light', 'dark', 'print', 'auto'}
        'auto' is light, and in an SVG dark for readers whose system is.
    notation : {'z-a', 'u-o'}
        In 'delta' and 'neurons', the letters of the first note (z, a, W, L) or of the second (u, o, θ, Err).
    lang : {'en', 'es'}
        The language of the words.
    report : Report, optional
        What `nn.verify` found with this network and data: the view 'delta' marks the steps that are wrong.

    Returns
    -------
    Drawing

    Raises
    ------
    ArgumentError
        For an unknown view, theme, notation or language, and for a network or a batch too large for its view.
    UsageError
        When a view is asked for of a model that it does not draw.
    GradientError
        When the loss is not a scalar.

    Examples
    --------
    >>> nn.draw(*nn.worked_example())
    <Drawing: The layers of a 2-3-1 network>
    >>> nn.draw(*nn.worked_example(), view="delta", lang="es")
    <Drawing: La recursión de δ de una red 2-3-1>
    """
    choice("view", view, VIEWS)
    look, decimals = drawing.theme_named(theme), checked_decimals(decimals)
    checked_notation(notation)
    checked_language(lang)
    if report is not None and view != "delta":
        raise ArgumentError(f"A report is drawn in the view 'delta', got view={view!r}.", "Write view='delta'.")
    if view in ("delta", "neurons"):
        check_loss(loss)
        told = observed(model, x, y, loss)  # type: ignore[arg-type]  # which refuses what is no Module
        if view == "neurons":
            return draw_neurons(told, look, decimals=decimals, notation=notation, lang=lang)
        marks = _marks(report, told, lang, decimals)
        return draw_delta(told, look, decimals=decimals, notation=notation, lang=lang, marks=marks)
    if view == "layers" and not isinstance(model, MLP):
        raise UsageError(
            f"The view 'layers' draws an MLP, got {type(model).__name__}.", "Draw its operations: view='ops'."
        )
    inputs, targets = _named(x, "x"), _named(y, "y")
    with ag.enable_grad():
        value = loss(model(inputs), targets)
    if value.size != 1:
        raise GradientError(
            f"The loss has shape {value.shape}; a gradient belongs to a scalar.",
            "Use a loss with reduction='mean' or 'sum'.",
        )
    if isinstance(model, MLP) and view == "layers":
        return draw_layers(model, inputs, value, loss, look, decimals=decimals, lang=lang)
    return drawing.draw(value, decimals=decimals, theme=theme, names=_names(model, inputs), lang=lang)


def _marks(report: Report | None, told: Pass, lang: str, decimals: int) -> Mapping[Quantity, str]:
    """Return what is wrong with each step that is: what was given at the worst element."""
    if report is None:
        return {}
    if not hasattr(report, "verdicts"):
        raise UsageError(f"report is what nn.verify returned, got {type(report).__name__}.", "Leave it out otherwise.")
    if not _is_of(report.point.told, told):
        raise ArgumentError(
            "The report is of another network, other data or another loss.",
            "Draw the network, the data and the loss that nn.verify was given.",
        )
    marks = {}
    for verdict in report.verdicts:
        if verdict.status not in _FAULTS:
            continue
        said = message(_FAULTS[verdict.status], lang)
        if verdict.worst is not None and verdict.given is not None:
            given = drawing.number(verdict.given[verdict.worst], decimals=decimals)
            said += f": {report.place(verdict.quantity, verdict.worst)} {given}"
        marks[verdict.quantity] = said
    return marks


def _is_of(judged: Pass, told: Pass) -> bool:
    """Tell whether two passes are the same, up to the rounding of float32."""

    def parts(each: Pass) -> list[Any]:
        return [each.x, each.y, each.loss, *(part for layer in each.layers for part in (layer.W, layer.z))]

    return [np.shape(part) for part in parts(judged)] == [np.shape(part) for part in parts(told)] and all(
        np.allclose(one, other, rtol=1e-4, atol=1e-6) for one, other in zip(parts(judged), parts(told), strict=True)
    )


def _named(data: Any, name: str) -> ag.Tensor:
    """The data as a Tensor with a name; a Tensor of the user's is not renamed."""
    if not isinstance(data, ag.Tensor):
        return ag.tensor(data, name=name)
    if data.name is not None or data.requires_grad:
        return data
    same = data.detach()
    same.name = name
    return same


def _names(model: Callable[[Any], Any], x: ag.Tensor) -> dict[str, ag.Tensor]:
    """Names for what has none: a parameter goes by the path that leads to it."""
    parameters = model.named_parameters() if isinstance(model, Module) else ()
    named: list[tuple[str, ag.Tensor]] = [*parameters, ("x", x)]
    return {name: each for name, each in named if each.name is None}
