"""The snapshot of a graph: true numbers, no trace left behind, and what remains after backward()."""

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import GradientError, UsageError
from autograd_lite.snapshot import FREED, Entry, snapshot


def small_net() -> tuple[ag.Tensor, ag.Tensor, ag.Tensor]:
    w = ag.tensor([[0.1, 0.3], [-0.2, 0.4]], requires_grad=True, name="W¹")
    x = ag.tensor([1.0, 2.0], name="x")
    with ag.scope("layer 1: ReLU"):
        z = ag.linear(x, w, None)
        z.name = "z¹"
        a = ag.relu(z)
    return w, x, ag.squared_error(a, np.zeros(2), 0.5)


def named(entries: tuple[Entry, ...], name: str) -> Entry:
    (found,) = [entry for entry in entries if entry.name == name]
    return found


def test_a_fused_operation_is_shown_in_its_parts_with_true_numbers() -> None:
    _, _, loss = small_net()
    shown = snapshot(loss)
    assert [entry.op for entry in shown.entries if entry.op] == ["@", "ReLU", "½Σ(· − ·)²"]
    z = named(shown.entries, "z¹")
    np.testing.assert_allclose(z.value, [0.7, 0.6])
    np.testing.assert_allclose(z.gradient, [0.7, 0.6])
    assert z.scope == ("layer 1: ReLU",)
    np.testing.assert_allclose(named(shown.entries, "W¹").gradient, [[0.7, 1.4], [0.6, 1.2]])
    assert shown.entries[shown.root].kind == "root" and shown.note is None


def test_a_snapshot_leaves_no_trace() -> None:
    w, _, loss = small_net()
    calls: list[ag.Tensor] = []
    w.register_hook(calls.append)
    snapshot(loss)
    assert w.grad is None and not calls
    loss.backward()
    assert w.grad is not None and len(calls) == 1


def test_after_backward_the_structure_the_leaves_and_their_gradients_remain() -> None:
    w, _, loss = small_net()
    before = snapshot(loss)
    loss.backward()
    after = snapshot(loss)
    assert [e.op for e in after.entries] == [e.op for e in before.entries]
    assert after.note == FREED
    assert named(after.entries, "z¹").value is None
    assert named(after.entries, "x").value.tolist() == [1.0, 2.0]
    np.testing.assert_allclose(named(after.entries, "W¹").gradient, named(before.entries, "W¹").gradient)
    np.testing.assert_array_equal(named(after.entries, "W¹").value, w.numpy())


def test_a_leaf_changed_after_the_forward_pass_is_noticed() -> None:
    w, _, loss = small_net()
    w.data += 1.0
    with pytest.raises(GradientError, match="changed after the forward pass"):
        snapshot(loss)


def test_names_come_from_a_dictionary_too() -> None:
    a, b = ag.tensor(2.0, requires_grad=True), np.array(3.0)
    c = ag.from_numpy(b)
    y = a * c
    shown = snapshot(y, names={"a": a, "c": c, "y": y, "other": 3})
    assert [entry.name for entry in shown.entries] == ["a", "c", "y"]


def test_a_constant_and_a_graph_of_gradients_can_be_shown() -> None:
    assert len(snapshot(ag.tensor(1.0)).entries) == 1
    x = ag.tensor(2.0, requires_grad=True)
    (g,) = ag.gradients(x**3, x, create_graph=True)
    assert snapshot(g).entries[-1].value == 12.0
    with pytest.raises(UsageError, match="Tensor"):
        snapshot(np.ones(1))  # type: ignore[arg-type]


def test_a_freed_graph_shows_no_number_for_a_constant_that_is_gone() -> None:
    a = ag.tensor([1.0, 2.0], requires_grad=True, name="a")
    kept = ag.tensor([3.0, 4.0], name="kept")
    loss = (a * ag.tensor([5.0, 6.0], name="y") * kept * 2.0).sum()
    loss.backward()
    shown = snapshot(loss)
    y = named(shown.entries, "y")
    assert y.value is None and y.shape == (2,) and y.kind == "input"
    assert named(shown.entries, "kept").value.tolist() == [3.0, 4.0]
    assert [entry.value.tolist() for entry in shown.entries if entry.kind == "constant"] == [2.0]
    assert shown.entries[shown.root].value == 126.0


def test_a_freed_graph_shows_no_number_for_a_leaf_that_was_written_into_since() -> None:
    w, x = ag.tensor([1.0, 2.0], requires_grad=True, name="w"), ag.tensor([3.0, 4.0], name="x")
    b = ag.tensor([0.5, 0.5], requires_grad=True, name="b")
    loss = (w * x + b).sum()
    loss.backward()
    w.data = w.data - 0.1 * w.grad
    x.data = x.data + 1.0
    shown = snapshot(loss)
    assert named(shown.entries, "w").value is None and named(shown.entries, "x").value is None
    assert named(shown.entries, "b").value.tolist() == [0.5, 0.5]
    # What was written before the graph was recorded is what it was computed from.
    again = (w * x + b).sum()
    again.backward()
    assert named(snapshot(again).entries, "x").value.tolist() == [4.0, 5.0]


def test_nothing_of_numpy_warns_while_a_graph_is_looked_at() -> None:
    x = ag.tensor(1000.0, requires_grad=True, name="x")
    with np.errstate(all="ignore"):
        y = ag.exp(x)
    with np.errstate(all="raise"):
        assert snapshot(y).entries[-1].value == np.inf
