"""A pass in HTML: the record's own numbers, well-formed, names escaped, nothing that runs, loads or paints a page."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from autograd_lite.errors import ArgumentError
from nn.formulas import NOTATIONS
from nn.record import BackpropRecord

TAGS = {"div", "span", "table", "tbody", "tr", "td", "i", "sup", "sub"}
ATTRIBUTES = {"style", "lang"}
COLOURS = {"currentColor", "#C2410C", "inherit"}


class Page(HTMLParser):
    """Reads a page, refusing what is not well-formed; `tables` holds the cells of each matrix."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.styles: list[str] = []
        self.text = ""
        self.tables: list[list[list[str]]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.styles += [value or "" for name, value in attrs if name == "style"]
        self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag == "td":
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "td" in self.open:
            self.tables[-1][-1][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def numbers(self) -> list[Any]:
        return [np.array([[float(cell.replace("−", "-")) for cell in row] for row in table]) for table in self.tables]


def large() -> BackpropRecord:
    rng = np.random.default_rng(0)
    model = nn.MLP([64, 32, 10], rng=0)
    return nn.backprop(model, rng.normal(size=(8, 64)), rng.integers(0, 10, 8), nn.CrossEntropyLoss())


def records() -> dict[str, BackpropRecord]:
    model, x, y, _ = nn.worked_example()
    return {
        "worked": nn.backprop(*nn.worked_example()),
        "no biases": nn.backprop(*nn.worked_example("second")),
        "batch": nn.backprop(nn.MLP([2, 3, 1], rng=0), [[1, 2], [3, 4]], [[1], [0]], nn.MSELoss()),
        "cross-entropy": nn.backprop(nn.MLP([2, 3, 2], rng=0), [[1, 2], [3, 4]], [0, 1], nn.CrossEntropyLoss()),
        "bce": nn.backprop(model, x, y, nn.BCELoss()),
        "bce of logits": nn.backprop(nn.MLP([2, 2], rng=0), [[1, 2]], [[1, 0]], nn.BCEWithLogitsLoss()),
        "custom loss": nn.backprop(model, x, y, lambda a, target: ((a - target) ** 4).sum()),
        "large": large(),
    }


RECORDS = records()


def test_every_matrix_of_the_worked_example_is_there() -> None:
    record = RECORDS["worked"]
    hidden, output = record.layers
    found = Page(record.to_html(decimals=8)).numbers()
    for values in (hidden.W, output.W, hidden.dW, output.dW):
        assert any(table.shape == values.shape and np.allclose(table, values, atol=5e-9) for table in found)
    for vector in (record.x, hidden.z, hidden.a, hidden.delta, output.z, output.delta, output.db):
        assert any(table.shape == (len(vector), 1) and np.allclose(table[:, 0], vector, atol=5e-9) for table in found)
    assert_allclose(found[-1][:, 0], [-0.0229988962, 0.0114994481, 0], atol=5e-9)


def test_it_says_what_the_note_says() -> None:
    text = Page(RECORDS["worked"].to_html()).text
    for words in (
        "Layer 2 (output): sigmoid, 3 → 1",
        "1 if z1 > 0, else 0",
        "∂L/∂W2 = δ2 (a1)T = −0.1150 0.80000.60000.0000 = −0.0920−0.06900.0000",
        "½ Σ (a2 − y)2",
    ):
        assert words in text


@pytest.mark.parametrize("case", RECORDS)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("lang", ["en", "es"])
def test_it_is_well_formed_and_only_that(case: str, notation: str, lang: str) -> None:
    html = replace(RECORDS[case], notation=notation, lang=lang)._repr_html_()
    page = Page(html)
    assert html.startswith(f'<div lang="{lang}"')
    assert ("Backward" in page.text) is (lang == "en") is not ("Propagación" in page.text)
    assert ("∂Err" in page.text) is (notation == "u-o")
    assert not re.search(r"url\(|https?:|javascript:|@import", html)


@pytest.mark.parametrize("case", RECORDS)
def test_it_suits_light_and_dark_pages(case: str) -> None:
    for style in Page(RECORDS[case]._repr_html_()).styles:
        rules = [rule.partition(":")[::2] for rule in style.split(";") if rule]
        assert all(name != "background" or value == "none" for name, value in rules)
        colours = re.findall(r"(?:^|[\s,:])(#\w+|currentColor|inherit|black|white|rgb\([^)]*\))", style)
        assert set(colours) <= COLOURS
        assert all(not re.search(r"rgba\((\d+,){3}1?\)", value) for _, value in rules)


def test_derivatives_of_the_loss_are_orange() -> None:
    html = RECORDS["worked"].to_html()
    assert html.count('<span style="color:#C2410C;') == 2 * 6
    assert re.search(r"color:#C2410C;[^>]*><i>δ</i><sup>2</sup></span>", html)


def test_large_matrices_are_abbreviated_with_their_shape() -> None:
    page = Page(RECORDS["large"].to_html())
    assert "8×64" in page.text and "32×64" in page.text
    assert max(len(row) for table in page.tables for row in table) == 5
    assert ["⋮", "⋮", "⋮", "⋱", "⋮"] in page.tables[0]


def test_names_are_escaped() -> None:
    class Odd(nn.Module):
        label = '<script>alert("1")</script> & <b>'

        def forward(self, z: Any) -> Any:
            return z * z

    html = nn.backprop(nn.MLP([2, 3, 1], Odd(), rng=0), [1, 2], [1], nn.HalfSSELoss())._repr_html_()
    assert '<script>alert("1")</script> & <b>' in Page(html).text
    assert "<script" not in html and "<b>" not in html


def test_a_notebook_always_gets_something() -> None:
    broken = replace(RECORDS["worked"], layers=())
    assert broken._repr_html_().startswith("<pre>&lt;nn.record.BackpropRecord object")
    assert replace(RECORDS["worked"], lang="fr")._repr_html_().startswith("<pre>")


@pytest.mark.parametrize("wrong", [{"notation": "w-x"}, {"lang": "fr"}])
def test_unknown_notations_and_languages_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match="unknown"):
        RECORDS["worked"].to_html(**wrong)  # type: ignore[arg-type]
