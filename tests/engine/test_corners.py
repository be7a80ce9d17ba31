"""Corners in which a gradient could be silently wrong: each has been seen to go wrong somewhere."""

import gc
import threading
import weakref

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, GradientError, ShapeError, UsageError


def leaf(data: object, dtype: object = float) -> ag.Tensor:
    return ag.tensor(data, dtype=dtype, requires_grad=True)


def test_an_operand_without_a_rule_may_require_a_gradient_itself() -> None:
    a, b = leaf([2.0, 3.0]), leaf([4.0, 0.0])
    np.where(b, a, b).sum().backward()
    assert a.grad.tolist() == [1.0, 0.0] and b.grad.tolist() == [0.0, 1.0]
    scaled = ag.primitive(lambda k, x: k * x, k=None, x=lambda g, k: g * k, name="scaled")
    c, d = leaf(3.0), leaf(5.0)
    (scaled(c, d) * c).backward()
    assert c.grad.item() == 15.0 and d.grad.item() == 9.0


def test_requiring_a_gradient_twice_keeps_history_and_hooks() -> None:
    x = leaf(3.0)
    y = x * x
    x.register_hook(lambda g: g * 10)
    x.requires_grad_()
    (y + x).backward()
    assert x.grad.item() == 70.0


def test_residuals_need_a_definition() -> None:
    with pytest.raises(UsageError, match="second derivative"):
        ag.primitive(lambda x: x, x=lambda g, s: g * s, residuals=lambda x: (x, x), residual_names=("s",))


@pytest.mark.parametrize("rules", [{"y": lambda g: g}, {"x": lambda g: g, "keywords": ("x",)}])
def test_names_with_a_meaning_of_their_own_are_refused(rules: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="Use each name once"):
        ag.primitive(lambda *operands: operands[0], **rules)


def test_rules_over_many_operands_get_their_arguments_by_name() -> None:
    total = ag.primitive(
        lambda *arrays, factor: sum(arrays) * factor,
        each=lambda g, factor, likes, i: g * factor * (i + 1) * len(likes),
        name="total",
        canonical=lambda arrays, factor: (tuple(arrays), {"factor": factor}),
        keywords=("factor",),
    )
    a, b = leaf(1.0), leaf(1.0)
    total([a, b], factor=5.0).backward()
    assert a.grad.item() == 10.0 and b.grad.item() == 20.0


def test_the_second_derivative_of_a_complex_modulus() -> None:
    z = ag.tensor(3.0 + 4.0j, requires_grad=True)
    (g,) = ag.gradients(np.abs(z) ** 2, z, create_graph=True)
    (second,) = ag.gradients(g.real, z)
    np.testing.assert_allclose(second.numpy(), 2.0)


def test_mixed_derivatives_of_a_power_agree_at_exponent_zero() -> None:
    for first, second in ((0, 1), (1, 0)):
        pair = [leaf(2.0), leaf(0.0)]
        (g,) = ag.gradients(pair[0] ** pair[1], pair[first], create_graph=True)
        assert ag.gradients(g, pair[second])[0].item() == 0.5


def test_no_gradient_shares_memory_with_another_or_with_the_seed() -> None:
    a, b, seed = leaf([1.0, 2.0]), leaf([3.0, 4.0]), np.ones(2)
    by_a, by_b = ag.gradients(a + b, [a, b], seed, retain_graph=True)
    by_a *= 5
    assert by_b.tolist() == [1.0, 1.0] and seed.tolist() == [1.0, 1.0]
    (a + b).backward(seed, create_graph=True)
    a.grad.data *= 5
    assert b.grad.tolist() == [1.0, 1.0]
    values = np.ones(2)
    a.grad = values
    a.grad.data *= 3
    assert values.tolist() == [1.0, 1.0]


def test_a_hook_cannot_write_into_the_gradient_of_others() -> None:
    a, b = leaf([1.0]), leaf([1.0])
    s = a + b

    def spoil(g: ag.Tensor) -> ag.Tensor:
        g *= 10
        return g

    a.register_hook(spoil)
    with pytest.raises(UsageError, match="read-only"):
        s.sum().backward()


def test_grad_is_one_object_and_in_place_changes_stay() -> None:
    x = leaf(3.0)
    for _ in range(2):
        (x * x).backward()
    assert x.grad is x.grad and x.grad.item() == 12.0
    x.grad.data *= 0
    assert x.grad.item() == 0.0


