"""nn.draw: a network at work on data, in one of four views."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import autograd_lite as ag
from autograd_lite import drawing
from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.matrices import checked_decimals
from autograd_lite.messages import checked_language
from autograd_lite.spelling import spelled
from nn.arguments import called, check_loss, check_scalar, choice
from nn.copies import copy_of
from nn.module import Module
from nn.observation import observed
from nn.random import unmoved
from nn.telling.derivation import checked_notation
from nn.views.calls import PICTURE, in_scopes
from nn.views.delta import draw_delta
from nn.views.layers import draw_layers
from nn.views.marks import check_report, draw_report
from nn.views.neurons import draw_neurons
from nn.views.page import Page

if TYPE_CHECKING:  # which an undrawn report need not load
    from nn.grading.report import Report

VIEWS = ("layers", "delta", "neurons", "ops")


@spelled
def draw(
    model: Callable[[Any], Any],
    x: Any,
    y: Any,
    loss: Callable[[Any, Any], ag.Tensor],
    view: str = "layers",
    *,
    decimals: int = 4,
    width: str | None = None,
    theme: str = "light",
    notation: str = "z-a",
    lang: str = "en",
    report: Report | None = None,
) -> drawing.Drawing:
    """Draw a network at work on data; its parameters, their gradients and their names stay as they are.

    Parameters
    ----------
    model : Module or function
        The view 'layers' draws any Module, 'delta' and 'neurons' what `nn.backprop` records, 'ops' whatever computes
        a result of x. A copy of a Module is run, so that running statistics stay as they are.
    x : array_like
        A batch (N, in) or one example (in,).
    y : array_like
        The targets, as the loss takes them.
    loss : Loss or function
        Called as ``loss(model(x), y)``; its result is a scalar.
    view : {'layers', 'delta', 'neurons', 'ops'}
        'layers' has a card a layer with ‖∂L/∂W‖, in the order in which they ran, branches around residual blocks,
        repeated layers and blocks folded into one, and the norms of all of them as bars.
        'delta' has the forward pass on one lane and δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ) running back on a second, each factor
        with its numbers, for up to 20 layers; what does not fit beside one another goes on in the next row.
        'neurons' has every neuron with z, a and δ and every weight w with
        ∂w = ∂L/∂w on its edge, for one example and up to eight neurons a layer.
        'ops' has every operation, value and gradient: `autograd_lite.draw` of one pass, in which parameters without
        a name of their own go by their path, such as ``a.weight``.
    decimals : int
        Digits after the point of computed numbers.
    width : str, optional
        The width of the page, such as '17cm', '6.7in' or '480pt': the picture is arranged, in 'delta' with as little
        as one layer a row, so that no text is smaller than 7 pt there, and warns where that cannot be done.
    theme : {'light', 'dark', 'print', 'auto'}
        'auto' is light, and in an SVG dark for readers whose system is.
    notation : {'z-a', 'u-o'}
        In all views but 'layers', the letters of the first note (z, a, W, L) or of the second (u, o, θ, Err).
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

    Warns
    -----
    UserWarning
        When the text would be smaller than 7 pt at `width`.

    Examples
    --------
    >>> nn.draw(*nn.worked_example())
    <Drawing: The layers of a 2-3-1 network>
    >>> nn.draw(*nn.worked_example(), view="delta", lang="es")
    <Drawing: La recursión de δ de una red 2-3-1>
    """
    choice("view", view, VIEWS)
    look, decimals, page = drawing.theme_named(theme), checked_decimals(decimals), Page(width)
    checked_notation(notation)
    checked_language(lang)
    check_loss(loss)
    if width is not None:
        drawing.page_width(width)
    if report is not None and view != "delta":
        raise ArgumentError(f"A report is drawn in the view 'delta', got view={view!r}.", "Write view='delta'.")
    if view == "ops":
        return _operations(model, x, y, loss, decimals=decimals, width=width, theme=theme, notation=notation, lang=lang)
    if view == "layers":
        return _layers(model, x, y, loss, look, decimals=decimals, lang=lang, page=page)
    instead = '; or draw it with view="layers"'
    told = observed(model, x, y, loss, "nn.draw", instead)  # type: ignore[arg-type]  # which refuses what is no Module
    if view == "neurons":
        return draw_neurons(told, look, decimals=decimals, notation=notation, lang=lang, page=page)
    if report is None:
        return draw_delta(told, look, decimals=decimals, notation=notation, lang=lang, page=page)
    check_report(report, told)
    return draw_report(report, decimals=decimals, width=width, theme=theme, notation=notation, lang=lang)


def _layers(
    model: Any, x: Any, y: Any, loss: Any, look: drawing.Theme, *, decimals: int, lang: str, page: Page
) -> drawing.Drawing:
    if not isinstance(model, Module):
        raise UsageError(f"The view 'layers' draws a Module, got {called(model)}.", "Draw its operations: view='ops'.")
    targets, copied = _named(y, "y"), _copied(loss)
    with unmoved():
        return draw_layers(
            model,
            _named(x, "x"),
            lambda prediction: _scalar(copied(prediction, targets)),
            loss,
            look,
            decimals=decimals,
            lang=lang,
            page=page,
        )


def _operations(model: Any, x: Any, y: Any, loss: Any, **options: Any) -> drawing.Drawing:
    copied = in_scopes(model) if isinstance(model, Module) else model
    inputs, targets = _named(x, "x"), _named(y, "y")
    with ag.enable_grad(), unmoved():
        value = _scalar(_copied(loss)(copied(inputs), targets))
    return drawing.draw(value, names=_names(copied, inputs), **options)


def _copied(loss: Any) -> Any:
    """A copy of a loss that is a Module, whose running statistics would move."""
    return copy_of(loss, PICTURE) if isinstance(loss, Module) else loss


def _scalar(value: Any) -> Any:
    check_scalar(value, "nn.draw")
    return value


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
