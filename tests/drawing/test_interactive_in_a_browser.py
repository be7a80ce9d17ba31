"""The interactive page in a browser: how it answers pointer and keyboard."""

import re

import numpy as np
import pytest

import autograd_lite as ag
import nn
from tests.drawing.browser import PROGRAM, chromium
from tests.drawing.pages import EVIL, data_of, hostile

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if PROGRAM is None:
        pytest.skip("there is no Chromium here")
    with chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def opened(browser, tmp_path):
    """Opens the page of a drawing, and at the end looks for complaints of the browser."""

    def show(drawing, fragment="", **window):
        browser.open(drawing.render(tmp_path / "page.html"), fragment, **window)
        return browser

    yield show
    assert browser.complaints() == []
    assert [url.partition("#")[0] for url in browser.requests()] == [(tmp_path / "page.html").as_uri()]


KNOWN = "[...document.querySelectorAll('g.node.known')].map(each => each.id).sort()"
FULL_GRADIENTS = "[...document.querySelectorAll('g.node.gradient-known')].map(each => each.id).sort()"
BOX = "document.querySelector('#stage svg').getAttribute('viewBox').split(' ').map(Number)"


@pytest.mark.parametrize("step", [1, 3, 8, 9, 12, 16])
def test_at_a_step_just_what_is_computed_by_then_is_lit(loss, opened, step):
    drawing = ag.draw(loss)
    until = data_of(drawing)["moments"][:step]
    page = opened(drawing, f"#step={step}")
    assert page.run(KNOWN) == sorted(node for moment in until for node in moment["values"])
    assert page.run(FULL_GRADIENTS) == sorted(node for moment in until for node in moment["gradients"])
    assert page.text("#caption").endswith(f"{step}/16: {until[-1]['said']}")
    hidden = "getComputedStyle(document.querySelector('#tensor0 .gradient-part')).opacity"
    page.run("new Promise(done => setTimeout(done, 400))")
    assert page.run(hidden) == ("1" if step == 16 else "0")


LIT_BACK = """[...document.querySelectorAll('g.edge.gradient')]
    .filter(each => getComputedStyle(each).opacity === '1')
    .map(each => each.querySelector('text')?.textContent || '').sort()"""


@pytest.mark.parametrize(
    ("step", "lit"),
    [
        (8, []),
        (9, [""]),
        (10, ["", "", "∂L/∂a² = ∂L/∂L · (a² − y)"]),
        (11, ["", "", "", "δ² = ∂L/∂a² ⊙ a² (1 − a²)", "∂L/∂a² = ∂L/∂L · (a² − y)"]),
    ],
)
def test_each_way_back_is_lit_when_its_gradient_runs_along_it(loss, opened, step, lit):
    page = opened(ag.draw(loss, backward=True), f"#step={step}")
    page.run("new Promise(done => setTimeout(done, 400))")
    assert page.run(LIT_BACK) == sorted(lit)
    assert page.run("document.querySelectorAll('g.edge.back').length") == 0


