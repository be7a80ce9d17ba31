"""What ag.checkpoint promises: the same gradients of every order, less memory, and never other numbers in silence."""

import copy
import math
import pickle
import re
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import AnomalyError, GradientError, StaleValueError, UsageError
from tests.benchmarks import checkpoint as chains
from tests.engine.references import leaf, memory_of
from tests.engine.together import at_once


def block(x: ag.Tensor, w: ag.Tensor) -> ag.Tensor:
    return np.tanh(w * x) + x


def orders(f: Callable[..., ag.Tensor]) -> list[np.ndarray]:
    """Return the derivatives of a loss of f up to the third order."""
    x, w = leaf([0.3, -0.7]), leaf([0.5, -1.2])
    first = ag.gradients((f(x, w) ** 3).sum(), [x, w], create_graph=True)
    second = ag.gradients((first[0] * first[1] ** 2).sum(), [x, w], create_graph=True)
    third = ag.gradients(second[0].sum() + (second[1] ** 2).sum(), [x, w])
    return [each.numpy() for each in (*first, *second, *third)]


def nested(x: ag.Tensor, w: ag.Tensor) -> ag.Tensor:
    return ag.checkpoint(block)(ag.checkpoint(block)(x, w) * w, w)


def deeply_nested(x: ag.Tensor, w: ag.Tensor) -> ag.Tensor:
    return ag.checkpoint(nested)(ag.checkpoint(lambda: nested(x, w))(), w)


def without(f: Callable[..., Any]) -> Callable[..., Any]:
    return f


def test_the_gradient_of_the_square_of_a_sine_is_the_closed_form() -> None:
    x = leaf([0.3, 1.1])
    ag.checkpoint(lambda x: np.sin(x) ** 2)(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.sin(2 * np.array([0.3, 1.1])), rtol=1e-15)