@pytest.mark.parametrize("f", [ag.relu, lambda x: np.maximum(x, 0.0), lambda x: np.clip(x, 0.0, None)])
def test_a_mask_passes_no_nan_where_the_gradient_is_infinite(f: object) -> None:
    x = leaf([-1.0, 4.0])
    np.sqrt(f(x)).sum().backward()  # type: ignore[operator]
    assert x.grad.tolist() == [0.0, 0.25]


def test_hooks_and_assignments_keep_the_dtype() -> None:
    x = leaf([1.0], np.float32)
    x.register_hook(lambda g: np.array([2.0], np.float32))
    (x * x).sum().backward()
    assert x.grad.dtype == np.float32
    x.grad = np.array([1.0])
    assert x.grad.dtype == np.float32


def test_the_mean_of_many_half_precision_numbers_has_a_gradient() -> None:
    x = leaf(np.ones(70_000), np.float16)
    x.mean().backward()
    assert x.grad[0].item() == pytest.approx(1 / 70_000, rel=0.01)


def test_inputs_may_be_one_tensor_but_not_none_at_all() -> None:
    x = leaf([1.0, 2.0])
    (x * x).sum().backward(inputs=x)
    assert x.grad.tolist() == [2.0, 4.0]
    with pytest.raises(AutogradError, match="inputs is empty"):
        (x * x).sum().backward(inputs=[])


def test_a_target_is_not_pulled_through_and_so_not_freed() -> None:
    x = leaf([3.0])
    y = x * x
    ag.gradients((y * 3).sum(), y)
    y.sum().backward()
    assert x.grad.tolist() == [6.0]
    assert ag.gradients((y * 3).sum(), y)[0].tolist() == [3.0]


def test_a_hook_closes_no_cycle() -> None:
    gc.disable()
    try:
        y = leaf([1.0]) * 2
        y.register_hook(lambda g: None)
        alive = weakref.ref(y)
        del y
        assert alive() is None
    finally:
        gc.enable()


def test_threads_that_accumulate_into_one_leaf_lose_nothing() -> None:
    x = leaf(np.zeros(20_000))

    def work() -> None:
        for _ in range(100):
            (x * 1.0).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad.numpy().min() == x.grad.numpy().max() == 400.0


def test_division_by_a_python_zero_is_as_in_numpy() -> None:
    x = leaf([1.0, 0.0])
    with np.errstate(all="ignore"):
        (x / 0).sum().backward()
    assert x.grad.tolist() == [np.inf, np.inf]


def test_python_complex_numbers_are_operands_of_scalars() -> None:
    x = leaf([1.0, 2.0])
    (1j * x.sum() * -1j).real.backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_the_bounds_of_clip_receive_the_gradient_of_what_they_cut() -> None:
    x, low, high = leaf([-5.0, 0.0, 5.0]), leaf(-1.0), leaf(1.0)
    np.clip(x, low, high).sum().backward()
    assert (x.grad.tolist(), low.grad.item(), high.grad.item()) == ([0.0, 1.0, 0.0], 1.0, 1.0)
    assert np.clip(x, a_min=0.0, a_max=1.0).tolist() == [0.0, 0.0, 1.0]


def test_lists_and_numbers_may_stand_beside_tensors() -> None:
    t = leaf([1.0, 2.0])
    assert np.concatenate([[0.0], t]).tolist() == [0.0, 1.0, 2.0]
    assert np.concatenate([[[0.0]], t.reshape(1, 2)], axis=None).tolist() == [0.0, 1.0, 2.0]
    assert ag.sum(3.0) == 3.0 and ag.sum((1.0, 2.0)) == 3.0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t: np.ravel(t, order="K"),
        lambda t: np.reshape(t, (2,), order="A"),
        lambda t: ag.arange(t[0]),
        lambda t: np.exp(t, out=np.zeros(2)),
        lambda t: ag.squared_error(t, np.ones((2, 1))),
        lambda t: ag.softmax_cross_entropy(t, -1),
        lambda t: ag.softmax_cross_entropy(t, 0.5),
        lambda t: (t * (1 + 1j)).sum().backward(),
        lambda t: t * np.ma.masked_array([1.0, 2.0], [True, False]),
        lambda t: ag.primitive(np.tanh, x=lambda g: g),
    ],
)
def test_wrong_use_gets_two_lines(wrong: object) -> None:
    with pytest.raises(AutogradError) as caught:
        wrong(leaf([1.0, 2.0]))  # type: ignore[operator]
    lines = str(caught.value).splitlines()
    assert len(lines) == 2 and all(len(line) <= 160 for line in lines)