def test_the_story_is_played_by_keys(loss, opened):
    page = opened(ag.draw(loss))
    assert page.text("#caption") == ""
    for key, count in [
        ("ArrowRight", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1"),
        ("End", "16"), ("ArrowRight", "16"), ("Home", "1"),
    ]:  # fmt: skip
        page.press(key)
        assert f" {count}/16: " in page.text("#caption")
    page.press(" ")
    assert page.text("#play") == "Pause" and " 2/16: " in page.text("#caption")
    page.press(" ")
    assert page.text("#play") == "Play"
    page.press("Escape")
    assert page.text("#caption") == "" and page.run("document.body.classList.contains('playing')") is False
    assert page.run("document.getElementById('caption').getAttribute('aria-live')") == "polite"


def test_playing_goes_on_by_itself(loss, opened):
    page = opened(ag.draw(loss))
    page.click("#play")
    page.run("new Promise(done => setTimeout(done, 2300))")
    assert " 2/16: " in page.text("#caption")
    page.click("#back")
    assert " 1/16: " in page.text("#caption") and page.text("#play") == "Play"


def test_buttons_and_the_slider_play_the_story(loss, opened):
    page = opened(ag.draw(loss))
    page.click("#last")
    assert "Backward 16/16" in page.text("#caption")
    page.run("document.getElementById('position').focus()")
    page.press("ArrowLeft")
    assert "Backward 15/16" in page.text("#caption")
    assert page.run("document.getElementById('position').getAttribute('aria-valuetext')").startswith("15/16, Backward")
    page.click("#first")
    assert "Forward 1/16: given are W¹" in page.text("#caption")
    page.click("#whole")
    assert page.text("#caption") == ""


def test_a_card_under_the_pointer_shows_its_whole_matrix(opened):
    w = ag.tensor(np.arange(64.0).reshape(8, 8) / 7, requires_grad=True, name="w")
    page = opened(ag.draw((w * w).sum()))
    assert page.run("document.getElementById('tip').hidden") is True
    x, y = page.middle("#tensor0")
    page.mouse("mouseMoved", x, y)
    cells = page.run("[...document.querySelectorAll('#tip td')].map(cell => cell.textContent)")
    assert len(cells) == 128
    assert (float(cells[63]), float(cells[127])) == (9.0, 18.0)
    page.press("Escape")
    assert page.run("document.getElementById('tip').hidden") is True


def test_a_click_on_an_operation_tells_its_rule(loss, opened):
    drawing = ag.draw(loss)
    page = opened(drawing)
    key = next(key for key, node in data_of(drawing)["nodes"].items() if node["title"] == "sigmoid")
    page.click(f"#{key}")
    told = re.sub(r"\s+", " ", page.text("#panel"))
    assert "a² = sigmoid(z²) = sigmoid( 0.1500 ) = 0.5374".replace(" ", "") in told.replace(" ", "")
    assert "∂L/∂z²+=∂L/∂a²⊙a²(1−a²)=−0.4626⊙0.5374(1−0.5374)=−0.1150" in told.replace(" ", "")


def test_nodes_are_reached_and_told_without_a_mouse(loss, opened):
    page = opened(ag.draw(loss))
    page.run("document.getElementById('stage').focus()")
    page.press("Tab")
    focused = page.run("document.activeElement.id")
    assert re.fullmatch(r"(tensor|operation)\d+", focused)
    assert page.run("getComputedStyle(document.querySelector('rect.ring.focus')).display") != "none"
    assert page.run("document.activeElement.getAttribute('role')") == "button"
    page.press("Enter")
    title = page.run("document.querySelector('#panel h2').textContent")
    assert page.run("document.activeElement.getAttribute('aria-label')").startswith(title)


def test_the_wheel_enlarges_about_the_pointer_and_dragging_moves(loss, opened):
    page = opened(ag.draw(loss))
    start = page.run(BOX)
    x, y = page.middle("#tensor0")
    page.mouse("mouseWheel", x, y, deltaX=0, deltaY=-200)
    page.run("new Promise(requestAnimationFrame)")
    assert page.run(BOX)[2] == pytest.approx(start[2] * np.exp(-0.4))
    assert page.middle("#tensor0") == pytest.approx((x, y), abs=3)
    before, (x, y) = page.run(BOX), page.middle("#tensor0")
    page.mouse("mouseMoved", x, y)
    page.mouse("mousePressed", x, y)
    for share in (0.5, 1):
        page.mouse("mouseMoved", x + 60 * share, y + 30 * share, buttons=1)
    page.mouse("mouseReleased", x + 60, y + 30)
    assert page.middle("#tensor0") == pytest.approx((x + 60, y + 30), abs=1)
    assert page.run(BOX)[2:] == before[2:]
    assert page.run("document.querySelector('#panel h2')") is None
    page.press("0")
    assert page.run(BOX) == pytest.approx(start)


def test_plus_and_minus_and_arrows_move_the_picture(loss, opened):
    page = opened(ag.draw(loss))
    start = page.run(BOX)
    page.press("+")
    near = page.run(BOX)
    assert near[2] == pytest.approx(start[2] / 1.3)
    page.press("ArrowDown")
    assert page.run(BOX)[1] > near[1]
    page.press("ArrowRight", shift=True)
    assert page.run(BOX)[0] > near[0]
    page.press("-")
    assert page.run(BOX)[2] == pytest.approx(start[2])


def test_steps_of_a_picture_too_large_to_be_read_are_brought_near(opened):
    t = x = ag.tensor([0.3, 0.5], requires_grad=True, name="x")
    for _ in range(40):
        t = np.tanh(t) + x
    page = opened(ag.draw(t.sum(), fold=False, rankdir="LR"), "#step=60")
    height = page.run("document.querySelector('rect.ring.current').getBoundingClientRect().height")
    assert height > 18
    x, y = page.middle("rect.ring.current")
    stage = "document.getElementById('stage').getBoundingClientRect()"
    left, top, right, bottom = page.run(f"(box => [box.left, box.top, box.right, box.bottom])({stage})")
    assert left < x < right and top < y < bottom


def test_the_theme_auto_follows_the_reader_and_motion_can_be_refused(loss, opened):
    drawing = ag.draw(loss, theme="auto")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert opened(drawing, prefers_color_scheme="light").run(colour) == "rgb(255, 255, 255)"
    page = opened(drawing, prefers_color_scheme="dark", prefers_reduced_motion="reduce")
    assert page.run(colour) == "rgb(15, 23, 42)"
    assert page.run("getComputedStyle(document.querySelector('#stage svg polygon')).fill") == "rgb(15, 23, 42)"
    assert page.run("getComputedStyle(document.querySelector('g.node')).transitionDuration") == "0s"


def test_a_narrow_window_needs_no_sideways_scrolling(loss, opened):
    page = opened(ag.draw(loss), "#step=13", width=320, height=640)
    assert page.run("document.documentElement.scrollWidth") <= 320
    assert page.run("document.getElementById('stage').clientHeight") >= 150
    assert page.run("document.getElementById('panel').clientHeight") >= 100


def test_markup_in_names_is_shown_and_never_run(opened):
    page = opened(hostile(), "#step=2")
    page.click("#tensor0")
    assert page.text("#panel h2") == EVIL
    assert page.run("document.querySelectorAll('img, i, b').length") == 0


@pytest.mark.parametrize("view", ["layers", "delta", "neurons"])
def test_views_of_a_network_can_be_moved_and_enlarged(opened, view):
    page = opened(nn.draw(*nn.worked_example(), view=view))
    start = page.run(BOX)
    page.press("+")
    assert page.run(BOX)[2] < start[2]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_recursion_of_a_network_is_played_from_the_loss_back(opened, lang):
    drawing = nn.draw(*nn.worked_example(), view="delta", lang=lang)
    data = data_of(drawing)
    assert [moment["node"] for moment in data["moments"]] == [
        "", "z1", "a1", "z2", "a2", "L", "delta2", "gradients2", "delta1", "gradients1",
    ]  # fmt: skip
    assert data["moments"][6]["said"].endswith("= −0.1150")
    page = opened(drawing, "#step=7")
    assert page.run(KNOWN) == sorted(["x", "y", "W1", "b1", "W2", "b2", "z1", "a1", "z2", "a2", "L", "delta2"])
    told = page.text("#panel").replace("\n", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    assert "δ²=(a²−y)⊙σ′(z²)=(0.5374−1)⊙0.2486=−0.1150" in told
    page.press("End")
    page.press("ArrowLeft")
    assert "(−0.1150)⊙" in page.text("#panel").replace(" ", "").replace("\n", "").replace("\N{NO-BREAK SPACE}", "")
