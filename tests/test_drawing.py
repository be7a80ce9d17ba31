"""Pictures of graphs: what they say, that files are written whole, and what is answered when they cannot be drawn."""

import re
import struct
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as ag
import nn
from autograd_lite.drawing import axes, chain, numbers, renderer
from autograd_lite.drawing.fonts import text_width
from autograd_lite.errors import ArgumentError, RenderError, UsageError

SVG = "{http://www.w3.org/2000/svg}"
CALM = settings(max_examples=12, deadline=None)


@pytest.fixture
def loss():
    """The loss of the worked example, L = 0.1070."""
    model, x, y, criterion = nn.worked_example()
    return criterion(model(x), y)


@pytest.fixture
def no_graphviz(monkeypatch):
    """A machine on which there is neither a dot nor graphviz-pure."""
    monkeypatch.setattr(renderer, "_found", lambda: iter(()))


def texts(drawing):
    """Every text of a picture, as a reader sees it."""
    tree = ET.fromstring(drawing.pipe("svg"))
    return [element.text.replace("\N{NO-BREAK SPACE}", " ") for element in tree.iter(f"{SVG}text")]


def texts_in(group):
    """The texts of one part of a picture."""
    return [element.text for element in group.iter(f"{SVG}text")]


def size_of(png):
    """Width and height of a PNG in pixels."""
    return struct.unpack(">II", png[16:24])


def test_the_worked_example_shows_every_number_of_the_notes(loss):
    shown = " ".join(texts(ag.draw(loss)))
    for number in ("0.8000", "−0.8000", "0.1500", "0.5374", "0.1070", "−0.1150", "−0.0920", "−0.0690", "0.0115"):
        assert number in shown
    for name in ("W¹", "δ¹", "δ²", "∂L/∂W¹", "∂L/∂b²", "layer 1: ReLU", "layer 2: sigmoid", "ReLU", "σ"):
        assert name in shown


def test_given_numbers_stay_as_given_and_computed_ones_have_the_decimals_asked_for(loss):
    shown = texts(ag.draw(loss, decimals=2))
    assert "0.05" in shown and " 0.1   0.3" in shown
    assert "0.15" in shown and "0.54" in shown


def test_no_picture_writes_a_negative_zero():
    x = ag.tensor([-0.0, -1e-9, 2.0], requires_grad=True, name="x")
    a = ag.relu(x)
    a.name = "a"
    shown = " ".join(texts(ag.draw(-(a * 0.0).sum())))
    assert not re.search(r"−0(\.0*)?(?![.\d])", shown)


def test_values_and_gradients_can_be_left_out(loss):
    bare = texts(ag.draw(loss, values=False, grads=False))
    assert "W¹" in bare and not [text for text in bare if re.search(r"\d\.\d|∂", text)]
    assert not [text for text in texts(ag.draw(loss, grads=False)) if "∂" in text or "δ" in text]


def test_a_large_array_is_told_by_shape_range_and_norm():
    x = ag.tensor(np.arange(64.0).reshape(8, 8) - 10, requires_grad=True, name="x")
    shown = texts(ag.draw((x * x).sum()))
    assert "8×8" in shown
    assert next(text.split() for text in shown if text.startswith("min")) == ["min", "−10.0000"]
    assert float(next(text for text in shown if text.startswith("‖·‖")).split()[1]) == round(
        float(np.linalg.norm(np.arange(64.0) - 10)), 4
    )


def test_names_can_be_given_for_the_picture_alone():
    a = ag.tensor(2.0, requires_grad=True)
    assert "slope" in texts(ag.draw(a * 3.0, names={"slope": a}))
    assert a.name is None


def test_drawing_leaves_gradients_and_names_as_they_were(loss):
    model, x, y, criterion = nn.worked_example()
    first = criterion(model(x), y)
    first.backward(retain_graph=True)
    before = [parameter.grad.numpy().copy() for parameter in model.parameters()]
    ag.draw(first)
    for parameter, grad in zip(model.parameters(), before, strict=True):
        assert np.array_equal(parameter.grad.numpy(), grad)


def test_a_freed_graph_is_drawn_with_a_note(loss):
    loss.backward()
    assert any("values freed" in text for text in texts(ag.draw(loss)))


def test_the_same_graph_gives_the_same_source(loss):
    assert ag.draw(loss).source == ag.draw(loss).source


