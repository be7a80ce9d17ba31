"""Pictures of the worked example as text that can be reviewed: a line a card with its place and words, a line an arrow.

`python -m tests.nn.golden` writes them anew; read what changed before it is committed.
"""

import re
from html import unescape
from pathlib import Path

import nn

FOLDER = Path(__file__).parent
VIEWS = ("delta", "neurons", "layers")

_NODE = re.compile(r"^\t(?!graph |node |edge )(?P<key>\w+) \[(?P<attributes>.*)\]$")
_ARROW = re.compile(r"^\t(?P<tail>\w+) -> (?P<head>\w+) \[(?P<attributes>.*)\]$")
_WORDS = re.compile(r"<FONT[^>]*>(.*?)<BR")


def golden(view):
    """The file of a view."""
    return FOLDER / f"{view}.txt"


def drawn(view):
    """The picture that a file describes."""
    return nn.draw(*nn.worked_example(), view=view)


def told(drawing):
    """A picture's title and description, its cards from top to bottom, and its arrows."""
    cards, arrows = [], []
    for line in drawing.source.splitlines():
        if arrow := _ARROW.match(line):
            style = [_attribute(arrow["attributes"], name) for name in ("color", "style", "penwidth")]
            arrows.append(" ".join([arrow["tail"], "->", arrow["head"], *filter(None, style)]))
        elif node := _NODE.match(line):
            x, y = (round(float(each)) for each in _attribute(node["attributes"], "pos").split(","))
            words = " | ".join(_plain(each) for each in _WORDS.findall(node["attributes"]))
            kind = _attribute(node["attributes"], "class")
            cards.append((-y, x, f"{x:4},{-y:4}  {node['key']} ({kind})  {words}".rstrip()))
    description = re.sub(r"(?<=[.;]) ", "\n", drawing.description)
    lines = [drawing.title, description, "", *(line for _, _, line in sorted(cards)), "", *arrows]
    return "\n".join(lines) + "\n"


def _attribute(attributes, name):
    found = re.search(rf'(?:^| ){name}=(?:"([^"]*)"|(\S+))', re.sub(r"label=<.*>(?= |$)", "", attributes))
    return "" if found is None else found[1] or found[2]


def _plain(text):
    return re.sub(" +", " ", unescape(text).replace("\N{NO-BREAK SPACE}", " "))
