"""The gallery: in every picture, theme and renderer, nothing overlaps, is cut, faint, or told by its colour alone."""

import re
import unicodedata
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.drawing import axes, fonts, renderer, theme_named
from tests.drawing import gallery
from tests.drawing.svg_parts import parts_of
from tests.nn import view_checks

BACKENDS = ("embedded", "system")
READABLE = 4.5
# What the fonts of the embedded renderer lack, and a picture of pixels cannot borrow.
NOT_IN_PIXELS = set("⊙∘∇✓✗∥")
# The rounding of a renderer, in points.
SLACK = 1.0


@cache
def svg_of(draw, backend):
    """A picture as SVG, by one of the renderers."""
    picture = draw()
    return picture.svg if hasattr(picture, "svg") else renderer.render(picture.source, "svg", backend=backend)


def by_name(pictures):
    """The pictures, all themes of one together, with their names."""
    names = {}
    for picture in pictures:
        names.setdefault(picture.name, []).append(picture)
    return [pytest.param(themes, id=name) for name, themes in names.items()]


@pytest.fixture(params=BACKENDS)
def backend(request):
    """Each renderer that there is."""
    if request.param == "system" and ag.graphviz_info().renderer != "system":
        pytest.skip("there is no system dot")
    return request.param


def faults(picture, backend):
    """What is wrong with a picture, in words."""
    return faults_of(svg_of(picture.draw, backend), theme_named(picture.theme))


def faults_of(svg, theme):
    """What is wrong with an SVG in the colours of a theme."""
    parts = parts_of(svg)
    return [
        *overlapping(parts),
        *cut(parts),
        *unwritten(parts),
        *faint(parts),
        *told_by_colour(parts, theme),
        *covered(parts),
    ]


def overlapping(parts):
    """Texts that cover each other."""
    texts = [view_checks.Text(each.words, *each.box, each.size, each.fill, each.slanted) for each in parts.texts]
    return [f"overlap: {one!r} and {other!r}" for one, other in view_checks.overlaps(texts)]


def cut(parts):
    """Texts that leave the picture, or the card that they stand in."""
    nodes = parts.nodes()
    for text in parts.texts:
        around = {"page": parts.page} | ({text.group: nodes[text.group]} if text.group in nodes else {})
        for name, box in around.items():
            is_inside = (
                box[0] - SLACK <= text.box[0]
                and box[1] - SLACK <= text.box[1]
                and text.box[2] <= box[2] + SLACK
                and text.box[3] <= box[3] + SLACK
            )
            if not is_inside:
                yield f"cut: {text.words!r} by {name}"


def unwritten(parts):
    """Letters without a glyph."""
    for text in parts.texts:
        in_pixels = set(text.words.translate(renderer._LOOKALIKES)) & NOT_IN_PIXELS
        unknown = [each for each in text.words if not is_known(each)]
        yield from (f"no glyph for {each!r} in {text.words!r}" for each in [*unknown, *in_pixels])


def is_known(character):
    """Whether the metrics have a width for a letter, or for the one that an accent stands on."""
    base = unicodedata.normalize("NFD", character)[0]
    return " " <= base <= "~" or character in fonts._WIDTHS


def faint(parts):
    """Texts that their ground nearly swallows."""
    for text in parts.texts:
        ratio = contrast(text.fill, parts.ground(text))
        if ratio < READABLE:
            yield f"faint: {text.words!r}, {text.fill} on {parts.ground(text)}, {ratio:.1f}"


