"""Large graphs: what repeats is drawn once, with how often, and with the true values and gradients around it."""

import re
from contextlib import nullcontext

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError
from tests.drawing.reading import texts


def test_a_chain_of_one_operation_becomes_one_node_with_its_count():
    t = start = ag.tensor(0.5, requires_grad=True, name="t")
    for _ in range(400):
        t = np.tanh(t)
    t.backward(retain_graph=True)
    shown = texts(ag.draw(t))
    assert "tanh × 400" in shown and "tanh" not in shown
    assert {"0.5", f"{t.item():.4f}", f"{start.grad.item():.4f}"} <= set(shown)


def test_a_loop_becomes_one_node_and_the_parameters_that_it_shares_stay():
    rng = np.random.default_rng(0)
    W, b = (ag.tensor(rng.normal(size=s) / 3, requires_grad=True, name=n) for s, n in (((3, 3), "W"), ((3,), "b")))
    h = ag.tensor(np.zeros(3), name="h0")
    for _ in range(150):
        h = np.tanh(W @ h + b)
    drawing = ag.draw(h.sum())
    shown = texts(drawing)
    assert "(@, +, tanh) × 150" in shown and {"W", "b", "h0", "Σ"} <= set(shown)
    assert drawing.source.count(" -> ") == 5
    h.sum().backward()
    assert f"{b.grad.tolist()[0]:.4f}".replace("-", "−") in " ".join(shown)


def test_what_each_round_has_for_itself_is_put_together():
    rng = np.random.default_rng(0)
    h = ag.tensor(np.ones(2), name="x")
    for k in range(1, 101):
        h = np.tanh(ag.tensor(rng.normal(size=(2, 2)), requires_grad=True, name=f"W{k}") @ h + rng.normal(size=2))
    shown = texts(ag.draw(h.sum()))
    assert "W1 … W100" in shown and "× 100" in shown and "W2" not in shown


def test_the_layers_of_a_deep_network_are_folded_at_the_borders_of_layers():
    loss = nn.MSELoss()(nn.MLP([4] * 61 + [2], activation="tanh", rng=0)(np.ones(4)), np.zeros(2))
    shown = texts(ag.draw(loss))
    assert {"layer 1: tanh … layer 60: tanh", "layer 61: linear"} <= set(shown)
    assert {"W¹ … W⁶⁰", "b¹ … b⁶⁰", "a⁶⁰", "W⁶¹"} <= set(shown)


def test_a_loop_in_a_loop_is_folded_too():
    t = ag.tensor(0.5, requires_grad=True, name="t")
    for _ in range(30):
        for _ in range(20):
            t = np.tanh(t)
        t = np.sin(t) + 0.1
    assert "22 operations × 30" in texts(ag.draw(t))


def test_a_long_chain_of_different_operations_tells_their_number():
    rng = np.random.default_rng(1)
    t = ag.tensor(0.5, requires_grad=True, name="t")
    for k in rng.integers(0, 4, 399):
        t = (np.tanh, np.sin, np.cos, lambda x: x * 1.5)[k](t)
    assert "399 operations" in texts(ag.draw(np.exp(t)))
    assert "399 operaciones" in texts(ag.draw(np.exp(t), lang="es"))


def test_what_has_a_name_is_not_lost_in_a_chain():
    t = ag.tensor(0.5, requires_grad=True, name="t")
    for k in range(400):
        t = (np.tanh, np.sin, np.cos)[k * k % 7 % 3](t)
        if k == 200:
            t.name = "middle"
    assert {"t", "middle"} <= set(texts(ag.draw(t)))


def test_a_result_used_outside_a_repetition_stays_connected():
    t = ag.tensor(0.5, requires_grad=True, name="t")
    kept = []
    for k in range(400):
        t = np.tanh(t)
        if k in (100, 300):
            kept.append(t)
    drawing = ag.draw(t * kept[0] + kept[1], fold=True)
    nodes = set(re.findall(r"^\t*(\w+) \[", drawing.source, re.MULTILINE)) - {"graph", "node", "edge"}
    arrows = re.findall(r"(\w+) -> (\w+)", drawing.source)
    assert {key for arrow in arrows for key in arrow} == nodes
    reached = {"tensor0"}
    for tail, head in arrows * len(nodes):
        reached |= {head} if tail in reached else set()
    assert reached == nodes


def test_small_graphs_are_folded_only_when_that_is_asked_for():
    t = ag.tensor(0.5, requires_grad=True, name="t")
    for _ in range(8):
        t = np.tanh(t)
    assert texts(ag.draw(t)).count("tanh") == texts(ag.draw(t, fold=False)).count("tanh") == 8
    assert "tanh × 8" in texts(ag.draw(t, fold=True))


def tangled(scopes):
    """A graph in which nothing repeats, in parts of fifty steps, each part in a scope or all in none."""
    rng = np.random.default_rng(3)
    t = ag.tensor(1.01, requires_grad=True, name="t")
    for part in "abcdefghijklmnopqrst":
        with ag.scope(f"part {part}") if scopes else nullcontext():
            results = [t]
            for _ in range(50):
                other = results[rng.integers(len(results))]
                results.append((np.multiply, np.add, np.subtract)[rng.integers(3)](results[-1], other) * 0.5)
            t = results[-1]
    return t


def test_scopes_are_folded_when_nothing_else_helps():
    shown = texts(ag.draw(tangled(scopes=True), max_nodes=60))
    assert {"part a", "part s"} <= set(shown)


def test_what_cannot_be_folded_is_refused_with_the_ways_out():
    with pytest.raises(ArgumentError, match=r"nodes, and [\d,]+ after folding; a picture of more than 60") as caught:
        ag.draw(tangled(scopes=False), max_nodes=60)
    assert "ag.scope" in str(caught.value) and 'view="layers"' in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("mixed", [False, True])
def test_ten_thousand_nodes_are_folded_at_once(mixed):
    choices = np.random.default_rng(1).integers(0, 3, 10_000) if mixed else np.zeros(10_000, dtype=int)
    t = ag.tensor(0.5, requires_grad=True, name="t")
    for k in choices:
        t = (np.tanh, np.sin, np.cos)[k](t)
    source = ag.draw(t).source
    assert source.count(" -> ") <= 4
