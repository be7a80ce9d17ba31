"""The operations view of any graph: what `ag.draw` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from autograd_lite.drawing.arrangement import arrange
from autograd_lite.drawing.cards import Look
from autograd_lite.drawing.drawing import Drawing
from autograd_lite.drawing.numbers import number
from autograd_lite.drawing.operations import Operations
from autograd_lite.drawing.palette import theme_named
from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.snapshot import Snapshot, snapshot

if TYPE_CHECKING:
    from autograd_lite.tensors import Tensor

MOST_NODES = 600
MOST_DECIMALS = 17
UNRECORDED = "nothing recorded: no input has requires_grad=True, or it was computed inside no_grad()"
NOT_SCALAR = "no gradients: the result is no scalar"
RANKDIRS = ("LR", "TB", "RL", "BT")


def draw(
    t: Tensor,
    *,
    values: bool = True,
    grads: bool = True,
    decimals: int = 4,
    rankdir: str | None = None,
    theme: str = "light",
    names: Mapping[str, Tensor] | None = None,
) -> Drawing:
    """Draw the graph that computed a tensor: its operations, and the value and gradient of everything named.

    Parameters
    ----------
    t : Tensor
        The result of a computation, of any shape. The gradients shown are those of `t`, when it is a scalar; `.grad`
        of every tensor stays as it is.
    values, grads : bool
        Write out values and gradients; arrays with more than six rows or columns as their range and norm.
    decimals : int
        Digits after the point of computed numbers; given ones are written as they were given.
    rankdir : {'LR', 'TB', 'RL', 'BT'}, optional
        The direction of the arrows. From left to right, a chain of layers is laid out in lines. Left out, it is from
        left to right, but from top to bottom for a graph that branches and would become a long strip.
    theme : {'light', 'dark', 'print'}
        For light and dark pages, or for black ink on white paper.
    names : mapping of str to Tensor, optional
        Names for tensors that have none, for example ``locals()``.

    Returns
    -------
    Drawing
        Shown by notebooks; ``.render("graph.svg")`` writes it to a file.

    Raises
    ------
    UsageError
        When `t` is no Tensor.
    ArgumentError
        For an unknown theme or direction, and for graphs of more than 600 nodes.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> x = ag.tensor(3.0, name="x", requires_grad=True)
    >>> ag.draw(x * x + 1)
    <Drawing: The operations that compute L>
    """
    look = Look(theme_named(theme), bool(values), bool(grads), checked_decimals(decimals))
    if rankdir is not None and rankdir not in RANKDIRS:
        raise ArgumentError(f"unknown rankdir {rankdir!r}.", f"Write one of {', '.join(map(repr, RANKDIRS))}.")
    if names is not None and not isinstance(names, Mapping):
        raise UsageError(
            f"names must map names to tensors, got {type(names).__name__}.", "Write names={'W': W} or names=locals()."
        )
    graph = snapshot(t, names=names)
    return draw_snapshot(replace(graph, note=graph.note or _missing(t, look)), look, rankdir)


def draw_snapshot(graph: Snapshot, look: Look, rankdir: str | None = None) -> Drawing:
    """Draw a graph that was taken as data."""
    if len(graph.entries) > MOST_NODES:
        raise ArgumentError(
            f"the graph has {len(graph.entries):,} nodes; a picture of more than {MOST_NODES} cannot be read.",
            "Draw an intermediate result or a smaller model; nn.draw(model, x, y, loss) draws layers, not operations.",
        )
    root = next(entry for entry in graph.entries if entry.id == graph.root)
    look = replace(look, root=root.name or look.root)
    title = f"The operations that compute {look.root}"
    source = arrange(Operations(graph, look), title, rankdir)
    return Drawing(source, title=title, description=_description(graph, look))


def checked_decimals(decimals: int) -> int:
    """Return a count of decimals that numbers can be written with."""
    if isinstance(decimals, bool) or not isinstance(decimals, int) or not 0 <= decimals <= MOST_DECIMALS:
        raise ArgumentError(
            f"decimals must be a whole number from 0 to {MOST_DECIMALS}, got {decimals!r}.", "Leave it out for 4."
        )
    return decimals


def _missing(t: Tensor, look: Look) -> str | None:
    """Say why a picture shows less than was asked for."""
    if not t.requires_grad:
        return UNRECORDED
    return NOT_SCALAR if look.grads and t.size != 1 else None


def _description(graph: Snapshot, look: Look) -> str:
    """Say in words what the picture shows."""
    operations = [entry for entry in graph.entries if entry.op is not None]
    named = [entry.name for entry in graph.entries if entry.name and entry.id != graph.root]
    root = next(entry for entry in graph.entries if entry.id == graph.root)
    parts = [f"A computation graph of {len(operations)} operations that ends in {look.root}"]
    if root.value is not None and root.value.size == 1:
        parts[0] += f" = {number(root.value, decimals=look.decimals)}"
    if named:
        more = f" and {len(named) - 20} more" if len(named) > 20 else ""
        parts.append(f"Named tensors: {', '.join(named[:20])}{more}")
    scopes = list(dict.fromkeys(entry.scope[0] for entry in graph.entries if entry.scope))
    if scopes:
        parts.append(f"Parts: {', '.join(scopes[:20])}")
    return ". ".join([*parts, graph.note or ""]).strip(". ") + "."