def contrast(one, other):
    """The contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    """How bright a colour is, from 0 to 1."""
    named = {"black": "#000000", "white": "#ffffff"}.get(colour, colour)
    channels = [int(named[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def told_by_colour(parts, theme):
    """Gradients that would look like forward values in grey: upright numbers, thin full lines."""
    if theme.gradient == theme.ink:
        return
    forward = [line.width for line in parts.lines if line.stroke == theme.edge.lower()]
    gradient, ink = theme.gradient.lower(), theme.ink.lower()
    for text in parts.texts:
        is_number = text.fill.lower() in (gradient, ink) and re.search(r"\d\.\d", text.words)
        if is_number and text.slanted != (text.fill.lower() == gradient):
            yield f"only colour tells what {text.words!r} is"
    for line in parts.lines:
        if line.stroke == theme.gradient.lower() and not line.dashes and line.width <= max(forward, default=1.0):
            yield f"only colour tells what the arrow {line.ends} is"
        if line.stroke == theme.negative.lower() and not line.dashes:
            yield f"only colour tells that {line.ends} is negative"


def covered(parts):
    """Cards that the arrows of others run through."""
    nodes = parts.nodes()
    for line in parts.lines:
        for key, (left, top, right, bottom) in nodes.items():
            if key in line.ends:
                continue
            inside = [
                (x, y) for x, y in line.points if left + SLACK < x < right - SLACK and top + SLACK < y < bottom - SLACK
            ]
            if inside:
                yield f"the arrow {line.ends} runs through {key}"


def in_grey(picture, backend):
    """What is left of a picture without its colours: texts, where they stand and how, and lines."""
    parts = parts_of(svg_of(picture.draw, backend))
    texts = [(text.words, text.slanted, text.bold, tuple(round(each) for each in text.box)) for text in parts.texts]
    return texts, [(line.ends, line.dashes, line.width) for line in parts.lines]


SPOILED = {
    "overlap: 'a¹' and 'b¹'": '<text x="6" y="30" font-size="10" fill="#0f172a" font-family="Times">b¹</text>',
    "cut: 'much too long' by page": (
        '<text x="70" y="70" font-size="10" fill="#0f172a" font-family="Times">much too long</text>'
    ),
    "cut: '0.5000' by x": (
        '<g class="node"><title>x</title><polygon fill="none" stroke="black" points="5,60 25,60 25,80 5,80"/>'
        '<text x="6" y="72" font-size="9" fill="#0f172a" font-family="Courier">0.5000</text></g>'
    ),
    "no glyph for '漢' in '漢'": '<text x="6" y="70" font-size="10" fill="#0f172a" font-family="Times">漢</text>',
    "faint: 'pale', #cbd5e1 on #ffffff, 1.5": (
        '<text x="6" y="70" font-size="10" fill="#cbd5e1" font-family="Times">pale</text>'
    ),
    "only colour tells what '−0.1' is": (
        '<text x="6" y="70" font-size="9" fill="#c2410c" font-family="Courier">−0.1</text>'
    ),
    "only colour tells what the arrow ('b', 'a') is": (
        '<g class="edge"><title>b-&gt;a</title><path fill="none" stroke="#c2410c" d="M5,60 C10,60 20,60 30,60"/></g>'
    ),
    "the arrow ('b', 'c') runs through a": (
        '<g class="edge"><title>b-&gt;c</title><path fill="none" stroke="#475569" d="M0,30 C10,30 80,30 90,30"/></g>'
    ),
}
SOUND = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
<g class="graph" transform="scale(1 1) rotate(0) translate(0 0)">
<polygon fill="#ffffff" points="0,0 100,0 100,100 0,100"/>
<g class="node"><title>a</title><polygon fill="#f1f5f9" stroke="black" points="5,20 40,20 40,40 5,40"/>
<text x="8" y="33" font-size="10" fill="#0f172a" font-family="Times">a¹</text></g>{more}</g></svg>"""


@pytest.mark.parametrize("fault", SPOILED)
def test_a_fault_is_found_and_nothing_else(fault):
    light = theme_named("light")
    assert faults_of(SOUND.format(more=""), light) == []
    assert faults_of(SOUND.format(more=SPOILED[fault]), light) == [fault]


def test_contrast_is_that_of_the_guidelines():
    # 21 is black on white by definition; #767676 is the lightest grey that reaches 4.5 on white.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("themes", by_name(gallery.every(("worked",))))
def test_every_view_of_the_worked_example_can_be_read(themes, backend):
    for picture in themes:
        assert not list(faults(picture, backend)), picture.theme


@pytest.mark.parametrize("themes", by_name(gallery.every(("worked",))))
def test_a_picture_in_print_tells_all_that_it_tells_in_colour(themes, backend):
    light, _, printed = (in_grey(picture, backend) for picture in themes)
    legend = {"input", "intermediate", "result", "parameter", "operation", "Legend"}
    for one, other in zip(light, printed, strict=True):
        missing = [each for each in one if each not in other and each[0] not in legend]
        assert not missing


@pytest.mark.slow
@pytest.mark.parametrize("themes", by_name(gallery.every(tuple(gallery.networks())[1:])))
def test_every_view_of_every_network_can_be_read(themes, backend):
    for picture in themes:
        assert not list(faults(picture, backend)), picture.theme