def test_a_chain_of_layers_stands_in_lines_and_other_graphs_are_left_to_dot(loss):
    assert "layout=nop2" in ag.draw(loss).source
    assert "layout=dot" in ag.draw(loss, rankdir="TB").source
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    residual = ag.draw((x + np.tanh(x)).sum())
    assert "layout=dot" in residual.source
    assert residual.source.count("tensor0 -> ") == 2


def test_a_branching_graph_wider_than_a_page_runs_from_top_to_bottom_unless_told_otherwise():
    t = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    short = (t + np.tanh(t)).sum()
    for _ in range(10):
        t = t + np.tanh(t)
    assert "rankdir=LR" in ag.draw(short).source
    assert "rankdir=TB" in ag.draw(t.sum()).source
    assert "rankdir=LR" in ag.draw(t.sum(), rankdir="LR").source
    width, height = size_of(ag.draw(t.sum()).pipe("png", dpi=72))
    assert width < 540 and width < height


def test_the_title_of_a_panel_stands_where_no_arrow_enters(loss):
    assert "labeljust=l" in ag.draw(loss, rankdir="TB").source.partition("subgraph")[2]
    assert "labeljust=r" in ag.draw(loss, rankdir="RL").source.partition("subgraph")[2]


def test_the_legend_has_no_numbers_of_its_own():
    x = ag.tensor(7.0, requires_grad=True, name="x")
    shown = texts(ag.draw(np.tanh(x)))
    assert {"value", "gradient"} <= set(shown)
    assert "0.8" not in shown and "−0.0230" not in shown


@pytest.mark.parametrize(
    ("f", "label", "number"),
    [
        (lambda a: (a + a) ** 2, "(·)²", "2"),
        (lambda a: 1 / (a + a), "1 / ·", "1"),
        (lambda a: (a * a) - 5.0, "· − 5", "5"),
        (lambda a: (a * a) ** 0.5, "· ^ 0.5", "0.5"),
    ],
)
def test_a_number_in_a_label_is_not_drawn_a_second_time(f, label, number):
    a = ag.tensor(3.0, requires_grad=True, name="a")
    shown = [text.replace("-", "−").replace("**", "^") for text in texts(ag.draw(f(a), grads=False, values=False))]
    assert label in shown and number not in shown


def test_a_number_that_no_label_tells_in_full_has_a_card():
    a = ag.tensor(3.0, requires_grad=True, name="a")
    assert "2.5" in texts(ag.draw(a * 2.5))
    assert "123456.789" in texts(ag.draw(a - 123456.789))


def test_a_vector_is_not_called_a_column():
    vector, column = np.ones(2), np.ones((2, 1))
    assert "2" in texts(ag.draw(ag.tensor(vector, name="x"))) and "2×1" in texts(ag.draw(ag.tensor(column, name="x")))
    assert "2×1" not in texts(ag.draw(ag.tensor(vector, name="x")))


def test_a_batch_is_laid_out_in_lines_too():
    model = nn.MLP([3, 4, 2], rng=0)
    loss = nn.CrossEntropyLoss()(model(np.ones((5, 3))), [0, 1, 0, 1, 0])
    assert "layout=nop2" in ag.draw(loss).source


def test_the_operands_of_a_division_can_be_told_apart():
    a, b = ag.tensor(2.0, requires_grad=True, name="a"), ag.tensor(3.0, requires_grad=True, name="b")
    assert "a / b" in texts(ag.draw(a / b))
    assert {"1st", "2nd"} <= {text.strip() for text in texts(ag.draw((a + 1) / (b + 1)))}


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_the_order_of_operands_is_written_beside_the_arrows(rankdir):
    a, b = ag.tensor(2.0, requires_grad=True, name="a"), ag.tensor(3.0, requires_grad=True, name="b")
    tree = ET.fromstring(ag.draw((a + 1) / (b + 1), rankdir=rankdir).pipe("svg"))
    labelled = [group for group in tree.iter(f"{SVG}g") if group.get("class") == "edge" and texts_in(group)]
    assert len(labelled) == 2
    for group in labelled:
        (label,) = group.iter(f"{SVG}text")
        x, y = float(label.get("x")), float(label.get("y"))
        numbers = list(map(float, re.findall(r"-?[\d.]+", next(group.iter(f"{SVG}path")).get("d"))))
        start, *controls = zip(numbers[::2], numbers[1::2], strict=True)
        for first, second, end in zip(controls[::3], controls[1::3], controls[2::3], strict=True):
            for s in np.linspace(0, 1, 50):
                weights = np.array([(1 - s) ** 3, 3 * s * (1 - s) ** 2, 3 * s**2 * (1 - s), s**3])
                across, down = weights @ np.array([start, first, second, end])
                assert not (abs(across - x) < 6 and y - 6 < down < y)
            start = end