@pytest.mark.parametrize("f", [block, nested, deeply_nested], ids=lambda f: f.__name__)
def test_derivatives_of_every_order_are_those_of_the_function_as_it_stands(
    f: Callable[..., ag.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = orders(ag.checkpoint(f))
    monkeypatch.setattr(ag, "checkpoint", without)
    for mine, plain in zip(found, orders(f), strict=True):
        np.testing.assert_allclose(mine, plain, rtol=1e-12)


def test_complex_gradients_are_those_of_the_function_as_it_stands() -> None:
    z = ag.tensor([1.0 + 2.0j], requires_grad=True)
    ag.checkpoint(lambda z: z * z)(z).real.sum().backward()
    # ∂Re(z²)/∂Re z + i ∂Re(z²)/∂Im z = 2x − 2iy
    assert z.grad.tolist() == [2.0 - 4.0j]


def test_gradients_reach_what_the_function_closes_over() -> None:
    w, x = leaf([2.0, 3.0]), leaf([1.0, 4.0])
    h = w * w
    ag.checkpoint(lambda x: h * x)(x).sum().backward()
    assert w.grad.tolist() == [4.0, 24.0] and x.grad.tolist() == [4.0, 9.0]


def test_leaves_that_a_layer_makes_when_it_is_first_called_get_their_gradient() -> None:
    class Lazy:
        weight: Any = None

        def __call__(self, x: ag.Tensor) -> ag.Tensor:
            if self.weight is None:
                self.weight = leaf([2.0, 3.0])
            product: ag.Tensor = self.weight * x
            return product

    layer, x = Lazy(), leaf([1.0, 4.0])
    ag.checkpoint(layer)(x).sum().backward()
    assert layer.weight.grad.tolist() == [1.0, 4.0] and x.grad.tolist() == [2.0, 3.0]


@dataclass
class Pair:
    left: Any
    right: Any


def test_arguments_and_results_may_be_nested() -> None:
    def f(pair: Pair, *, options: dict[str, Any], power: int) -> dict[str, Any]:
        product = pair.left * options["scales"][0] ** power
        return {"products": [product, None, "text", 3], "pair": Pair(pair.right + 1, (product > 1,))}

    x, k = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    found = ag.checkpoint(f)(Pair(x, k), options={"scales": (k,)}, power=2)
    assert found["products"][1:] == [None, "text", 3] and found["pair"].right[0].tolist() == [True, True]
    (found["products"][0].sum() + 10 * found["pair"].left.sum()).backward()
    assert x.grad.tolist() == [9.0, 16.0] and k.grad.tolist() == [16.0, 26.0]


def test_a_structure_that_is_changed_after_the_call_is_not_what_is_computed_again() -> None:
    x, w = leaf([2.0]), leaf([3.0])
    given = [x, w]
    y = ag.checkpoint(lambda pair: pair[0] * pair[1])(given)
    given[0] = w
    y.sum().backward()
    assert x.grad.tolist() == [3.0] and w.grad.tolist() == [2.0]


def test_an_array_argument_is_copied() -> None:
    x, batch = leaf([1.0, 2.0]), np.array([3.0, 4.0])
    y = ag.checkpoint(lambda batch: x * x * batch)(batch)
    batch[:] = 0
    y.sum().backward()
    assert x.grad.tolist() == [6.0, 16.0]


def test_a_result_that_is_not_used_gives_no_gradient() -> None:
    x, w = leaf([2.0]), leaf([3.0])
    square, _ = ag.checkpoint(lambda x, w: (x * x, w * 5))(x, w)
    assert ag.gradients(square.sum(), [x, w], allow_unused=True)[1] is None


def test_of_two_results_both_pass_their_gradients_on() -> None:
    x, w = leaf([2.0]), leaf([3.0])
    product, total = ag.checkpoint(lambda x, w: (x * w, x + w))(x, w)
    (10 * product + total).sum().backward()
    assert x.grad.tolist() == [31.0] and w.grad.tolist() == [21.0]


def test_one_tensor_returned_twice_counts_twice() -> None:
    x = leaf([2.0])
    one, other = ag.checkpoint(lambda x: (y := x * x, y))(x)
    (one + 10 * other).sum().backward()
    assert x.grad.tolist() == [44.0]


def test_what_passes_through_untouched_is_the_tensor_itself() -> None:
    x = leaf([1.0])
    assert ag.checkpoint(lambda x: x)(x) is x


def test_a_result_that_was_a_view_may_be_written_into_and_leaves_its_base_alone() -> None:
    x = leaf([1.0, 2.0])
    h = x * 2
    y = ag.checkpoint(lambda h: h[:1])(h)
    y *= 5
    (h.sum() + y.sum()).backward()
    assert h.tolist() == [2.0, 4.0] and x.grad.tolist() == [12.0, 2.0]


def test_writes_inside_of_the_function_are_differentiated() -> None:
    def f(x: ag.Tensor) -> ag.Tensor:
        h = x * 2
        h += x
        h[0] = h[1] * h[0]
        return h

    x = leaf([1.0, 2.0])
    ag.checkpoint(f)(x).sum().backward()
    assert x.grad.tolist() == [18.0, 12.0]  # of 9 x₀ x₁ + 3 x₁


def test_inside_no_grad_it_is_the_function_as_it_stands() -> None:
    calls = []
    with ag.no_grad():
        y = ag.checkpoint(lambda x: calls.append(1) or x * x)(leaf([3.0]))
    assert y.tolist() == [9.0] and not y.requires_grad and calls == [1]


def test_no_grad_inside_of_the_function_holds_on_the_way_back() -> None:
    def f(x: ag.Tensor) -> ag.Tensor:
        with ag.no_grad():
            scale = x * x
        return x * scale

    x = leaf([3.0])
    y = ag.checkpoint(f)(x).sum()
    with ag.no_grad():
        y.backward()
    assert x.grad.tolist() == [9.0]


def test_derivatives_may_be_taken_inside() -> None:
    def f(x: ag.Tensor) -> ag.Tensor:
        u = ag.tensor(x.numpy(), requires_grad=True)
        (slope,) = ag.gradients((u**3 * x).sum(), u, create_graph=True)
        return slope  # 3u²x

    x = leaf([1.0, 2.0])
    ag.checkpoint(f)(x).sum().backward()
    assert x.grad.tolist() == [3.0, 12.0]


def test_a_graph_that_is_retained_can_be_walked_again_and_a_freed_one_cannot() -> None:
    x = leaf([2.0])
    y = ag.checkpoint(lambda x: x**3)(x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [24.0]
    with pytest.raises(GradientError, match="retain_graph=True"):
        y.backward()


def test_hooks_of_arguments_and_results_are_called_once() -> None:
    x, calls = leaf([1.0, 2.0]), []
    x.register_hook(lambda g: calls.append(g.tolist()))
    y = ag.checkpoint(lambda x: x * x)(x)
    y.register_hook(lambda g: g * 10)
    y.retain_grad()
    (y.sum() + ag.checkpoint(lambda: x * 3)().sum()).backward()
    assert calls == [[23.0, 43.0]] and x.grad.tolist() == calls[0] and y.grad.tolist() == [10.0, 10.0]


@pytest.mark.parametrize("of_leaf", [True, False])
def test_hooks_and_retain_grad_that_the_function_puts_on_its_argument_are_put_there_once(of_leaf: bool) -> None:
    def f(h: ag.Tensor) -> ag.Tensor:
        h.register_hook(lambda g: g * 10)
        h.retain_grad()
        return h * h

    x = leaf([1.0, 2.0])
    h = x if of_leaf else x * 1
    y = ag.checkpoint(f)(h).sum()
    y.backward(retain_graph=True)
    assert h.grad.tolist() == x.grad.tolist() == [20.0, 40.0]
    y.backward()
    assert h.grad.tolist() == x.grad.tolist() == [40.0, 80.0]


@pytest.mark.parametrize("argument", [True, False])
def test_a_leaf_that_is_frozen_before_the_way_back_gets_no_gradient_and_others_do(argument: bool) -> None:
    w, k = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    y = ag.checkpoint(lambda w: w * w)(w) if argument else ag.checkpoint(lambda: w * w)()
    w.requires_grad = False
    (y * k).sum().backward()
    assert w.grad is None and not w.requires_grad and k.grad.tolist() == [1.0, 4.0]


def test_threads_may_walk_one_graph() -> None:
    x = leaf(np.linspace(0.1, 0.9, 50))
    loss = ag.checkpoint(lambda x: ag.checkpoint(np.exp)(np.log(x) * 3))(x).sum()
    results = at_once(*[lambda: ag.gradients(loss, x, retain_graph=True)[0].numpy()] * 4)
    for each in results:
        np.testing.assert_allclose(each, 3 * x.numpy() ** 2, rtol=1e-13)


def test_transforms_of_a_checkpointed_function_are_those_of_the_function() -> None:
    def f(x: ag.Tensor) -> ag.Tensor:
        return (np.sin(x) * x[::-1]).sum()

    x, v, p = np.array([0.3, 1.1]), np.array([1.0, -2.0]), leaf(2.0)
    np.testing.assert_allclose(ag.hessian(ag.checkpoint(f))(x), ag.hessian(f)(x), rtol=1e-14)
    np.testing.assert_allclose(ag.jvp(ag.checkpoint(f), (x,), (v,)), ag.jvp(f, (x,), (v,)), rtol=1e-14)
    assert ag.gradcheck(ag.checkpoint(f), (x,), order=2)
    ag.grad(lambda x: ag.checkpoint(np.sin)(x) ** 2 * p)(ag.tensor(0.5)).backward()
    assert p.grad.item() == pytest.approx(np.sin(1.0), rel=1e-14)  # of p sin²x by x: p sin 2x


def test_hooks_inside_are_called_on_the_way_back_and_replace_the_gradient() -> None:
    kept = []

    def f(x: ag.Tensor) -> ag.Tensor:
        h = x * x
        h.register_hook(lambda g: g * 10)
        h.retain_grad()
        kept.append(h)
        return h * 2

    x = leaf([1.0, 2.0])
    ag.checkpoint(f)(x).sum().backward()
    assert x.grad.tolist() == [40.0, 80.0] and kept[1].grad.tolist() == [20.0, 20.0]


@pytest.mark.parametrize("where", ["argument", "closure", "attribute", "numpy"])
def test_random_numbers_are_drawn_again_and_the_generator_moves_on_once(where: str) -> None:
    rng = np.random.default_rng(0)
    np.random.seed(0)

    class Noise:
        def __init__(self) -> None:
            self.rng = rng

        def forward(self, x: ag.Tensor) -> ag.Tensor:
            return x * self.rng.random(x.size)

    x = leaf(np.ones(500))
    functions: dict[str, Callable[[], ag.Tensor]] = {
        "argument": lambda: ag.checkpoint(lambda x, source: x * source.random(x.size))(x, rng),
        "closure": lambda: ag.checkpoint(lambda x: x * rng.random(x.size))(x),
        "attribute": lambda: ag.checkpoint(Noise().forward)(x),
        "numpy": lambda: ag.checkpoint(lambda x: x * np.random.random(x.size))(x),
    }
    y = functions[where]()
    reference = np.random.RandomState(0) if where == "numpy" else np.random.default_rng(0)
    source = np.random if where == "numpy" else rng
    mask, then = reference.random(500), reference.random(2)
    assert source.random() == then[0]
    y.sum().backward()
    assert x.grad.tolist() == mask.tolist()
    assert source.random() == then[1]


def test_running_statistics_that_the_function_writes_move_once() -> None:
    x, seen = leaf([1.0, 3.0]), ag.tensor([0.0, 10.0])

    def f(x: ag.Tensor) -> ag.Tensor:
        seen[0] = seen[0].item() + x.numpy().mean()
        return x * x

    y = ag.checkpoint(f)(x)
    assert seen.tolist() == [2.0, 10.0]
    y.sum().backward()
    assert seen.tolist() == [2.0, 10.0] and x.grad.tolist() == [2.0, 6.0]


def test_running_statistics_that_another_graph_saved_are_not_taken_for_overwritten() -> None:
    x, scale = leaf([1.0, 3.0]), ag.tensor([1.0, 1.0])

    def f(x: ag.Tensor) -> ag.Tensor:
        scale[...] = 2.0
        return x * 3

    y = ag.checkpoint(f)(x)
    z = x * scale
    (y + z).sum().backward()
    assert x.grad.tolist() == [5.0, 5.0]


def overwritten_argument(x: ag.Tensor) -> ag.Tensor:
    h = x * 2
    y = ag.checkpoint(lambda h: h * h)(h)
    h += 1
    return y


def overwritten_closure(x: ag.Tensor) -> ag.Tensor:
    h = x * 2
    y = ag.checkpoint(lambda: h * h)()
    h.data[0] = 5.0
    return y


def overwritten_leaf(x: ag.Tensor) -> ag.Tensor:
    y = ag.checkpoint(lambda: x * x)()
    x.data[0] = 5.0
    return y


def overwritten_constant(x: ag.Tensor) -> ag.Tensor:
    k = ag.tensor([1.0, 2.0])
    y = ag.checkpoint(lambda: np.tanh(x + k))()
    k[0] = 7.0
    return y


def overwritten_row(x: ag.Tensor) -> ag.Tensor:
    k = ag.tensor([[1.0, 2.0], [3.0, 4.0]])
    y = ag.checkpoint(lambda: x * k[1])()
    k[1, 0] = 7.0
    return y


def overwritten_inside_a_nested_one(x: ag.Tensor) -> ag.Tensor:
    k = ag.tensor([1.0, 2.0])
    y = ag.checkpoint(lambda x: ag.checkpoint(lambda x: np.tanh(x + k))(x) * 2)(x)
    k[0] = 7.0
    return y


@pytest.mark.parametrize(
    "f",
    [
        overwritten_argument,
        overwritten_closure,
        overwritten_leaf,
        overwritten_constant,
        overwritten_row,
        overwritten_inside_a_nested_one,
    ],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("create_graph", [False, True])
def test_what_is_overwritten_before_the_way_back_raises(f: Callable[..., ag.Tensor], create_graph: bool) -> None:
    y = f(leaf([1.0, 2.0])).sum()
    with pytest.raises(StaleValueError, match=r"overwritten at .*test_checkpoint\.py:\d+"):
        y.backward(create_graph=create_graph)


def test_a_write_beside_what_was_read_does_no_harm() -> None:
    x, k = leaf([1.0, 2.0]), ag.tensor([[1.0, 2.0], [3.0, 4.0]])
    y = ag.checkpoint(lambda: x * k[1])()
    k[0] = 7.0
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 4.0]


def test_a_result_may_be_written_into() -> None:
    x = leaf([1.0, 2.0])
    y = ag.checkpoint(lambda x: np.exp(np.log(x) * 2))(x)
    y *= 3
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [6.0, 12.0], rtol=1e-14)


class Fickle:
    """Gives something else on each call."""

    def __init__(self, results: Callable[[ag.Tensor, int], Any]) -> None:
        self.results, self.calls = results, 0

    def __call__(self, x: ag.Tensor) -> Any:
        self.calls += 1
        return self.results(x, self.calls)


@pytest.mark.parametrize(
    ("results", "message"),
    [
        (lambda x, n: x * n, "other values"),
        (lambda x, n: x * (1 + 1e-9 * n), "other values"),
        (lambda x, n: x[:n] * 1, r"shape \(2,\) when it was computed again, and \(1,\) before"),
        (lambda x, n: x.astype(["", "float64", "float32"][n]) * 1, "dtype float32 .* and float64 before"),
        (lambda x, n: [x * 1] * n, "2 results that need a gradient .* and 1 before"),
        (lambda x, n: [x * 1, (x * 1).detach()][n - 1], "0 results that need a gradient"),
        (lambda x, n: x[::-1] * 1 if n > 1 else x * 1, "other values"),
    ],
)
def test_a_function_that_gives_something_else_the_second_time_is_named(
    results: Callable[[ag.Tensor, int], Any], message: str
) -> None:
    found = ag.checkpoint(Fickle(results))(leaf(np.arange(1.0, 9.0)))
    first = found[0] if isinstance(found, list) else found
    with pytest.raises(GradientError, match=f"Fickle.*{message}"):
        first.sum().backward()


def test_one_value_among_many_that_changed_is_noticed() -> None:
    values = np.ones(100_000)
    y = ag.checkpoint(lambda x: x * values)(leaf(np.ones(100_000)))
    values[77_777] = 2.0
    with pytest.raises(GradientError, match="other values"):
        y.sum().backward()


def test_other_tensors_than_before_are_noticed_even_of_the_same_values() -> None:
    weights, y = [leaf([2.0, 3.0]), leaf([2.0, 3.0])], leaf([1.0, 1.0])
    for w in weights:
        y = ag.checkpoint(lambda y: w * y)(y)  # noqa: B023
    with pytest.raises(GradientError, match=r"used a tensor of shape \(2,\) that it did not use before"):
        y.sum().backward()


def test_numbers_that_are_not_finite_are_the_same_again() -> None:
    x = leaf([0.0, 1.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        y = ag.checkpoint(lambda x: np.stack([np.log(x), np.log(x) * 0]))(x)
        y[0, 1].backward()
    assert x.grad[1].item() == 1.0


def test_a_write_into_an_argument_is_refused_at_once() -> None:
    def f(h: ag.Tensor) -> ag.Tensor:
        h += 1
        return h * h

    with pytest.raises(GradientError, match=re.escape("f() writes into its argument of shape (2,)")):
        ag.checkpoint(f)(leaf([1.0, 2.0]) * 2)


def test_anomaly_mode_looks_at_what_is_computed_again() -> None:
    x = leaf([0.0, 4.0])
    y = ag.checkpoint(lambda x: np.sqrt(x) * 1.0)(x)
    with ag.detect_anomaly(), pytest.raises(AnomalyError, match="sqrt"):
        y.sum().backward()


def test_functions_are_decorated_and_bound_as_methods() -> None:
    class Scale:
        def __init__(self) -> None:
            self.w = leaf([3.0])

        @ag.checkpoint
        def times(self, x: ag.Tensor, power: int = 1) -> ag.Tensor:
            """w xᵖ."""
            product: ag.Tensor = self.w * x**power
            return product

    scale, x = Scale(), leaf([2.0])
    scale.times(x, power=2).sum().backward()
    assert scale.w.grad.tolist() == [4.0] and x.grad.tolist() == [12.0]
    assert Scale.times.__doc__ == "w xᵖ." and "times" in repr(Scale.times)


@ag.checkpoint
def squared(x: ag.Tensor) -> ag.Tensor:
    return x * x


def test_decorated_functions_are_pickled_and_copied() -> None:
    other = ag.checkpoint(block)
    assert copy.deepcopy(squared) is squared
    assert pickle.loads(pickle.dumps(other)).__wrapped__ is block


def test_calls_in_the_manner_of_others_are_answered() -> None:
    with pytest.raises(UsageError, match=re.escape("ag.checkpoint(f)(x)")):
        ag.checkpoint(block, leaf([1.0]))


def operations(tensor: ag.Tensor) -> list[str]:
    """Return the operations that a picture shows."""
    return re.findall(r"[Bb]ackward pass of .*|^\d+\. .*$", str(ag.explain(tensor)), flags=re.MULTILINE)


def test_pictures_and_words_tell_what_the_function_computes_and_leave_no_trace() -> None:
    x, w = leaf([0.3, -0.7]), leaf([0.5, -1.2])
    plain = (block(block(x, w), w) ** 2).sum()
    mine = (ag.checkpoint(lambda x: ag.checkpoint(block)(block(x, w), w))(x) ** 2).sum()
    assert operations(mine) == operations(plain) and len(operations(mine)) == 9
    assert str(ag.draw_dot(mine)) == str(ag.draw_dot(plain))
    mine.backward()
    (by_x,) = ag.gradients(plain, x)
    np.testing.assert_allclose(x.grad.numpy(), by_x.numpy(), rtol=1e-13)


def test_once_freed_a_checkpoint_is_one_operation_in_pictures() -> None:
    x, w = leaf([0.3, -0.7]), leaf([0.5, -1.2])
    loss = ag.checkpoint(block)(x, w).sum()
    loss.backward()
    assert [line.split(" = ")[1] for line in operations(loss)[1:]][-1].startswith("checkpoint(")
    assert "2 operations" in ag.draw(loss).description


def test_what_the_function_computes_in_between_is_not_kept() -> None:
    kept: list[weakref.ref[Any]] = []

    def f(x: ag.Tensor) -> ag.Tensor:
        h = np.exp(x)
        kept.append(memory_of(h))
        return h * h

    x = leaf([1.0, 2.0])
    y = ag.checkpoint(f)(x)
    assert kept[0]() is None
    y.sum().backward()
    assert len(kept) == 2 and kept[1]() is None


def test_the_peak_of_a_chain_in_blocks_grows_with_the_root_of_its_length() -> None:
    plain = [chains.peak(chains.whole, layers) for layers in (64, 576)]
    blocks = [chains.peak(chains.in_blocks, layers) for layers in (64, 576)]
    assert plain[1] > 8 * plain[0]
    assert blocks[1] < 3.6 * blocks[0] and blocks[1] < plain[1] / 5
    # Per layer of a block one product and one result, besides the results between blocks, and the gradients.
    assert blocks[1] < 2 * 3 * math.isqrt(576) * chains.WIDTH * 8


def test_the_benchmarks_chains_compute_the_same() -> None:
    for mine, plain in zip(chains.step(chains.in_blocks, 130), chains.step(chains.whole, 130), strict=True):
        np.testing.assert_allclose(mine.numpy(), plain.numpy(), rtol=1e-12)


def test_the_benchmark_tells_memory_and_time_of_every_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "LAYERS", (16, 64))
    for _, rows in chains.tables():
        assert [row[0] for row in rows[1:]] == ["16 layers", "64 layers"]
        assert all(len(row) == 4 and all(row) for row in rows)


@pytest.mark.usefixtures("_by_reference_counts_alone")
@pytest.mark.parametrize("create_graph", [False, True])
def test_nothing_waits_for_the_garbage_collector(create_graph: bool) -> None:
    x, w = leaf([0.3, -0.7]), leaf([0.5, -1.2])
    y = ag.checkpoint(nested)(x, w)
    memory = memory_of(y)
    found = ag.gradients(y.sum(), [x, w], create_graph=create_graph)
    del y
    assert memory() is None or create_graph
    del found
    assert memory() is None


def test_checkpoints_nested_in_halves_hold_the_logarithm() -> None:
    def halved(x: ag.Tensor, w: ag.Tensor, layers: int) -> ag.Tensor:
        if layers <= 8:
            return chains.whole(x, w, layers)
        first = ag.checkpoint(halved)(x, w, layers // 2)
        return ag.checkpoint(halved)(first, w, layers - layers // 2)

    few, many = chains.peak(halved, 16), chains.peak(halved, 128)
    assert many < 3 * few
    for mine, plain in zip(chains.step(halved, 70), chains.step(chains.whole, 70), strict=True):
        np.testing.assert_allclose(mine.numpy(), plain.numpy(), rtol=1e-12)


def doubled_in_place(kept: ag.Tensor, x: ag.Tensor) -> None:
    kept *= x


def overwritten(kept: ag.Tensor, x: ag.Tensor) -> None:
    kept[...] = 2 * x


def raised_in_part(kept: ag.Tensor, x: ag.Tensor) -> None:
    part = kept[1:]
    part += x.sum()


WRITES = {"all": doubled_in_place, "other values": overwritten, "a view": raised_in_part}


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_tensor_from_outside_that_f_writes_into_keeps_the_history_of_the_forward_pass(write, create_graph):
    def derivatives(wrap: Callable[..., Any]) -> list[list[float]]:
        x, w = leaf([3.0, 4.0]), leaf([1.0, 2.0])
        kept = w * 1.0
        kept.retain_grad()

        def f(x: ag.Tensor) -> ag.Tensor:
            write(kept, x)
            return x * x

        first = ag.gradients(wrap(f)(x).sum(), x, create_graph=create_graph)[0]
        (kept**2).sum().backward()
        found = [first, x.grad, kept.grad]
        return [each.tolist() for each in (found if w.grad is None else [*found, w.grad])]

    assert derivatives(ag.checkpoint) == derivatives(lambda f: f)


def test_a_tensor_that_was_given_a_constant_after_f_wrote_into_it_stays_without_a_gradient():
    x, kept = leaf([3.0, 4.0]), ag.zeros(2)

    def f(x: ag.Tensor) -> ag.Tensor:
        kept[...] = x
        return x * x

    y = ag.checkpoint(f)(x)
    kept[...] = 7.0
    y.sum().backward()
    assert kept.tolist() == [7.0, 7.0] and not kept.requires_grad


def test_what_f_puts_aside_on_the_way_back_still_leads_to_its_arguments():
    x, aside = leaf([3.0, 4.0]), {}

    def f(x: ag.Tensor) -> ag.Tensor:
        aside["double"] = 2 * x
        return x * x

    ag.checkpoint(f)(x).sum().backward()
    x.zero_grad()
    aside["double"].sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
