"""What backward() and gradients() promise."""

import gc
import weakref

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import GradientError, ShapeError, UsageError


def leaf(data: object) -> ag.Tensor:
    return ag.tensor(data, dtype=float, requires_grad=True)


def gradient_of(t: ag.Tensor) -> list[float]:
    assert t.grad is not None
    return t.grad.tolist()


def test_a_value_used_twice_receives_both_contributions() -> None:
    x = leaf([2.0, 3.0])
    (x * x + x).sum().backward()
    assert gradient_of(x) == [5.0, 7.0]


def test_backward_accumulates_until_zero_grad() -> None:
    x = leaf([1.0, 2.0])
    for _ in range(2):
        (3 * x).sum().backward()
    assert gradient_of(x) == [6.0, 6.0]
    x.zero_grad()
    assert x.grad is None


def test_a_gradient_that_the_user_kept_stays_what_it_was() -> None:
    x = leaf([1.0, 2.0])
    kept = []
    for _ in range(3):
        (2 * x).sum().backward()
        kept.append(x.grad)
    assert [g.tolist() for g in kept] == [[2.0, 2.0], [4.0, 4.0], [6.0, 6.0]]


def test_the_incoming_gradient_of_the_caller_is_never_written_to() -> None:
    x, seed = leaf([1.0, 2.0]), np.array([1.0, 10.0])
    for _ in range(2):
        (+x * 1.0).backward(seed)
        (x + 0.0).backward(seed)
    assert seed.tolist() == [1.0, 10.0]
    assert gradient_of(x) == [4.0, 40.0]


def test_broadcasting_is_undone() -> None:
    a, b = leaf(np.ones((3, 1))), leaf(np.ones(4))
    (a * b).sum().backward()
    assert a.grad.tolist() == [[4.0], [4.0], [4.0]]
    assert gradient_of(b) == [3.0] * 4


def test_backward_of_a_vector_names_the_shape_and_the_mend() -> None:
    with pytest.raises(GradientError) as caught:
        (leaf([1.0, 2.0, 3.0]) * 2).backward()
    assert str(caught.value) == (
        "backward() needs a scalar, got shape (3,).\n"
        "Reduce it first, loss.sum().backward(), or pass the incoming gradient: loss.backward(np.ones(3))."
    )


def test_a_gradient_of_another_shape_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"shape \(2,\), the result has shape \(3,\)"):
        (leaf([1.0, 2.0, 3.0]) * 2).backward(np.ones(2))


def test_a_second_backward_says_that_the_graph_is_freed() -> None:
    y = (leaf([1.0]) ** 2).sum()
    y.backward()
    with pytest.raises(GradientError, match="retain_graph=True"):
        y.backward()


def test_a_failed_backward_leaves_every_gradient_as_it_was() -> None:
    x, w = leaf([1.0]), leaf([2.0])
    stem = x**2
    stem.sum().backward()
    with pytest.raises(GradientError):
        (w * stem).sum().backward()
    assert gradient_of(x) == [2.0] and w.grad is None


def test_retain_graph_allows_a_second_backward() -> None:
    x = leaf([3.0])
    y = (x**2).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert gradient_of(x) == [12.0]


def test_nothing_that_needs_a_gradient_is_an_error() -> None:
    with pytest.raises(GradientError, match="requires a gradient"):
        ag.tensor([1.0]).sum().backward()


def test_inputs_limits_where_gradients_go() -> None:
    a, b = leaf([1.0]), leaf([2.0])
    (a * b).sum().backward(inputs=[a])
    assert gradient_of(a) == [2.0] and b.grad is None


def test_no_grad_records_nothing_and_enable_grad_records_again() -> None:
    x = leaf([1.0])
    with ag.no_grad():
        assert not (x * 2).requires_grad
        with ag.enable_grad():
            assert (x * 2).requires_grad
    assert (x * 2).requires_grad and ag.is_grad_enabled()

    @ag.no_grad()
    def twice(depth: int) -> bool:
        return (x * 2).requires_grad if depth == 0 else twice(depth - 1)

    assert not twice(3)


def test_detach_shares_the_memory_and_stops_the_gradient() -> None:
    x = leaf([2.0])
    (x.detach() * x).sum().backward()
    assert gradient_of(x) == [2.0]
    assert np.shares_memory(x.detach().numpy(), x.numpy())


def test_retain_grad_keeps_the_gradient_of_a_computed_tensor() -> None:
    x = leaf([2.0])
    y = x * 3
    y.retain_grad()
    (y**2).sum().backward()
    assert gradient_of(y) == [12.0] and gradient_of(x) == [36.0]


def test_hooks_see_and_replace_the_gradient_in_order() -> None:
    x = leaf([2.0])
    y = x * 3
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.register_hook(lambda g: g * 10)
    last = y.register_hook(lambda g: g * 1000)
    last.remove()
    last.remove()
    y.sum().backward()
    assert seen == [[1.0]] and gradient_of(x) == [30.0]


def test_a_leaf_that_is_the_root_calls_its_hook_whoever_is_asked_for() -> None:
    x, other, seen = leaf(2.0), leaf(3.0), []
    x.register_hook(lambda g: seen.append(g.item()))
    x.backward(inputs=[other])
    assert seen == [1.0] and x.grad is None and other.grad is None


def test_hooks_of_leaves_are_called_after_all_others() -> None:
    x, seen = leaf([2.0]), []
    x.register_hook(lambda g: seen.append("x"))
    y = x * 3
    y.register_hook(lambda g: seen.append("y"))
    (x + y).sum().backward()
    assert seen == ["y", "x"]