@pytest.mark.parametrize(("name", "label"), [("a", "a²"), ("a¹", "(a¹)²"), (None, "(·)²")])
def test_a_power_is_written_with_its_exponent(name, label):
    assert label in texts(ag.draw(ag.tensor(3.0, requires_grad=True, name=name) ** 2))


def test_a_leaf_alone_is_a_picture():
    assert {"x", "2.5"} <= set(texts(ag.draw(ag.tensor(2.5, name="x"))))


@pytest.mark.parametrize("options", [{}, {"grads": False}, {"rankdir": "BT"}])
def test_a_result_that_was_not_recorded_is_drawn_with_a_note(options):
    x = ag.tensor([1.0, 2.0], name="x")
    note = "nothing recorded: no input has requires_grad=True"
    drawing = ag.draw((x * x).sum(), **options)
    assert any(text.startswith(note) for text in texts(drawing)) and note in drawing.description


def test_a_result_of_several_numbers_is_drawn_with_a_note():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    note = "no gradients: the result is no scalar"
    for t in (x * x, x):
        assert note in texts(ag.draw(t))
        assert note not in texts(ag.draw(t, grads=False))


def test_a_recorded_scalar_needs_no_note(loss):
    for t in (loss, ag.tensor(1.0, requires_grad=True)):
        assert not [text for text in texts(ag.draw(t)) if text.startswith("no")]


@CALM
@given(name=st.text(max_size=40), scope=st.text(max_size=20))
def test_any_name_gives_a_picture_without_markup(name, scope):
    a = ag.tensor([1.0, 2.0], requires_grad=True, name=name or "a")
    with ag.scope(scope or "s"):
        b = a * a
        b.name = name + "<script>" + name
    for rankdir in ("LR", "TB"):
        tree = ET.fromstring(ag.draw(b.sum(), rankdir=rankdir).pipe("svg"))
        assert not list(tree.iter(f"{SVG}script"))


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


@pytest.mark.parametrize(
    ("suffix", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("jpg", b"\xff\xd8"), ("json", b"{")]
)
def test_a_file_is_written_in_the_format_of_its_suffix(loss, tmp_path, suffix, start):
    written = ag.draw(loss).render(tmp_path / f"graph.{suffix}")
    assert written == tmp_path / f"graph.{suffix}" and written.read_bytes().startswith(start)
    assert [each.name for each in tmp_path.iterdir()] == [written.name]


def test_a_format_is_appended_to_a_path_without_one(loss, tmp_path):
    assert ag.draw(loss).render(tmp_path / "v1.2", format="png").name == "v1.2.png"


def test_the_source_needs_no_graphviz(loss, tmp_path, no_graphviz):
    drawing = ag.draw(loss)
    assert drawing.save(tmp_path / "graph.dot").read_text(encoding="utf-8") == drawing.source
    assert drawing.render(tmp_path / "again.dot").read_bytes() == drawing.pipe("dot") == drawing.source.encode()
    assert drawing.to_graphviz().source.rstrip() == drawing.source.rstrip()
    assert ag.graphviz_info().formats == ("dot",)


def test_without_graphviz_a_picture_says_what_to_install(loss, no_graphviz):
    with pytest.raises(RenderError, match="pip install graphviz-pure"):
        ag.draw(loss).pipe("svg")
    bundle = ag.draw(loss)._repr_mimebundle_()
    assert list(bundle) == ["text/plain"] and "pip install graphviz-pure" in bundle["text/plain"]


def test_a_notebook_shows_the_svg(loss):
    bundle = ag.draw(loss)._repr_mimebundle_(include=None, exclude=None)
    assert bundle["image/svg+xml"].startswith("<?xml") and "<Drawing" in bundle["text/plain"]


def test_an_existing_file_can_be_kept(loss, tmp_path):
    target = tmp_path / "graph.svg"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(RenderError, match="overwrite=True"):
        ag.draw(loss).render(target, overwrite=False)
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_pdf_needs_a_system_graphviz(loss, tmp_path):
    if "pdf" in ag.graphviz_info().formats:
        assert ag.draw(loss).render(tmp_path / "graph.pdf").read_bytes().startswith(b"%PDF")
        return
    with pytest.raises(RenderError, match="writes no pdf"):
        ag.draw(loss).render(tmp_path / "graph.pdf")
    assert not list(tmp_path.iterdir())


