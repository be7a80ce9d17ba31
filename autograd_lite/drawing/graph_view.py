"""The operations view of any graph: what `ag.draw` does."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autograd_lite.drawing.arrangement import arrange
from autograd_lite.drawing.blocks import printable, shortened
from autograd_lite.drawing.cards import Look, Shown
from autograd_lite.drawing.drawing import Drawing
from autograd_lite.drawing.folding import folded
from autograd_lite.drawing.letters import checked_notation, lettered
from autograd_lite.drawing.numbers import number
from autograd_lite.drawing.operations import Operations
from autograd_lite.drawing.palette import theme_named
from autograd_lite.drawing.paper import READABLE, on_paper, page_width
from autograd_lite.drawing.renderer import checked_backend
from autograd_lite.drawing.story import story_of
from autograd_lite.errors import ArgumentError, GradientError, UsageError
from autograd_lite.explanation.walkthrough import names_of
from autograd_lite.matrices import checked_decimals
from autograd_lite.messages import checked_language, message
from autograd_lite.snapshot import Snapshot, in_language, snapshot
from autograd_lite.spelling import spelled

if TYPE_CHECKING:
    from autograd_lite.tensors import Tensor

MOST_NODES = 600
RANKDIRS = ("LR", "TB", "RL", "BT")
_LONGEST_NAME, _MOST_RULES = 60, 20


@spelled
def draw(
    t: Tensor,
    *,
    values: Shown = "auto",
    grads: Shown = "auto",
    decimals: int = 4,
    rankdir: str | None = None,
    width: str | None = None,
    theme: str = "light",
    fold: Shown = "auto",
    max_nodes: int = MOST_NODES,
    names: Mapping[str, Any] | None = None,
    legend: bool = False,
    backward: bool = False,
    notation: str = "z-a",
    lang: str = "en",
    backend: str = "auto",
) -> Drawing:
    """Draw the graph that computed a tensor: its operations, and the value and gradient of everything named.

    Parameters
    ----------
    t : Tensor
        The result of a computation, of any shape. The gradients shown are those of `t`, when it is a scalar; `.grad`
        of every tensor stays as it is.
    values, grads : bool or 'auto'
        Write out values and gradients; arrays with more than six rows or columns as their range and norm. 'auto'
        writes those that there are, True a dash also where there is none.
    decimals : int
        Digits after the point of computed numbers; given ones are written as they were given.
    rankdir : {'LR', 'TB', 'RL', 'BT'}, optional
        The direction of the arrows. From left to right, a chain of layers is laid out in lines. Left out, it is from
        left to right, but from top to bottom for a graph that branches and would become a long strip.
    width : str, optional
        The width of the page, such as '17cm', '6.7in' or '480pt': the picture is arranged so that no text is smaller
        than 7 pt there, and warns where that cannot be done.
    theme : {'light', 'dark', 'print', 'auto'}
        For light and dark pages, or for black ink on white paper. 'auto' is light, and in an SVG dark for readers
        whose system is (CSS prefers-color-scheme).
    fold : bool or 'auto'
        Draw operations that repeat, and long chains of unnamed elementwise operations, as one: "tanh × 48". 'auto'
        does so for a graph of more than 300 nodes, or `max_nodes`, above which whole scopes are folded too.
    max_nodes : int
        More nodes than these, after folding, are not drawn.
    names : mapping of str to Tensor, optional
        Names for tensors that have none, for example ``locals()``: whatever is no Tensor, or begins with an
        underscore, is passed over.
    legend : bool
        Add a legend of colours.
    backward : bool
        Draw also how the gradients come back: beside each arrow a dashed one in the other direction, with the rule of
        the operation as `explain` tells it, ∂L/∂W² = δ² a¹ᵀ. Whatever a rule names has a card with its numbers, and
        where gradients add up (+=), each part stands at its arrow. Then `t` is a scalar.
    notation : {'z-a', 'u-o'}
        The letters of a network's own names: z, a, W and L, or u, o, θ and Err. Names of your own stay.
    lang : {'en', 'es'}
        The language of the words in the picture.
    backend : {'auto', 'system', 'embedded'}
        The Graphviz of the system, or the one of the package graphviz-pure; 'auto' prefers that of the system.

    Returns
    -------
    Drawing
        Shown by notebooks; ``.render("graph.svg")`` writes it to a file.

    Raises
    ------
    UsageError
        When `t` is no Tensor.
    ArgumentError
        For an unknown theme, direction, notation, language or backend, and for graphs that nobody could read.
    GradientError
        When the way back is asked for of a tensor that has none: no scalar, or nothing recorded.

    Warns
    -----
    UserWarning
        When the text would be smaller than 7 pt at `width`.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> x = ag.tensor(3.0, name="x", requires_grad=True)
    >>> ag.draw(x * x + 1)
    <Drawing: The operations that compute L>
    """
    look = Look(
        theme_named(theme),
        _shown("values", values),
        _shown("grads", grads),
        checked_decimals(decimals),
        lang=checked_language(lang),
        legend=bool(legend),
        backward=_checked_backward(backward),
    )
    fold, most = _shown("fold", fold), _checked_limit(max_nodes)
    return drawn(
        t,
        _names(names),
        look,
        notation=checked_notation(notation),
        rankdir=rankdir,
        width=width,
        fold=fold,
        most=most,
        backend=backend,
    )


def drawn(
    t: Tensor,
    names: Mapping[str, Any],
    look: Look,
    *,
    notation: str = "z-a",
    rankdir: str | None = None,
    width: str | None = None,
    fold: Shown = "auto",
    most: int = MOST_NODES,
    backend: str = "auto",
    format: str | None = None,
) -> Drawing:
    """Draw what computed a tensor, under names that win over the tensors' own."""
    _check_rankdir(rankdir)
    checked_backend(backend)
    points = None if width is None else page_width(width)
    graph = lettered(snapshot(t, names=names, parts=True), notation, names)
    if look.backward:
        _check_goes_back(t)
    graph = _limited(in_language(graph, look.lang), fold, most, look.lang)
    graph = replace(graph, note=_note(graph, t, look))
    look = replace(look, root=shortened(printable(names_of(graph)[graph.root]), _LONGEST_NAME), is_freed=graph.is_freed)
    title = message("draw.title", look.lang, name=look.root)
    operations = Operations(graph, look)
    if points is None:
        source = arrange(operations, title, rankdir)
    else:
        source, text = on_paper(operations, title, rankdir, points, backend)
        if text is not None and text < READABLE:
            warnings.warn(
                f"at {width} the smallest text of this picture is {text:.1f} pt, less than {READABLE:g} pt.\n"
                "Draw an intermediate result, or less of this: ag.draw(t, fold=True), or values=False, grads=False.",
                UserWarning,
                stacklevel=4,
            )
    story = story_of(graph, look, operations.nodes)
    return Drawing(
        source, title=title, description=_description(operations, graph), backend=backend, format=format, story=story
    )


