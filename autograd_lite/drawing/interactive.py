"""A picture as one HTML page that needs no network: moved and enlarged, asked for details, and played step by step."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources

from autograd_lite.drawing.adaptive import MARK
from autograd_lite.drawing.palette import AUTO, DARK, LIGHT, THEMES, Theme
from autograd_lite.drawing.story import Story
from autograd_lite.messages import message

_FILES = resources.files("autograd_lite.drawing") / "viewer"
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_PAGE_COLOUR = re.compile(r'bgcolor="?(#[0-9A-Fa-f]{6})')
# In the order in which they use one another; together they are one function.
_SCRIPTS = ("picture", "details", "view", "story", "controls")
_WORDS = (
    "steps", "first", "back", "play", "next", "last", "position", "whole",
    "zoom", "zoom_in", "zoom_out", "fit", "noscript", "details", "picture",
)  # fmt: skip


def page(svg: str, source: str, title: str, story: Story | None = None) -> str:
    """Return a picture as an HTML page.

    Parameters
    ----------
    svg : str
        The picture.
    source : str
        Its DOT, which tells the theme.
    title : str
    story : Story, optional
        What there is to tell; without it, the picture can be moved and enlarged.
    """
    story = story or Story({})
    theme, hint = _theme(source), _hint(story)
    drawn = _COMMENT.sub("", svg[svg.index("<svg") :]).replace('role="img"', 'role="group"', 1)
    style, script = f"{_colours(theme)}\n{_asset('viewer.css')}", _script()
    places = {name: escape(message(f"page.{name}", story.lang)) for name in _WORDS}
    places |= {
        "lang": story.lang,
        "policy": _policy([style, *_STYLE.findall(drawn)], script),
        "scheme": {AUTO.name: "light dark", DARK.name: "dark"}.get(theme.name, "light"),
        "title": escape(title),
        "style": style,
        "kind": "story" if story.moments else "nodes" if story.nodes else "still",
        "hint": escape(hint),
        "svg": drawn,
        "data": _data(story, theme, hint),
        "script": script,
    }
    return _filled(_asset("viewer.html"), places)


def _hint(story: Story) -> str:
    key = "page.hint" if story.moments else "page.hint_nodes" if story.nodes else "page.hint_still"
    return message(key, story.lang)


@cache
def _script() -> str:
    parts = "\n".join(_asset(f"{name}.js") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


@cache
def _asset(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")


def _filled(template: str, places: Mapping[str, str]) -> str:
    """Fill in all places at once: what is filled in may look like a place."""
    return _PLACE.sub(lambda place: places[place[1]], template)


def _theme(source: str) -> Theme:
    """Return the theme that a picture was drawn in, by the colour of its page."""
    if re.search(rf'class="?{MARK}\b', source):
        return AUTO
    found = _PAGE_COLOUR.search(source)
    return next((theme for theme in THEMES.values() if found and theme.page == found[1]), LIGHT)


def _colours(theme: Theme) -> str:
    """Return the page's colours as variables of CSS; of the theme "auto" in both kinds."""
    rules = f":root{{{_variables(theme)}}}"
    return f"{rules}@media (prefers-color-scheme: dark){{:root{{{_variables(DARK)}}}}}" if theme is AUTO else rules


def _variables(theme: Theme) -> str:
    colours = {
        "page": theme.page, "ink": theme.ink, "muted": theme.muted, "panel": theme.panel_fill,
        "border": theme.panel_border, "gradient": theme.gradient, "accent": theme.series[0],
    }  # fmt: skip
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def _policy(styles: list[str], script: str) -> str:
    """Return the page's Content-Security-Policy: nothing from elsewhere, and no style or script but its own."""
    allowed = " ".join(map(_hashed, styles))
    return f"default-src 'none'; style-src {allowed}; script-src {_hashed(script)}; base-uri 'none'; form-action 'none'"


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _data(story: Story, theme: Theme, hint: str) -> str:
    """Return what the script works with, as JSON that can stand between tags."""
    said = ("forward", "backward", "play", "pause", "whole")
    # In black and white, colour does not tell the gradients' parts of a card.
    colours = [theme.gradient.lower(), theme.gradient_fill.lower()] if theme.gradient != theme.ink else None
    told = {
        **asdict(story),
        "words": {name: message(f"page.{name}", story.lang) for name in said} | {"hint": hint},
        "gradient": colours,
    }
    # In ASCII there are no line separators, which scripts may not hold, and no half characters, which files may not.
    text = json.dumps(told, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
