"""Reading an interactive page: its tags, and the data that its script works with."""

import json
import re
from html.parser import HTMLParser

import autograd_lite as ag

VOID = {"meta", "input", "br", "img", "link"}
EVIL = "</script><img src=x onerror=alert(1)><!--<b>&amp;{{script}}"


class Reader(HTMLParser):
    """Reads a page: its tags in order, whether each is closed, and the content of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.contents, self.ids = [], [], {}, []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style", "title"):
            self.contents.setdefault(self.open[-1], []).append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(drawing):
    return drawing.pipe("html").decode()


def data_of(drawing):
    """What the script of the page works with."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page_of(drawing))[1])


def written(parts):
    """A line as text, its matrices row by row."""
    return "".join(
        part["text"] or str([[float(n.replace("−", "-")) for n in row] for row in part["rows"]]) for part in parts
    )


def node_with(data, title):
    return next(node for node in data["nodes"].values() if node["title"] == title)


def rows_of(node, name):
    shown = next(each for each in node["numbers"] if each["name"] == name)
    return [[float(n.replace("−", "-")) for n in row] for part in shown["slices"] for row in part["rows"]]


def hostile():
    """A graph whose every name is markup."""
    w = ag.tensor([1.0, 2.0], requires_grad=True, name=EVIL)
    v = ag.tensor(2.0, requires_grad=True, name="a\u202eb\u2028\ud800]]>{{data}}")
    with ag.scope("<b>part{{svg}}</b>"):
        result = (w * v).sum()
    result.name = "L<i>"
    return ag.draw(result)