def test_a_hook_may_not_change_the_shape() -> None:
    y = leaf([2.0]) * 3
    y.register_hook(lambda g: np.ones((2, 2)))
    with pytest.raises(ShapeError, match="hook"):
        y.sum().backward()


def test_backward_may_be_called_inside_a_hook() -> None:
    x, inner = leaf([2.0]), leaf([5.0])
    y = x * 3
    y.register_hook(lambda g: (inner * inner).sum().backward())
    y.sum().backward()
    assert gradient_of(inner) == [10.0] and gradient_of(x) == [3.0]


def test_gradients_leaves_grad_alone_and_reaches_computed_tensors() -> None:
    x = leaf([2.0])
    y = x**2
    z = (y * 3).sum()
    by_x, by_y = ag.gradients(z, [x, y])
    assert by_x.tolist() == [12.0] and by_y.tolist() == [3.0] and x.grad is None


def test_gradients_of_several_outputs_add_up() -> None:
    x = leaf([2.0])
    (g,) = ag.gradients([x * 2, x**2], x, [np.array([1.0]), np.array([10.0])])
    assert g.tolist() == [42.0]


def test_an_unused_input_is_an_error_unless_allowed() -> None:
    x, unused = leaf([1.0]), leaf([1.0])
    y = (x * 2).sum()
    with pytest.raises(GradientError, match="do not depend"):
        ag.gradients(y, [x, unused], retain_graph=True)
    assert ag.gradients(y, unused, allow_unused=True) == (None,)


def test_gradients_of_an_array_says_what_to_do() -> None:
    with pytest.raises(UsageError, match="requires_grad=True"):
        ag.gradients(leaf([1.0]).sum(), np.ones(1))


def test_the_hessian_of_log_squared_at_one_is_two() -> None:
    x = leaf(1.0)
    (first,) = ag.gradients(np.log(x) ** 2, x, create_graph=True)
    (second,) = ag.gradients(first, x)
    assert (first.item(), second.item()) == (0.0, 2.0)


def test_a_branch_that_where_did_not_take_gives_no_nan_in_any_order() -> None:
    x = leaf([0.0, 4.0])
    y = (np.where(x > 0, np.sqrt(x), 0) ** 3).sum()
    (first,) = ag.gradients(y, x, create_graph=True)
    (second,) = ag.gradients(first.sum(), x)
    assert first.tolist() == [0.0, 3.0]
    assert second.tolist() == [0.0, 0.375]


def test_third_derivatives_come_from_the_same_rules() -> None:
    x = leaf(0.5)
    y = np.tanh(x)
    for _ in range(3):
        (y,) = ag.gradients(y, x, create_graph=True)
    t = np.tanh(0.5)
    assert y.item() == pytest.approx((1 - t**2) * (6 * t**2 - 2), rel=1e-13)


def test_create_graph_backward_gives_gradients_with_a_history() -> None:
    x = leaf([1.0, 2.0])
    (x**3).sum().backward(create_graph=True)
    assert x.grad is not None and x.grad.requires_grad
    (second,) = ag.gradients(x.grad.sum(), x)
    assert second.tolist() == [6.0, 12.0]


def test_gradients_have_the_dtype_of_their_tensor() -> None:
    a = ag.tensor([1.0, 2.0], dtype=np.float32, requires_grad=True)
    b = leaf([3.0, 4.0])
    (a * b).sum().backward()
    assert a.grad.dtype == np.float32 and b.grad.dtype == np.float64


def test_complex_gradients_point_to_steepest_ascent() -> None:
    z = ag.tensor([3.0 + 4.0j], requires_grad=True)
    w = z * (2.0 - 1.0j)
    ((w * np.array([1.0 + 0j])).sum()).backward(np.array(1.0 + 0j))
    assert z.grad.tolist() == [2.0 + 1.0j]


def test_the_gradient_of_a_complex_modulus_points_away_from_zero() -> None:
    for modulus_squared in (lambda w: abs(w) ** 2, lambda w: np.real(w * np.conjugate(w))):
        w = ag.tensor([1.0 + 2.0j], requires_grad=True)
        modulus_squared(w).sum().backward()
        np.testing.assert_allclose(w.grad.numpy(), [2.0 + 4.0j])


@pytest.mark.parametrize("create_graph", [False, True])
def test_fifty_steps_leave_no_cyclic_garbage(create_graph: bool) -> None:
    gc.collect()
    gc.disable()
    try:
        w = leaf(np.ones((3, 2)))
        for _ in range(50):
            w.zero_grad()
            hidden = np.tanh(ag.linear(np.ones((5, 2)), w, None))
            loss = (ag.softmax_cross_entropy(hidden, np.zeros(5, int)) ** 2).mean()
            loss.backward(create_graph=create_graph)
        w.zero_grad()
        graph = weakref.ref(loss)
        del loss, hidden
        assert graph() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_chain_of_a_million_operations_runs_forward_and_backward() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + 1e-9
    y.backward()
    assert x.grad.item() == 1.0


def test_dropping_the_result_frees_a_long_graph_without_recursion() -> None:
    x = leaf([1.0])
    y = first = np.exp(x)
    values = weakref.ref(first.numpy().base)
    del first
    for _ in range(200_000):
        y = y * 1.0
    assert values() is not None
    del y
    assert values() is None


def test_saved_values_are_freed_as_the_walk_goes() -> None:
    x = leaf(np.ones(1000))
    y = np.exp(x)
    values = weakref.ref(y.numpy().base)
    z = (y * y).sum()
    del y
    assert values() is not None
    z.backward()
    assert values() is None