def _limited(graph: Snapshot, fold: Shown, most: int, lang: str) -> Snapshot:
    """Return the graph, folded as far as is asked for, if it can be drawn then."""
    smaller = folded(graph, always=fold is True, most=most, lang=lang) if fold else graph
    if len(smaller.entries) > most:
        count, left = len(graph.entries), len(smaller.entries)
        after = f", and {left:,} after folding" if left < count else ""
        first = "" if fold else "Write fold=True, "
        group = "group operations `with ag.scope('part'):`, draw an intermediate result"
        raise ArgumentError(
            f"the graph has {count:,} nodes{after}; a picture of more than {most} cannot be read.",
            f'{first}{group if first else group.capitalize()}, or nn.draw(model, x, y, loss, view="layers").',
        )
    return smaller


def _note(graph: Snapshot, t: Tensor, look: Look) -> str | None:
    """Say why a picture shows less than was asked for."""
    if graph.is_freed:
        return message("draw.freed", look.lang)
    if not t.requires_grad:
        return message("draw.unrecorded", look.lang)
    return message("draw.not_scalar", look.lang) if look.grads and t.size != 1 else graph.note


def _description(operations: Operations, graph: Snapshot) -> str:
    """Say in words what the picture shows."""
    look = operations.look
    lang = look.lang
    computed = [entry for entry in graph.entries if entry.op is not None]
    names = operations.names
    named = [shortened(names[each.id], _LONGEST_NAME) for each in graph.entries if each.name and each.id != graph.root]
    root = next(entry for entry in graph.entries if entry.id == graph.root)
    result = look.root
    if root.value is not None and root.value.size == 1:
        result += f" = {number(root.value, decimals=look.decimals)}"
    count = len(computed)
    parts = [message("draw.single" if count == 1 else "draw.description", lang, count=count, result=result)]
    if named:
        listed = ", ".join(named[:20])
        if len(named) > 20:
            listed = message("draw.more", lang, names=listed, count=len(named) - 20)
        parts.append(message("draw.named", lang, names=listed))
    scopes = dict.fromkeys(shortened(entry.scope[0], _LONGEST_NAME) for entry in graph.entries if entry.scope)
    if scopes:
        parts.append(message("draw.parts", lang, names=", ".join(list(scopes)[:20])))
    if operations.backward and operations.backward.flows:
        rules = [flow.said for flow in reversed(operations.backward.flows.values())]
        more = ["…"] if len(rules) > _MOST_RULES else []
        parts.append(message("draw.backward", lang, rules="; ".join([*rules[:_MOST_RULES], *more])))
    return ". ".join([*parts, graph.note or ""]).strip(". ") + "."


