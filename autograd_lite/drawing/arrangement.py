"""Puts the operations of a graph on a page: a chain in lines, any other graph by Graphviz's own layout `dot`."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

import graphviz

from autograd_lite.drawing.blocks import above, padded
from autograd_lite.drawing.cards import tooltip_text
from autograd_lite.drawing.chain import PANEL_PADDING, WIDEST, lay_out
from autograd_lite.drawing.flow import Flow
from autograd_lite.drawing.fonts import text_width
from autograd_lite.drawing.legend import legend
from autograd_lite.drawing.operations import Operations, card_key, operation_key, scope_title
from autograd_lite.drawing.sheet import TITLE_SIZE, Sheet, Way, digraph, panel_style
from autograd_lite.drawing.steps import Step
from autograd_lite.snapshot import Entry, shared_scope

_NODE_GAP, _RANK_GAP = 14.4, 21.6
_LONGEST_STRIP = 3.0
_AROUND = 3
_MOST_BESIDE = 2
# By the number of columns that all arrows pass: how often dot may try to shorten them and to avoid crossings.
_EFFORTS: tuple[tuple[int, dict[str, str]], ...] = (
    (1_500, {}),
    (6_000, {"nslimit": "1", "nslimit1": "1", "mclimit": "0.2"}),
)
_LEAST_EFFORT = {"nslimit": "0.1", "nslimit1": "0.1", "mclimit": "0.02", "splines": "line"}


def arrange(
    operations: Operations,
    title: str,
    rankdir: str | None = None,
    *,
    widest: float = WIDEST,
    attributes: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the operations view as DOT.

    Parameters
    ----------
    operations : Operations
    title : str
    rankdir : {'LR', 'TB', 'RL', 'BT'}, optional
        The direction of the arrows. Only from left to right are chains laid out in lines. Left out, it is that, or from
        top to bottom where a graph that branches would become a long strip.
    widest : float
        Points that the lines of a chain are long at most, where their items allow it.
    attributes : mapping of str to str
        More attributes of the graph.
    """
    steps = operations.chain() if rankdir in ("LR", None) else None
    if steps:
        return _in_lines(operations, steps, title, widest, attributes)
    return _by_dot(operations, title, rankdir or ("TB" if _is_strip(operations) else "LR"), attributes)


def _in_lines(
    operations: Operations, steps: list[Step], title: str, widest: float, attributes: Mapping[str, str]
) -> str:
    lines = legend(operations)
    titles = [text_width(step.section, TITLE_SIZE, italic=True) + 40 for step in steps]
    room = widest if widest == WIDEST else widest - 2 * PANEL_PADDING
    back = {(link.tail, link.head): _way_back(operations, link.flow) for link in operations.arrows() if link.flow}
    layout = lay_out(
        steps,
        widest=room,
        narrowest=max([0.0, *titles, *(line.width for line in lines)]),
        back={ends: (way.width, way.height) for ends, way in back.items()},
    )
    sheet = Sheet(title, operations.look.theme)
    sheet.place(layout, operations.nodes, back)
    top = layout.height + 8
    for line in lines:
        sheet.text(line, 2, top)
        top += line.height
    return sheet.source(**attributes)


def _by_dot(operations: Operations, title: str, rankdir: str, attributes: Mapping[str, str]) -> str:
    theme, lines = operations.look.theme, legend(operations)
    graph = digraph(
        title,
        theme,
        layout="dot",
        rankdir=rankdir,
        newrank="true",
        nodesep=f"{_NODE_GAP / 72:g}",
        ranksep=f"{_RANK_GAP / 72:g}",
        label=f"<{above(lines).markup}>" if lines else "",
        labelloc="b",
        labeljust="l",
        **_effort(operations),
        **attributes,
    )
    tree = _Cluster()
    for entry in operations.entries.values():
        tree.within(_home(operations, entry)).keys += operations.keys(entry)
    # From bottom to top, dot turns the title's place over as well; up and down, arrows enter a panel at its right.
    corner = {"labelloc": "b" if rankdir == "BT" else "t", "labeljust": "l" if rankdir in ("TB", "BT") else "r"}
    tree.write(graph, operations, {**corner, "margin": "9"})
    spine = {arrow for entry in operations.spine() for arrow in _arrows_along(operations, entry)}
    for tail, head, place, flow in operations.arrows():
        # An arrow stays straight, and the way back goes around the room for its label.
        weight = {"weight": "30"} if (tail, head) in spine else {"weight": "4"} if flow else {}
        # A label, unlike a headlabel, is given room beside the arrow.
        graph.edge(tail, head, **weight, **({"label": f"\N{NO-BREAK SPACE}{place}\N{NO-BREAK SPACE}"} if place else {}))
        if flow:
            graph.edge(tail, head, **_way_back(operations, flow).attributes)
    for before, leaf in _panels_below(operations) if operations.backward else ():
        graph.edge(before, leaf, style="invis", weight="0")
    for operation, leaves in _beside(operations).items():
        with graph.subgraph(graph_attr={"rank": "same"}) as rank:
            for key in (operation, *leaves):
                rank.node(key)
    return str(graph.source)