@pytest.mark.slow
@pytest.mark.parametrize("themes", by_name(gallery.shown()))
def test_every_picture_of_the_notebooks_can_be_read(themes, backend):
    for picture in themes:
        assert not list(faults(picture, backend)), picture.theme


def test_the_notebooks_show_every_view_in_every_theme():
    source = "".join(path.read_text(encoding="utf-8") for path in gallery.NOTEBOOKS)
    titles = re.findall(r"<title id=[^>]*>([^<]*)<", source)
    assert len(titles) >= 30
    code = [cell for path in gallery.NOTEBOOKS for cell in gallery._code(path)]
    kinds = {
        "layers": lambda cell: re.search(r'nn\.draw\(\*networks\["\w+"\](, theme="\w+")?\)', cell),
        "delta": lambda cell: 'view="delta"' in cell,
        "neurons": lambda cell: 'view="neurons"' in cell,
        "ops": lambda cell: 'view="ops"' in cell,
        "graph": lambda cell: "ag.draw(" in cell and "backward=" not in cell and "fold=" not in cell,
        "backward": lambda cell: "backward=True" in cell,
        "folded": lambda cell: "fold=True" in cell,
        "report": lambda cell: "report.draw(" in cell,
        "diagnosis": lambda cell: "nn.diagnose(" in cell,
        "history": lambda cell: "history.draw(" in cell,
    }
    for kind, is_one in kinds.items():
        themes = {each[1] if (each := re.search(r'theme="(\w+)"', cell)) else "light" for cell in code if is_one(cell)}
        assert themes == set(gallery.THEMES), kind
    for option in ('width="17cm"', 'lang="es"', 'notation="u-o"'):
        assert any(option in cell for cell in code)


def lines_of(drawing):
    return {line.ends: line for line in parts_of(drawing.pipe("svg")).lines}


def test_the_arrow_to_a_wrong_step_is_dashed_and_thicker_than_the_others():
    model, x, y, loss = nn.worked_example()
    wrong = lines_of(nn.verify(model, x, y, loss, hand=lambda a2, y: {"delta2": a2 - y}).draw(theme="print"))
    right = lines_of(nn.draw(model, x, y, loss, view="delta", theme="print"))
    changed = [
        ends for ends in right if (wrong[ends].dashes, wrong[ends].width) != (right[ends].dashes, right[ends].width)
    ]
    assert changed == [("L", "delta2")]
    assert wrong["L", "delta2"].dashes and wrong["L", "delta2"].width > right["L", "delta2"].width


def test_a_parameter_without_a_name_has_the_one_that_its_rule_gives_it():
    rng = np.random.default_rng(0)
    layer, x = nn.Conv2d(1, 2, 3, rng=0), rng.normal(size=(1, 1, 4, 4))
    shown = {text.words for text in parts_of(ag.draw(layer(x).sum(), backward=True).pipe("svg")).texts}
    rules = {each.split(" = ")[0] for each in shown if " = " in each}
    assert {"∂L/∂p1", "∂L/∂p2"} <= rules and {"p1", "p2", "∂L/∂p1", "∂L/∂p2"} <= shown


def test_a_long_rule_goes_on_in_further_lines_and_is_not_cut():
    x = ag.tensor(np.eye(4), requires_grad=True, name="x")
    shown = [text.words for text in parts_of(ag.draw(nn.LayerNorm(4)(x).sum(), backward=True).pipe("svg")).texts]
    assert any(each.startswith("h = ") for each in shown) and any(each.startswith("s = ") for each in shown)
    assert not [each for each in shown if each.endswith("…")]


def test_with_the_way_back_panels_stand_below_each_other():
    model = nn.MLP([3] * 8, "tanh", rng=0)
    svg = ag.draw(nn.HalfSSELoss()(model(np.ones((2, 3))), np.ones((2, 3))), backward=True, rankdir="TB").pipe("svg")
    boxes = [shape.box for shape in parts_of(svg).shapes if not shape.group and shape.fill == "#f8fafc"]
    assert len(boxes) == 8
    for one, other in pairwise(sorted(boxes, key=lambda box: box[1])):
        assert one[3] <= other[1]


def test_the_bars_of_norms_always_have_a_scale():
    # Over less than two decades too there are two powers of ten beside the bars.
    for values in ([0.13, 4.0], [0.5, 0.6], [2.0, 150.0], [1e-30, 1.0]):
        assert len(axes.log_axis(values).ticks) >= 2