def _names(names: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the names of tensors that have none of their own; of two for one tensor, the first."""
    if names is None:
        return {}
    if not isinstance(names, Mapping):
        raise UsageError(
            f"names must map names to tensors, got {type(names).__name__}.", "Write names={'W': W} or names=locals()."
        )
    given = [(name, each) for name, each in names.items() if not _is_private(name)]
    return {name: each for name, each in reversed(given) if getattr(each, "name", None) is None}


def _is_private(name: object) -> bool:
    """Tell whether a name is a variable's that begins with an underscore; "_encoder.weight" is a parameter's path."""
    return not isinstance(name, str) or (name.startswith("_") and name.isidentifier())


def _shown(option: str, given: Shown) -> Shown:
    if not isinstance(given, bool) and given != "auto":
        raise ArgumentError(f"{option} must be True, False or 'auto', got {given!r}.", "Leave it out for 'auto'.")
    return given


def _checked_backward(backward: bool) -> bool:
    if not isinstance(backward, bool):
        raise ArgumentError(f"backward must be True or False, got {backward!r}.", "Leave it out for False.")
    return backward


def _check_goes_back(t: Tensor) -> None:
    """Raise unless there is a gradient that comes back."""
    if not t.requires_grad:
        raise GradientError(
            "draw(backward=True): the result requires no gradient, so there is no way back to draw.",
            "Make an input with requires_grad=True, and compute outside of ag.no_grad().",
        )
    if t.size != 1:
        raise GradientError(
            f"draw(backward=True) needs a scalar, got shape {t.shape}.",
            "Reduce it first, ag.draw(t.sum(), backward=True), or leave backward out.",
        )


def _check_rankdir(rankdir: str | None) -> None:
    if rankdir is not None and rankdir not in RANKDIRS:
        raise ArgumentError(f"unknown rankdir {rankdir!r}.", f"Write one of {', '.join(map(repr, RANKDIRS))}.")


def _checked_limit(most: int) -> int:
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise ArgumentError(
            f"max_nodes must be a whole number from 1 on, got {most!r}.", f"Leave it out for {MOST_NODES}."
        )
    return most
