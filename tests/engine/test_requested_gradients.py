"""What backward() and gradients() do when asked for more than the gradients of leaves: the semantics of PyTorch.

The numbers are PyTorch 2.13's for the same statements, found with float64 on the CPU, and can be followed by hand: x is
mostly (1, 2), so that the gradient of Σx² is (2, 4) and that of Σx³ is (3, 12).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, GradientError, ShapeError, UsageError
from tests.engine.references import leaf

Numbers = list[float] | float | None


def told(gradient: ag.Tensor | None) -> Numbers:
    return None if gradient is None else gradient.tolist()


# Which .grad changes.


def test_backward_adds_to_grad_on_every_call_and_to_what_was_assigned() -> None:
    x = leaf([1.0, 2.0])
    x.grad = np.array([5.0, 6.0])
    for _ in range(2):
        (x * x).sum().backward()
    assert told(x.grad) == [9.0, 14.0]


def test_two_results_of_one_graph_add_up() -> None:
    x = leaf([1.0, 2.0])
    square = x * x
    square.sum().backward(retain_graph=True)
    (3 * square).sum().backward()
    assert told(x.grad) == [8.0, 16.0]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("x", {"x": [4.0, 8.0], "u": None, "y": None}),
        ("y", {"x": None, "u": None, "y": [2.0, 2.0]}),
        ("xy", {"x": [4.0, 8.0], "u": None, "y": [2.0, 2.0]}),
        ("yx", {"x": [4.0, 8.0], "u": None, "y": [2.0, 2.0]}),
        ("xx", {"x": [4.0, 8.0], "u": None, "y": None}),
        ("xu", {"x": [4.0, 8.0], "u": None, "y": None}),
    ],
)
@pytest.mark.filterwarnings("ignore:The tensor was computed from others")
@pytest.mark.parametrize("create_graph", [False, True])
def test_of_inputs_alone_the_grad_changes_and_of_unused_ones_it_does_not(
    names: str, expected: dict[str, Numbers], create_graph: bool
) -> None:
    tensors = {"x": leaf([1.0, 2.0]), "u": leaf([3.0])}
    tensors["y"] = tensors["x"] * tensors["x"]
    (tensors["y"] * 2).sum().backward(inputs=[tensors[each] for each in names], create_graph=create_graph)
    assert {name: told(each.grad) for name, each in tensors.items()} == expected


def test_the_result_itself_may_be_an_input() -> None:
    x = leaf([1.0, 2.0])
    loss = (x * x).sum()
    loss.backward(inputs=[loss])
    assert told(loss.grad) == 1.0 and x.grad is None


def test_a_leaf_is_a_result_too() -> None:
    x = leaf(3.0)
    x.backward()
    assert told(x.grad) == 1.0


def test_inputs_accumulate_as_leaves_do() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    for _ in range(2):
        y.sum().backward(inputs=y)
    assert told(y.grad) == [2.0, 2.0] and x.grad is None


@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        ([], ArgumentError),
        ([np.ones(2)], UsageError),
        ([None], UsageError),
        (3.0, UsageError),
        ([ag.tensor([1.0])], GradientError),
    ],
    ids=["none at all", "an array", "None", "a number", "a constant"],
)
def test_inputs_that_can_have_no_gradient_are_named(inputs: Any, error: type[AutogradError]) -> None:
    x = leaf([1.0, 2.0])
    for call in (lambda: (x * x).sum().backward(inputs=inputs), lambda: ag.gradients((x * x).sum(), inputs)):
        with pytest.raises(error) as caught:
            call()
        assert len(str(caught.value).splitlines()) == 2 and x.grad is None


# How long a graph lives.


@pytest.mark.parametrize(
    ("first", "survives"),
    [
        ({}, False),
        ({"retain_graph": True}, True),
        ({"retain_graph": False}, False),
        ({"create_graph": True}, True),
        ({"create_graph": True, "retain_graph": False}, False),
    ],
    ids=str,
)
def test_a_second_backward_needs_a_graph_that_was_retained(first: dict[str, bool], survives: bool) -> None:
    x = leaf([1.0, 2.0])
    loss = (x**3).sum()
    loss.backward(**first)
    if survives:
        loss.backward()
        assert told(x.grad) == [6.0, 24.0]
        return
    with pytest.raises(GradientError, match=r"freed.*\n.*retain_graph=True"):
        loss.backward()
    with pytest.raises(GradientError, match=r"freed.*\n.*retain_graph=True"):
        ag.gradients(loss, x)


def test_a_graph_that_saves_nothing_is_freed_as_well() -> None:
    loss = leaf([1.0, 2.0]).sum()
    loss.backward()
    with pytest.raises(GradientError, match="freed"):
        loss.backward()


# gradients(): what it returns.


def test_gradients_of_an_input_given_twice_come_twice() -> None:
    x = leaf([1.0, 2.0])
    assert [told(g) for g in ag.gradients((x * x).sum(), [x, x])] == [[2.0, 4.0], [2.0, 4.0]]


def test_the_gradient_of_a_tensor_by_itself_is_its_incoming_gradient() -> None:
    x = leaf([1.0, 2.0])
    assert told(ag.gradients(x, x, [3.0, 4.0])[0]) == [3.0, 4.0]
    y = x * x
    assert told(ag.gradients(y, y, np.array([3.0, 4.0]))[0]) == [3.0, 4.0]


def test_several_outputs_add_up_even_the_same_one_and_an_input() -> None:
    x = leaf(3.0)
    y = x * x
    assert told(ag.gradients([y, y], x, retain_graph=True)[0]) == 12.0
    assert told(ag.gradients([y, x], x)[0]) == 7.0


def test_an_incoming_gradient_of_none_is_one_where_the_output_is_a_scalar() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    assert told(ag.gradients([y, y.sum()], x, [np.ones(2), None])[0]) == [4.0, 8.0]
    assert told(ag.gradients((x * x).sum(), x, [None])[0]) == [2.0, 4.0]


def test_a_list_of_one_number_is_the_gradient_of_one_element_and_a_list_of_an_array_that_of_an_output() -> None:
    x = leaf([2.0])
    assert told(ag.gradients(x * x, x, [10.0])[0]) == [40.0]
    assert told(ag.gradients(x * x, x, [np.array([10.0])])[0]) == [40.0]


@pytest.mark.parametrize("dtype", [np.float32, np.int64, bool])
def test_an_incoming_gradient_is_brought_to_the_outputs_dtype(dtype: type) -> None:
    x = leaf([1.0, 2.0])
    (g,) = ag.gradients(x * x, x, np.ones(2, dtype))
    assert told(g) == [2.0, 4.0] and g.dtype == np.float64


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (np.ones(3), ShapeError, r"shape \(3,\), the result has shape \(2,\)"),
        (np.ones((1, 2)), ShapeError, r"shape \(1, 2\), the result has shape \(2,\)"),
        (1.0, ShapeError, r"shape \(\), the result has shape \(2,\)"),
        (np.ones(2) * 1j, DtypeError, "complex128 cannot be that of a tensor of float64"),
        (["a", "b"], DtypeError, "numbers"),
        (True, UsageError, "incoming gradient"),
        (None, GradientError, r"needs a scalar, got shape \(2,\)"),
    ],
    ids=["longer", "one axis more", "a number", "complex", "text", "a flag", "none"],
)
def test_an_incoming_gradient_that_does_not_fit_is_told_in_two_lines(
    given: Any, error: type[AutogradError], message: str
) -> None:
    x = leaf([1.0, 2.0])
    for call in (lambda: (x * x).backward(given), lambda: ag.gradients(x * x, x, given)):
        with pytest.raises(error, match=message) as caught:
            call()
        assert len(str(caught.value).splitlines()) == 2 and x.grad is None


def test_the_message_of_gradients_speaks_of_its_own_arguments() -> None:
    x = leaf([1.0, 2.0])
    with pytest.raises(GradientError, match=r"gradients\(\) needs a scalar.*\n.*grad_outputs=np.ones\(2\)"):
        ag.gradients(x * x, x)


@pytest.mark.parametrize(("outputs", "gradients"), [(2, 1), (2, 3), (3, 2)])
def test_one_incoming_gradient_an_output(outputs: int, gradients: int) -> None:
    x = leaf([1.0, 2.0])
    with pytest.raises(ArgumentError, match=f"{outputs} outputs and {gradients} incoming gradients"):
        ag.gradients([x * x] * outputs, x, [np.ones(2)] * gradients)


def test_an_unused_input_gives_an_error_none_or_zeros() -> None:
    x, unused = leaf(3.0), ag.tensor([1.0, 2.0], dtype=np.float32, requires_grad=True)
    with pytest.raises(GradientError, match=r"do not depend on the input of shape \(2,\).*\n.*allow_unused=True"):
        ag.gradients(x * x, [x, unused])
    assert [told(g) for g in ag.gradients(x * x, [x, unused], allow_unused=True)] == [6.0, None]
    by_x, zeros = ag.gradients(x * x, [x, unused], materialize_grads=True)
    assert (told(by_x), told(zeros), zeros.dtype) == (6.0, [0.0, 0.0], np.float32)


def test_gradients_change_no_grad_even_of_leaves_on_the_way() -> None:
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    y = x * w
    ag.gradients((y * y).sum(), [y, w])
    assert x.grad is None and w.grad is None


# Hooks.


@pytest.mark.parametrize("create_graph", [False, True])
def test_the_gradient_that_a_leafs_hook_gives_is_the_one_that_all_see(create_graph: bool) -> None:
    x = leaf([1.0, 2.0])
    x.register_hook(lambda g: g * 10)
    loss = (x * x).sum()
    (g,) = ag.gradients(loss, x, retain_graph=True, create_graph=create_graph)
    loss.backward(create_graph=create_graph)
    assert told(g) == told(x.grad) == [20.0, 40.0]


@pytest.mark.parametrize("create_graph", [False, True])
def test_the_gradient_that_a_computed_tensors_hook_gives_goes_upstream(create_graph: bool) -> None:
    def tensors() -> tuple[ag.Tensor, ag.Tensor, ag.Tensor]:
        x = leaf([1.0, 2.0])
        y = x * x
        y.register_hook(lambda g: g * 10)
        return x, y, y.sum()

    x, y, loss = tensors()
    assert told(ag.gradients(loss, y, create_graph=create_graph)[0]) == [10.0, 10.0]
    x, y, loss = tensors()
    # PyTorch gives (1, 1) for y here and (10, 10) above, where y alone is asked for; one answer is enough.
    by_y, by_x = ag.gradients(loss, [y, x], create_graph=create_graph)
    assert (told(by_y), told(by_x)) == ([10.0, 10.0], [20.0, 40.0])
    x, y, loss = tensors()
    loss.backward(inputs=[y], create_graph=create_graph)
    assert told(y.grad) == [10.0, 10.0]


def test_hooks_are_called_in_their_order_once_with_the_sum_of_all_contributions() -> None:
    x, seen = leaf([1.0, 2.0]), []
    x.register_hook(lambda g: seen.append(("first", g.tolist())))
    x.register_hook(lambda g: g + 1)
    x.register_hook(lambda g: seen.append(("third", g.tolist())))
    (x * x + x).sum().backward()
    assert seen == [("first", [3.0, 5.0]), ("third", [4.0, 6.0])] and told(x.grad) == [4.0, 6.0]


def test_hooks_are_called_from_the_result_to_what_is_asked_for_and_no_further() -> None:
    x, called = leaf([1.0, 2.0]), []
    y = x * x
    loss = y.sum()
    for name, each in (("x", x), ("y", y), ("loss", loss)):
        each.register_hook(lambda g, name=name: called.append(name))
    loss.backward(inputs=[y], retain_graph=True)
    assert called == ["loss", "y"]
    ag.gradients(loss, x)
    assert called[2:] == ["loss", "y", "x"]


def test_a_hook_is_taken_off_by_its_handle_or_by_the_end_of_a_block() -> None:
    x = leaf([1.0, 2.0])
    with x.register_hook(lambda g: g * 10) as handle:
        (x * x).sum().backward()
    (x * x).sum().backward()
    assert told(x.grad) == [22.0, 44.0]
    handle.remove()


@pytest.mark.parametrize(
    ("hook", "error", "message"),
    [
        (lambda g: g.sum(), ShapeError, r"shape \(2,\) by one of shape \(\)"),
        (lambda g: 3.0, ShapeError, r"shape \(2,\) by one of shape \(\)"),
        (lambda g: g.astype(np.float32), DtypeError, "float64 by one of float32"),
        (lambda g: g.numpy().astype(int), DtypeError, "float64 by one of int64"),
        (lambda g: g * 1j, DtypeError, "float64 by one of complex128"),
        (lambda g: "text", DtypeError, "numbers"),
    ],
    ids=["a sum", "a number", "float32", "integers", "complex", "text"],
)
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_hook_that_gives_another_shape_or_dtype_is_an_error(
    hook: Callable[[Any], Any], error: type[AutogradError], message: str, create_graph: bool
) -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    y.register_hook(hook)
    with pytest.raises(error, match=message) as caught:
        y.sum().backward(create_graph=create_graph)
    assert len(str(caught.value).splitlines()) == 2 and x.grad is None


def test_a_hook_may_give_an_array_and_for_a_scalar_a_number() -> None:
    x, k = leaf([1.0, 2.0]), ag.tensor(2.0, dtype=np.float32, requires_grad=True)
    x.register_hook(lambda g: np.array([7.0, 8.0]))
    k.register_hook(lambda g: 3)
    ((x * x).sum() + k).backward()
    assert told(x.grad) == [7.0, 8.0] and told(k.grad) == 3.0 and k.grad.dtype == np.float32


def test_what_a_hook_gives_is_recorded_under_create_graph() -> None:
    x = leaf([1.0, 2.0])
    x.register_hook(lambda g: g * g)
    (x**3).sum().backward(create_graph=True)
    assert told(x.grad) == [9.0, 144.0]  # (3x²)²
    # The hook squares this gradient too: (36x³)².
    assert told(ag.gradients(x.grad.sum(), x)[0]) == [1296.0, 82944.0]


def test_a_hook_may_compute_with_other_tensors_of_the_graph() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    y.register_hook(lambda g: g * x)
    (y * y).sum().backward(create_graph=True)
    assert told(x.grad) == [4.0, 64.0]  # 2y·x·2x = 4x⁴
    # d(4x⁴)/dx passes the hook again where it comes through y.
    assert told(ag.gradients(x.grad.sum(), x)[0]) == [16.0, 192.0]


# retain_grad().


@pytest.mark.parametrize("first", ["hook", "retain_grad"])
@pytest.mark.parametrize("create_graph", [False, True])
def test_retain_grad_keeps_what_all_hooks_leave_whichever_came_first(first: str, create_graph: bool) -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    if first == "retain_grad":
        y.retain_grad()
    y.register_hook(lambda g: g * 10)
    y.retain_grad()
    y.sum().backward(create_graph=create_graph)
    assert told(y.grad) == [10.0, 10.0] and told(x.grad) == [20.0, 40.0]


def test_a_kept_gradient_accumulates() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    y.retain_grad()
    loss = y.sum()
    loss.backward(retain_graph=True)
    loss.backward()
    assert told(y.grad) == [2.0, 2.0] and told(x.grad) == [4.0, 8.0]


@pytest.mark.parametrize("create_graph", [False, True])
def test_retain_grad_keeps_the_gradient_in_every_pass_that_goes_through(create_graph: bool) -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    y.retain_grad()
    loss = y.sum()
    loss.backward(inputs=[x], retain_graph=True, create_graph=create_graph)
    assert told(y.grad) == [1.0, 1.0] and told(x.grad) == [2.0, 4.0]
    ag.gradients(loss, x, retain_graph=True, create_graph=create_graph)
    assert told(y.grad) == [2.0, 2.0] and told(x.grad) == [2.0, 4.0]
    loss.backward(inputs=[y], create_graph=create_graph)
    assert told(y.grad) == [3.0, 3.0] and told(x.grad) == [2.0, 4.0]


def test_retain_grad_keeps_the_gradient_of_what_is_itself_asked_for_or_started_from() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    y.retain_grad()
    assert told(ag.gradients(y, y, np.array([3.0, 4.0]))[0]) == told(y.grad) == [3.0, 4.0]
    ag.gradients([y.sum(), y], [x, y], [None, np.ones(2)])
    assert told(y.grad) == [5.0, 6.0] and x.grad is None


def test_a_pass_that_does_not_go_through_keeps_nothing() -> None:
    x = leaf([1.0, 2.0])
    y, z = x * x, x * 3
    y.retain_grad()
    (y.sum() + z.sum()).backward(inputs=[z])
    assert y.grad is None and told(z.grad) == [1.0, 1.0]


def test_a_kept_gradient_can_be_differentiated_under_create_graph() -> None:
    x = leaf([1.0, 2.0])
    y = x * x
    y.retain_grad()
    (y * y).sum().backward(create_graph=True)
    assert told(y.grad) == [2.0, 8.0]
    assert told(ag.gradients(y.grad.sum(), x)[0]) == [4.0, 8.0]  # of 2x²


def test_retain_grad_of_a_leaf_changes_nothing() -> None:
    x = leaf([1.0, 2.0])
    x.retain_grad()
    (x * x).sum().backward()
    assert told(x.grad) == [2.0, 4.0]


# In-place writes and views.


def test_a_hook_stays_with_the_value_on_which_it_was_put_and_retain_grad_follows_the_tensor() -> None:
    x, seen = leaf([1.0, 2.0, 3.0]), []
    y = x * 1
    y.register_hook(lambda g: seen.append(("before", g.tolist())))
    y.retain_grad()
    y *= 2
    y.register_hook(lambda g: seen.append(("after", g.tolist())))
    (3 * y).sum().backward()
    assert seen == [("after", [3.0, 3.0, 3.0]), ("before", [6.0, 6.0, 6.0])]
    assert told(y.grad) == [3.0, 3.0, 3.0] and told(x.grad) == [6.0, 6.0, 6.0]


@pytest.mark.parametrize("early", [True, False])
def test_a_replaced_gradient_passes_an_in_place_write(early: bool) -> None:
    x = leaf([1.0, 2.0, 3.0])
    y = x * 1
    if early:
        y.register_hook(lambda g: g * 100)
    y *= 2
    if not early:
        y.register_hook(lambda g: g * 100)
    y.sum().backward()
    assert told(x.grad) == [200.0, 200.0, 200.0]


def test_gradients_by_a_view_and_through_a_write_into_it() -> None:
    x = leaf([1.0, 2.0, 3.0])
    y = x * 1
    view = y[:2]
    view *= 10
    assert told(ag.gradients((y * y).sum(), x)[0]) == [200.0, 400.0, 6.0]
    y = x * 1
    view = y[:2]
    by_view, by_x = ag.gradients((view * view).sum(), [view, x])
    assert (told(by_view), told(by_x)) == ([2.0, 4.0], [2.0, 4.0, 0.0])


# Gradients of gradients.


def test_recorded_gradients_accumulate_and_can_be_differentiated() -> None:
    x = leaf([1.0, 2.0])
    for _ in range(2):
        (x**3).sum().backward(create_graph=True)
    assert told(x.grad) == [6.0, 24.0]
    assert told(ag.gradients(x.grad.sum(), x)[0]) == [12.0, 24.0]


def test_a_double_backward_adds_to_the_gradient_that_it_started_from() -> None:
    x = leaf([1.0, 2.0])
    (x**3).sum().backward(create_graph=True)
    x.grad.sum().backward()
    assert told(x.grad) == [9.0, 24.0]


def test_a_double_backward_into_an_empty_grad_is_the_second_derivative() -> None:
    x = leaf([1.0, 2.0])
    (x**3).sum().backward(create_graph=True)
    first, x.grad = x.grad, None
    first.sum().backward()
    assert told(x.grad) == [6.0, 12.0]


def test_the_incoming_gradient_is_differentiated_by_too() -> None:
    x, v = leaf([1.0, 2.0]), leaf([1.0, 1.0])
    (x * 2).backward(v, create_graph=True)
    assert told(ag.gradients(x.grad.sum(), v)[0]) == [2.0, 2.0]
    x.grad = None
    (x * 2).backward(v)
    assert told(x.grad) == [2.0, 2.0] and not x.grad.requires_grad


def test_a_walk_in_no_grad_is_recorded_where_that_is_asked_for() -> None:
    x = leaf([1.0, 2.0])
    loss = (x**3).sum()
    with ag.no_grad():
        (g,) = ag.gradients(loss, x, create_graph=True)
        loss.backward()
    assert told(g) == told(x.grad) == [3.0, 12.0]
    assert told(ag.gradients(g.sum(), x)[0]) == [6.0, 12.0]


# Results that have no gradient.


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (lambda x: ag.tensor([1, 2]).sum(), "is of int64"),
        (lambda x: (x > 1).sum(), "is of int64"),
        (lambda x: x.astype(int).sum(), "is of int64"),
        (lambda x: (x > 1).all(), "is of bool"),
        (lambda x: ag.tensor([1.0, 2.0]).sum(), "computed from nothing that requires a gradient"),
        (lambda x: x.detach().sum(), "computed from nothing that requires a gradient"),
        (lambda x: x * 2, r"needs a scalar, got shape \(2,\)"),
        (lambda x: (x * 1j).sum(), "needs a real scalar, got dtype complex128"),
        (lambda x: x.tolist(), "starts at a Tensor, got list"),
    ],
)
def test_a_result_without_a_gradient_is_answered_in_two_lines(result: Callable[[ag.Tensor], Any], message: str) -> None:
    x = leaf([1.0, 2.0])
    calls = [lambda: ag.gradients([result(x)], x)]
    if isinstance(result(x), ag.Tensor):
        calls.append(lambda: result(x).backward())
    for call in calls:
        with pytest.raises(AutogradError, match=message) as caught:
            call()
        assert len(str(caught.value).splitlines()) == 2


def test_one_element_in_several_axes_is_a_scalar() -> None:
    x = leaf([1.0, 2.0])
    (x * 2).sum().reshape(1, 1).backward()
    assert told(x.grad) == [2.0, 2.0]


def test_a_complex_result_takes_a_complex_gradient() -> None:
    x = leaf([1.0, 2.0])
    (x * 1j).sum().backward(np.array(1j))
    assert told(x.grad) == [1.0, 1.0]


def test_a_detached_tensor_starts_a_graph_of_its_own() -> None:
    x = leaf([1.0, 2.0])
    y = x * 2
    z = y.detach().requires_grad_()
    (y * z).sum().backward()
    assert told(x.grad) == [4.0, 8.0] and told(z.grad) == [2.0, 4.0]