def test_only_formats_that_this_renderer_writes_are_offered(loss, monkeypatch):
    for offered in (("svg", "png"), ("svg", "png", "pdf")):
        info = renderer.GraphvizInfo("embedded", "", "1.0", offered)
        monkeypatch.setattr(renderer, "_found", lambda info=info: iter((info,)))
        for call in (lambda: ag.draw(loss).pipe("pdff"), lambda: ag.draw(loss).render("graph.pdff")):
            with pytest.raises(ArgumentError) as caught:
                call()
            assert str(caught.value).endswith(f"Formats that can be written here: {', '.join((*offered, 'dot'))}.")
    monkeypatch.setattr(renderer, "_found", lambda: iter((renderer.GraphvizInfo("embedded", "", "1.0", ("svg",)),)))
    with pytest.raises(RenderError, match="Write one of svg, dot, or install"):
        ag.draw(loss).pipe("pdf")


def test_a_system_dot_is_preferred(monkeypatch):
    embedded = renderer._embedded_program()
    monkeypatch.setattr(renderer.shutil, "which", lambda name: embedded if name == "dot" else None)
    assert ag.graphviz_info().renderer == "system"
    monkeypatch.setattr(renderer.shutil, "which", lambda name: sys.executable if name == "dot" else None)
    assert ag.graphviz_info().renderer == "embedded"


def test_a_picture_never_has_more_pixels_than_can_be_opened(loss, monkeypatch):
    monkeypatch.setattr(renderer, "LARGEST_PIXELS", 90_000)
    width, height = size_of(ag.draw(loss).pipe("png", dpi=9_000))
    assert 60_000 < width * height <= 90_000


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: d.render("graph.gif"), "unknown picture format 'gif'"),
        (lambda d: d.render("graph"), "no suffix"),
        (lambda d: d.render("graph.svg", format="png"), r"ends with .svg, but format='png'"),
        (lambda d: d.render("no/such/place/graph.svg"), "no such file"),
        (lambda d: d.pipe("svgg"), "Formats that can be written here: svg, png"),
        (lambda d: d.pipe("png", dpi="high"), "dpi must be a number"),
    ],
)
def test_a_wrong_target_is_answered_in_two_lines(loss, call, message):
    with pytest.raises(ArgumentError, match=message) as caught:
        call(ag.draw(loss))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"theme": "drak"}, ArgumentError, "Write theme='dark'"),
        ({"rankdir": "down"}, ArgumentError, "unknown rankdir 'down'"),
        ({"decimals": -1}, ArgumentError, "decimals must be a whole number"),
        ({"decimals": 2.5}, ArgumentError, "decimals must be a whole number"),
        ({"names": ["W"]}, UsageError, "names must map"),
    ],
)
def test_a_wrong_option_is_answered_in_two_lines(loss, options, error, message):
    with pytest.raises(error, match=message) as caught:
        ag.draw(loss, **options)
    assert len(str(caught.value).splitlines()) == 2


def test_only_tensors_can_be_drawn():
    with pytest.raises(UsageError, match="got ndarray"):
        ag.draw(np.ones(3))


def test_a_graph_that_nobody_could_read_is_not_drawn():
    t = ag.tensor(1.0, requires_grad=True)
    for _ in range(700):
        t = np.tanh(t)
    with pytest.raises(ArgumentError, match="701 nodes"):
        ag.draw(t)


def test_a_chain_of_two_hundred_operations_is_drawn_on_one_page():
    t = ag.tensor(0.5, requires_grad=True, name="t")
    for _ in range(200):
        t = np.tanh(t)
    width, height = size_of(ag.draw(t).pipe("png"))
    assert width < 1600 and height < 3000


items = st.builds(
    chain.Item, key=st.just(""), width=st.integers(18, 400), height=st.integers(18, 90), is_round=st.booleans()
)
steps = st.builds(
    chain.Step,
    operation=items,
    lead=st.none() | items,
    below=st.lists(st.lists(items, min_size=1, max_size=2).map(tuple), max_size=3).map(tuple),
    result=st.none() | items,
    section=st.sampled_from(["", "one", "two"]),
)


