"""An SVG: every name is shown as it is and none is markup, it says what it shows, and its colours are the theme's."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as ag
import nn
from autograd_lite.drawing import adaptive
from tests.drawing.reading import SVG, texts

CALM = settings(max_examples=12, deadline=None)


HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><image href="x">',
        "]]>",
        "<!--",
        "&#60;b&#62;",
        '\\"]; evil [shape=box',
        "{|}",
        "a -> b",
    ]
)
TEXT = (
    st.text(max_size=40)
    | st.text(st.characters(max_codepoint=0x9F), max_size=20)
    | st.text("אבגد\u202e\u2066 a", max_size=9)
)
NAMES = st.builds("".join, st.lists(HOSTILE | TEXT, min_size=1, max_size=3))
ACTIVE = {"script", "image", "use", "foreignObject", "iframe", "animate", "set"}


def picture(name, scope, rankdir="LR"):
    """A picture that has a name in every place where there can be one."""
    a = ag.tensor([1.0, 2.0], requires_grad=True, name=name)
    with ag.scope(scope):
        b = a - 1.0
        b.name = name
    loss = (b * b).sum()
    loss.name = name
    return ag.draw(loss, rankdir=rankdir)


@CALM
@given(name=NAMES, scope=NAMES)
def test_no_name_becomes_markup(name, scope):
    for rankdir in ("LR", "TB"):
        tree = ET.fromstring(picture(name, scope or "s", rankdir).pipe("svg"))
        plain = ET.fromstring(picture("x" * min(len(name), 30), "s", rankdir).pipe("svg"))
        assert {each.tag for each in tree.iter()} <= {each.tag for each in plain.iter()}
        assert not any(each.tag.removeprefix(SVG) in ACTIVE for each in tree.iter())
        attributes = {key for each in tree.iter() for key in each.attrib}
        assert attributes <= {key for each in plain.iter() for key in each.attrib}
        nodes = [each.get("id") for each in tree.iter(f"{SVG}g") if (each.get("class") or "").startswith("node")]
        assert sorted(set(nodes)) == sorted(nodes)
        assert {node for node in nodes if not node.startswith("text")} == {
            each.get("id")
            for each in plain.iter(f"{SVG}g")
            if (each.get("class") or "").startswith("node") and not each.get("id").startswith("text")
        }


def test_ten_thousand_characters_are_cut_everywhere():
    name = "long" * 2_500
    drawing = picture(name, name)
    assert len(drawing.title) < 100 and len(drawing.description) < 500
    root = ET.fromstring(drawing.pipe("svg"))
    told = [value for each in root.iter() for value in (each.text or "", *each.attrib.values())]
    assert max(text.count("long") for text in told) <= 60


def test_no_character_turns_around_what_follows_it():
    drawing = picture("a\u202eb\u2066c", "s")
    assert not {"\u202e", "\u2066"} & set(drawing.source + drawing.pipe("svg").decode())
    assert "אבג" in texts(picture("אבג", "s"))


@pytest.mark.parametrize("name", ["<b>", 'say "no"', "\\", "\\N", 'a\\"', "&lt;", "{x|y}", "a:b", "-->", "é重"])
def test_a_name_is_shown_as_it_is(name):
    a = ag.tensor(1.0, requires_grad=True, name=name)
    with ag.scope(name):
        loss = a + 1
    shown = texts(ag.draw(loss))
    assert shown.count(name) == 2


def test_a_long_name_is_cut_and_lines_are_joined():
    shown = texts(ag.draw(ag.tensor(1.0, name="two\nlines " + "x" * 200)))
    name = next(text for text in shown if text.startswith("two lines"))
    assert name.endswith("…") and len(name) < 40


def test_an_svg_says_what_it_shows(loss):
    root = ET.fromstring(ag.draw(loss).pipe("svg"))
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "The operations that compute L"
    assert "L = 0.1070" in description.text and "layer 1: ReLU" in description.text


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_the_ground_is_opaque(loss, theme):
    page = {"light": "#ffffff", "dark": "#0f172a", "print": "#ffffff"}[theme]
    assert f'<polygon fill="{page}"' in ag.draw(loss, theme=theme).pipe("svg").decode()[:2500].lower()


def test_a_printed_picture_is_black_on_white(loss):
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", ag.draw(loss, theme="print").source)) == {"#000000", "#FFFFFF"}


def test_a_picture_can_adapt_to_the_reader(loss):
    drawing = ag.draw(loss, theme="auto")
    svg = drawing.pipe("svg").decode()
    (style,) = ET.fromstring(svg).iter(f"{SVG}style")
    assert style.text.startswith("@media (prefers-color-scheme: dark)")
    assert svg.replace(f"<style>{style.text}</style>\n", "").count("<style>") == 0
    assert "<style>" not in ag.draw(loss).pipe("svg").decode()


def test_every_colour_has_a_counterpart_in_the_dark(loss):
    model, x, y, criterion = nn.worked_example()
    other = nn.draw(model, x, y, criterion, view="layers", theme="auto")
    options = ({"legend": True}, {"rankdir": "TB"}, {"backward": True})
    for drawing in (*(ag.draw(loss, theme="auto", **each) for each in options), other):
        root = ET.fromstring(drawing.pipe("svg"))
        rules = next(root.iter(f"{SVG}style")).text
        for each in root.iter():
            for attribute in ("fill", "stroke"):
                colour = each.get(attribute, "none")
                if colour not in ("none", "transparent"):
                    assert f'{each.tag.removeprefix(SVG)}[{attribute}="{colour}"]{{{attribute}:#' in rules


def test_the_dark_counterpart_is_the_dark_theme(loss):
    """The rules turn the light picture into the dark one, colour by colour."""
    rules = dict(re.findall(r'(\w+\[\w+="#\w+"\])\{\w+:(#\w+)\}', adaptive.style_sheet()))
    light, dark = (ET.fromstring(ag.draw(loss, theme=theme).pipe("svg")) for theme in ("auto", "dark"))
    light_parts = [each for each in light.iter() if each.tag != f"{SVG}style"]
    for each, wanted in zip(light_parts, dark.iter(), strict=True):
        for attribute in ("fill", "stroke"):
            selector = f'{each.tag.removeprefix(SVG)}[{attribute}="{each.get(attribute)}"]'
            assert rules.get(selector, each.get(attribute, "")).lower() == wanted.get(attribute, "").lower()