def test_a_rule_of_the_wrong_shape_is_named() -> None:
    bad = ag.primitive(lambda x: x * 1.0, x=lambda g: np.ones(2), name="bad")
    with pytest.raises(ShapeError, match="bad"):
        bad(leaf([1.0, 2.0, 3.0])).sum().backward()
    constant = ag.primitive(lambda x: x * 1.0, x=lambda g: 0.0, name="constant")
    x = leaf(2.0)
    constant(x).backward()
    assert x.grad.item() == 0.0


def test_a_matrix_is_an_array_and_a_mask_is_refused() -> None:
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix([[1.0, 2.0]])
    assert (leaf([[1.0, 1.0]]) * matrix).tolist() == [[1.0, 2.0]]
    with pytest.raises(DtypeError, match="mask"):
        leaf([1.0]) + np.ma.masked_array([1.0], [True])


def test_a_complex_result_has_no_steepest_ascent() -> None:
    z = ag.tensor(1.0 + 1.0j, requires_grad=True)
    with pytest.raises(GradientError, match="real"):
        (z * z).backward()


@pytest.mark.parametrize("point", [1e-6, 1.0, 1e11])
def test_gradcheck_suits_points_of_every_size(point: float) -> None:
    assert ag.gradcheck(lambda x: np.log(x).sum(), np.full(3, point))
    assert ag.gradcheck(lambda x: (x * x).sum(), np.full(3, point), rtol=1e-4)


def test_joining_many_tensors_takes_time_in_proportion() -> None:
    parts = [leaf([1.0]) for _ in range(3000)]
    ag.concatenate(parts).sum().backward()
    assert all(part.grad.item() == 1.0 for part in parts)
    node = ag.stack(parts).grad_fn
    assert node is not None and node.saved is not None and node.saved[0][-1] is node.saved[-1][-1]


def test_no_grad_refuses_to_decorate_what_runs_later() -> None:
    def generator() -> object:
        yield 1

    async def coroutine() -> None: ...

    for function in (generator, coroutine):
        with pytest.raises(UsageError, match="inside of it"):
            ag.no_grad()(function)


def test_set_grad_enabled_works_again_as_a_block() -> None:
    off = ag.set_grad_enabled(False)
    with off:
        pass
    assert ag.is_grad_enabled()
    with off:
        assert not ag.is_grad_enabled()
    assert ag.is_grad_enabled()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t: t * np.array([1, 2], object),
        lambda t: t.astype(object),
        lambda t: ag.tensor([1.0], name=5),
        lambda t: ag.linear(t, np.ones(2)),
        lambda t: ag.gradcheck(lambda x: x, np.ones(1), order=3),
        lambda t: setattr(t, "grad", np.array([1j, 2.0])),
    ],
)
def test_what_is_no_number_or_no_name_is_refused(wrong: object) -> None:
    with pytest.raises(AutogradError) as caught:
        wrong(leaf([1.0, 2.0]))  # type: ignore[operator]
    assert len(str(caught.value).splitlines()) == 2


def test_squares_of_integers_do_not_overflow() -> None:
    assert ag.squared_error(np.array([60_000], np.int32), np.array([0], np.int32)).item() == 3.6e9


def test_an_unsigned_exponent_of_zero_has_no_slope() -> None:
    x = leaf(np.array([400.0, 3.0]))
    (x ** np.array([0, 2], np.uint8)).sum().backward()
    assert x.grad.tolist() == [0.0, 6.0]


def test_sums_over_nothing_have_empty_gradients() -> None:
    for axis in (None, 0, 1):
        x = leaf(np.ones((0, 2)))
        x.sum(axis=axis).sum().backward()
        assert x.grad.shape == (0, 2)


@pytest.mark.parametrize("activation", [ag.leaky_relu, ag.elu])
@pytest.mark.parametrize("parameter", [np.float64(0.25), np.array(0.25), 0.25])
def test_a_parameter_of_float64_leaves_float32_as_it_is(activation: object, parameter: object) -> None:
    x = leaf([-2.0, 3.0], np.float32)
    y = activation(x, parameter)  # type: ignore[operator]
    y.sum().backward()
    assert y.dtype == x.grad.dtype == np.float32


@pytest.mark.parametrize("activation", [ag.leaky_relu, ag.elu])
@pytest.mark.parametrize("parameter", ["0.2", None, 1j, [0.1, 0.2], np.ones(2), ag.tensor(0.2), ag.ones(2)])
def test_a_parameter_is_one_real_number(activation: object, parameter: object) -> None:
    with pytest.raises(ArgumentError, match="must be one real number"):
        activation(leaf([-2.0, 3.0]), parameter)  # type: ignore[operator]
