"""`draw` under the names that micrograd and torchviz have for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from autograd_lite.drawing.cards import Look
from autograd_lite.drawing.drawing import Drawing
from autograd_lite.drawing.graph_view import drawn
from autograd_lite.drawing.palette import LIGHT
from autograd_lite.errors import UsageError
from autograd_lite.spelling import spelled

if TYPE_CHECKING:
    from autograd_lite.tensors import Tensor


@spelled
def draw_dot(root: Tensor, format: str = "svg", rankdir: str = "LR") -> Drawing:
    """Draw the graph that computed a tensor, called as in micrograd; `draw` has more to choose from.

    Parameters
    ----------
    root : Tensor
    format : {'svg', 'png', 'jpg', 'pdf', 'json', 'dot'}
        The format of ``.render("graph")`` without a suffix.
    rankdir : {'LR', 'TB', 'RL', 'BT'}
        The direction of the arrows.

    Returns
    -------
    Drawing

    Examples
    --------
    >>> x = ag.tensor(3.0, requires_grad=True, name="x")
    >>> ag.draw_dot(x * x)
    <Drawing: The operations that compute L>
    """
    return drawn(root, {}, Look(LIGHT), rankdir=rankdir, format=format)


@spelled
def make_dot(var: Tensor, params: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None) -> Drawing:
    """Draw the graph that computed a tensor, called as in torchviz; `draw` has more to choose from.

    Parameters
    ----------
    var : Tensor
    params : mapping of str to Tensor, or iterable of pairs, optional
        Names for leaves, such as ``dict(model.named_parameters())``; they win over names of the tensors' own.

    Returns
    -------
    Drawing

    Raises
    ------
    UsageError
        When `params` is neither.

    Examples
    --------
    >>> model = nn.Linear(2, 1)
    >>> ag.make_dot(model([1.0, 2.0]).sum(), params=model.named_parameters())
    <Drawing: The operations that compute L>
    """
    return drawn(var, _pairs(params), Look(LIGHT))


def _pairs(params: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None) -> dict[str, Tensor]:
    try:
        return dict(params or {})
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"params must map names to tensors, got {type(params).__name__}.",
            "Write params=dict(model.named_parameters()).",
        ) from error