def keyed(drawn):
    """The steps with a key of its own for every item."""
    count = iter(range(10_000))

    def name(item):
        return item and chain.Item(f"n{next(count)}", item.width, item.height, item.is_round)

    return [
        chain.Step(
            name(step.operation),
            name(step.lead),
            tuple(tuple(map(name, column)) for column in step.below),
            name(step.result),
            step.section,
        )
        for step in drawn
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(steps, min_size=1, max_size=12).map(keyed))
def test_nothing_in_a_chain_overlaps_and_every_arrow_ends_at_its_nodes(drawn):
    layout = chain.lay_out(drawn)
    every = [item for step in drawn for item in [*step.spine(), *(each for column in step.below for each in column)]]
    boxes = {}
    for item in every:
        x, y = layout.centres[item.key]
        boxes[item.key] = (x - item.width / 2, y - item.height / 2, x + item.width / 2, y + item.height / 2)
    for k, first in enumerate(every):
        a = boxes[first.key]
        assert a[0] >= -1e-6 and a[1] >= -1e-6 and a[2] <= layout.width + 1e-6 and a[3] <= layout.height + 1e-6
        for second in every[k + 1 :]:
            b = boxes[second.key]
            assert a[2] <= b[0] + 1e-6 or b[2] <= a[0] + 1e-6 or a[3] <= b[1] + 1e-6 or b[3] <= a[1] + 1e-6
    for arrow in layout.arrows:
        for key, (x, y) in ((arrow.tail, arrow.points[0]), (arrow.head, arrow.points[-1])):
            box = boxes[key]
            assert box[0] - 1e-6 <= x <= box[2] + 1e-6 and box[1] - 1e-6 <= y <= box[3] + 1e-6
        assert_passes_by(arrow, boxes)
    assert len(layout.arrows) == len(every) - 1


def assert_passes_by(arrow, boxes):
    """An arrow of straight stretches crosses no other node."""
    for (x1, y1), (x2, y2) in zip(arrow.points, arrow.points[1:], strict=False):
        if x1 != x2 and y1 != y2:
            continue
        for key, (left, top, right, bottom) in boxes.items():
            inside = max(min(x1, x2), left + 0.01) <= min(max(x1, x2), right - 0.01) and max(
                min(y1, y2), top + 0.01
            ) <= min(max(y1, y2), bottom - 0.01)
            assert key in (arrow.tail, arrow.head) or not inside


@pytest.mark.parametrize(
    ("array", "options", "expected"),
    [
        ([0.1, 0.25], {"given": True}, [["0.10"], ["0.25"]]),
        ([[1.0, 2.0]], {"given": True}, [["1", "2"]]),
        (np.float32(0.1), {"given": True}, [["0.1"]]),
        ([0.123456789, 2.0], {"given": True}, [["0.1235"], ["2.0000"]]),
        ([-0.00001, 1.0], {}, [["0.0000"], ["1.0000"]]),
        ([3e-9, 0.0], {}, [["3.00e−09"], ["0"]]),
        (1e9, {}, [["1.00e+09"]]),
        ([np.nan, -np.inf, 1.0], {}, [["nan"], ["−inf"], ["1.0000"]]),
        ([True, False], {}, [["True"], ["False"]]),
        (np.int64(-3), {}, [["−3"]]),
        (0.5 - 2j, {}, [["0.5000−2.0000i"]]),
    ],
)
def test_numbers_are_written_alike_within_a_matrix(array, options, expected):
    assert numbers.rows(array, **options) == expected


def test_an_empty_array_is_said_to_be_empty():
    assert numbers.is_large((0, 3)) and numbers.summary(np.ones((0, 3))) == ["empty"]


def test_the_norm_of_huge_numbers_does_not_overflow():
    assert numbers.summary(np.full(9, 1e200))[2].split()[1] == "3.00e+200"


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20))
def test_an_axis_holds_its_numbers_between_round_ticks(values):
    axis = axes.linear_axis(values)
    assert all(-1e-9 <= axis.place(value) <= 1 + 1e-9 for value in values)
    assert 2 <= len(axis.ticks) <= 9 and len({label for _, label in axis.ticks}) == len(axis.ticks)


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=20))
def test_a_logarithmic_axis_holds_its_numbers(values):
    axis = axes.log_axis(values)
    assert all(-1e-9 <= axis.place(value) <= 1 + 1e-9 for value in values) and 1 <= len(axis.ticks) <= 9


def test_widths_are_those_of_the_font():
    assert text_width("Hello", 10) == pytest.approx((722 + 444 + 278 + 278 + 500) / 100)
    assert text_width("a\u0301", 10) == text_width("a", 10)
    assert text_width("重", 10) == 10