def _beside(operations: Operations) -> dict[str, list[str]]:
    """Return the leaves that stand in a rank with their operation, by its key.

    The arrows of more leaves would run above one another, and between nodes of one rank there is no room for a label.
    """
    leaves = {
        operation_key(entry): [
            card_key(leaf) for leaf in operations.operands(entry) if _stands_beside(operations, leaf)
        ]
        for entry in operations.entries.values()
    }
    return {key: each for key, each in leaves.items() if 0 < len(each) <= _MOST_BESIDE and not operations.backward}


def _panels_below(operations: Operations) -> Iterator[tuple[str, str]]:
    """Yield what leads into a panel, and the leaves in there: else they would stand beside it, and their panel too."""
    entries = operations.entries.values()
    users = {leaf.id: [each for each in entries if leaf.id in each.inputs] for leaf in entries if leaf.op is None}
    for entry in entries:
        for operand in operations.operands(entry):
            if operand.op is None or operand.scope == entry.scope or not entry.scope:
                continue
            for leaf, using in users.items():
                inside = all(each.scope == entry.scope and each.id > operand.id for each in using)
                if inside and operations.has_card(operations.entries[leaf]):
                    yield operations.keys(operand)[-1], card_key(operations.entries[leaf])


def _way_back(operations: Operations, flow: Flow) -> Way:
    """Return the dashed arrow against an arrow's direction, on which a gradient comes back, with its rule."""
    look = operations.look
    label = flow.label(look)
    style = {
        "dir": "back",
        "style": "dashed",
        "color": look.theme.gradient,
        "class": "gradient",
        "tooltip": tooltip_text(flow.said),
    }
    if label is None:
        return Way(style)
    markup = (
        '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
        f"<TR>{padded(label, left=_AROUND, right=_AROUND, top=1, bottom=2).cell()}</TR></TABLE>"
    )
    return Way({**style, "label": f"<{markup}>", "labeltooltip": style["tooltip"]}, label.width, label.height)


def _ranks(operations: Operations) -> dict[str, int]:
    """Estimate, before any layout, in which column each node will stand."""
    ranks: dict[str, int] = {}
    for entry in operations.entries.values():
        behind = [ranks[operations.keys(operand)[-1]] for operand in operations.operands(entry)]
        for key in operations.keys(entry):
            ranks[key] = 1 + max(behind, default=0)
            behind = [ranks[key]]
    for entry in operations.entries.values():
        for leaf in operations.operands(entry):
            if _stands_beside(operations, leaf):
                ranks[card_key(leaf)] = ranks[operation_key(entry)]
    return ranks


def _effort(operations: Operations) -> Mapping[str, str]:
    """Return how much trouble dot may take: where many arrows pass many columns, it would take minutes."""
    ranks = _ranks(operations)
    passed = sum((4 if link.flow else 1) * (ranks[link.head] - ranks[link.tail]) for link in operations.arrows())
    return next((attributes for most, attributes in _EFFORTS if passed <= most), _LEAST_EFFORT)


def _is_strip(operations: Operations) -> bool:
    """Estimate, before any layout, whether a graph drawn from left to right is wider than a page and a long strip."""
    ranks = _ranks(operations)
    widths: dict[int, float] = {}
    heights: dict[int, float] = {}
    for key, rank in ranks.items():
        node = operations.nodes[key]
        widths[rank] = max(widths.get(rank, 0.0), node.width)
        heights[rank] = heights.get(rank, -_NODE_GAP) + node.height + _NODE_GAP
    width = sum(widths.values()) + _RANK_GAP * (len(widths) - 1)
    return width > max(WIDEST, _LONGEST_STRIP * max(heights.values()))


class _Cluster:
    """The nodes of one scope, and the scopes inside it."""

    def __init__(self, scope: tuple[str, ...] = ()) -> None:
        self.scope = scope
        self.keys: list[str] = []
        self.inner: dict[str, _Cluster] = {}

    def within(self, scope: tuple[str, ...]) -> "_Cluster":
        """The cluster of a scope inside this one."""
        cluster = self
        for name in scope:
            cluster = cluster.inner.setdefault(name, _Cluster((*cluster.scope, name)))
        return cluster

    def write(
        self, graph: graphviz.Digraph, operations: Operations, title: dict[str, str], path: str = "cluster"
    ) -> None:
        """Write the nodes, then each inner scope as a panel."""
        for key in self.keys:
            graph.node(key, id=key, **operations.nodes[key].attributes)
        for number, cluster in enumerate(self.inner.values(), 1):
            style = panel_style(operations.look.theme, scope_title(cluster.scope[-1:])) | title
            with graph.subgraph(name=f"{path}_{number}", graph_attr=style) as inside:
                cluster.write(inside, operations, title, f"{path}_{number}")


def _home(operations: Operations, entry: Entry) -> tuple[str, ...]:
    """The scope that an entry is drawn in; a leaf stands with whoever uses it."""
    if entry.op is not None:
        return entry.scope
    return shared_scope([user.scope for user in operations.entries.values() if entry.id in user.inputs])


def _stands_beside(operations: Operations, entry: Entry) -> bool:
    """Tell whether a leaf belongs to one operation so closely that it shares its rank."""
    return entry.op is None and entry.kind in ("parameter", "constant") and operations.uses[entry.id] == 1


def _arrows_along(operations: Operations, entry: Entry) -> list[tuple[str, str]]:
    keys = operations.keys(entry)
    inward = [(operations.keys(operand)[-1], keys[0]) for operand in operations.operands(entry) if operand.op]
    return [*inward, *pairwise(keys)]
