"""In-place writes compute as in NumPy, are differentiable and seen through every view, and never falsify a gradient."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite import writes
from autograd_lite.errors import DtypeError, GradientError, ShapeError, StaleValueError, UnsupportedError, UsageError
from autograd_lite.methods import public_primitives
from autograd_lite.recording import shares_memory
from tests.engine.together import at_once

START = np.array([[0.7, -1.2, 2.0], [1.5, 0.4, -0.9]])


def setitem(x):
    y = x * 2
    y[0] = x[1] * x[0]
    return y * y


def overlapping_setitem(x):
    y = x * 2
    y[:, 1:] = y[:, :-1]
    y[1] = y[0]
    return y**3


def repeated_index(x):
    y = x * 3
    y[np.array([0, 0]), 1] = x[1, :2]
    return y * y


def mask(x):
    y = x * 2
    y[y > 1] += x[0, 0] * x[1, 1]
    return y**2


def view_of_a_row(x):
    y = x * 2
    v = y[0]
    v *= x[1]
    return y * y * v


def views_of_views(x):
    y = x * 2
    w, v = y.T, y[0]
    v += 3 * x[1]
    u = w[::-1]
    u *= x.T
    return y * w.T * u.T * v


def view_taken_before_the_write(x):
    y = x * 2
    flat, last = y.reshape(-1), y[:, ::-1]
    y[1] *= 2
    last[0, 0] = x[0, 0]
    return flat.reshape(2, 3) * last * y


def arithmetic(x):
    y = x * 2
    y *= y
    y -= y[0]
    y /= x * x + 1
    y **= 2
    return y


def element_by_element(x):
    out = ag.zeros(3)
    for i in range(3):
        out[i] = x[0, i] * (out[i - 1] if i else 1.0)
    return out * out


def constant_base(x):
    out = ag.ones((2, 3))
    row = out[1]
    row[1:] = x[0, :2]
    out += x
    return out * row


def with_a_new_axis(x):
    y = x * 1
    y[..., None][0] = 5.0
    y[0:1] = x[1][None] * 2
    y[1] = x[0].reshape(1, 1, 3)
    return y**2


def add_at(x):
    y = x * 2
    np.add.at(y, (np.array([0, 0]), np.array([1, 1])), x[1, :2] * x[0, 0])
    np.subtract.at(y, 1, x[0])
    return y**2


def copyto(x):
    y = x * 2
    np.copyto(y, x * x, where=np.array([True, False, True]))
    np.copyto(y[0], x[1])
    return y**2


def fill_diagonal(x):
    y = x @ x.T
    np.fill_diagonal(y, x[:, 0])
    return y**2


def put_along_axis(x):
    y = x * 2
    np.put_along_axis(y, np.array([[2], [0]]), x[:, :1] ** 2, 1)
    np.put_along_axis(y, np.array([4]), 3.0, None)
    return y**2


def out_argument(x):
    y = x * 2
    assert np.multiply(x, x, out=y) is y
    assert np.tanh(y, out=y[...]) is not y
    return y**2


PROGRAMS = [
    setitem,
    overlapping_setitem,
    repeated_index,
    mask,
    view_of_a_row,
    views_of_views,
    view_taken_before_the_write,
    arithmetic,
    element_by_element,
    constant_base,
    with_a_new_axis,
    add_at,
    copyto,
    fill_diagonal,
    put_along_axis,
    out_argument,
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_value_gradient_and_second_derivative(program):
    x = ag.tensor(START, requires_grad=True)
    y = program(x)
    plain = program(ag.tensor(START))
    assert np.array_equal(y.numpy(), plain.numpy())
    assert ag.gradcheck(lambda x: program(x * 1.0).sum(), x, order=2)


def test_a_write_through_a_view_is_seen_by_the_base_and_by_other_views():
    y = ag.tensor(START, requires_grad=True) * 1
    row, column, flat = y[0], y[:, 0], y.reshape(6)
    row[0] = 9.0
    assert y[0, 0].item() == column[0].item() == flat[0].item() == 9.0
    assert column.grad_fn.parents[0] is y.grad_fn


def test_views_of_constants_become_differentiable_with_their_base():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    base = ag.zeros((2, 2))
    row = base[1]
    base[1] = w * w
    assert row.requires_grad
    row.sum().backward()
    assert w.grad.tolist() == [2.0, 4.0]


def test_a_named_view_of_a_constant_follows_its_base_too():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    base = ag.zeros((2, 2))
    row = base[1]
    row.name = "row"
    base.name = "base"
    assert row.name == "row"
    base[1] = w * w
    assert row.requires_grad
    assert row.name == "row"
    base[...] = 0.0
    assert not row.sum().numpy()


def test_a_view_can_be_a_leaf_of_its_own():
    base = ag.zeros(4)
    leaf = base[:2].requires_grad_()
    (leaf * 3).sum().backward()
    assert leaf.grad.tolist() == [3.0, 3.0]
    with pytest.raises(GradientError, match="no_grad"):
        leaf += 1
    with ag.no_grad():
        leaf += 1
    assert base.tolist() == [1.0, 1.0, 0.0, 0.0]
    loss = (leaf * leaf).sum()
    base[0] = 9.0
    with pytest.raises(StaleValueError):
        loss.backward()


def test_every_operation_whose_result_is_a_view_says_so():
    for primitive in public_primitives().values():
        if primitive.samples is None:
            continue
        for args, kwargs in primitive.samples(lambda *shape: np.ones(shape)):
            operands, keywords = primitive.call_form(args, kwargs)
            if not isinstance(operands[0], np.ndarray):
                continue
            y = primitive.fn(*operands, **keywords)
            if isinstance(y, np.ndarray) and shares_memory(y, operands[0]):
                assert primitive.views, primitive


@pytest.mark.parametrize(
    "write",
    [
        lambda w: w.data.__setitem__(0, 3.0),
        lambda w: setattr(w, "data", [3.0, 4.0]),
        lambda w: w.data.__iadd__(1.0),
        lambda w: w.data.reshape(2, 1)[0].__imul__(2.0),
        lambda w: np.copyto(w.data, 0.5),
        lambda w: np.add.at(w.data, 0, 1.0),
    ],
)
def test_a_saved_leaf_that_changes_is_noticed(write):
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    write(w)
    with pytest.raises(StaleValueError, match=r"multiply.*overwritten at .*test_inplace\.py:\d+"):
        loss.backward()


def test_a_saved_result_that_changes_is_noticed():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = np.exp(x)
    y += 1
    with pytest.raises(StaleValueError, match="exp"):
        y.sum().backward()


def test_no_grad_updates_and_optimizers_are_noticed_too():
    w = nn.Parameter([1.0, 2.0])
    optimizer = nn.optim.SGD([w], lr=0.1)
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    optimizer.step()
    with pytest.raises(StaleValueError):
        loss.backward()
    loss = (w * w).sum()
    with ag.no_grad():
        w -= 0.1
    with pytest.raises(StaleValueError):
        loss.backward()


def test_what_no_rule_saved_may_change():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    loss = (w + w).sum()
    w.data[0] = 7.0
    loss.backward()
    assert w.grad.tolist() == [2.0, 2.0]


def test_another_part_of_the_same_memory_may_change():
    flat = ag.from_numpy(np.arange(6.0))
    a, b = flat[:3].detach(), flat[3:].detach()
    a.requires_grad = True
    loss = (a * a).sum()
    b[...] = 0.0
    loss.backward()
    assert a.grad.tolist() == [0.0, 2.0, 4.0]
    loss = (a * a).sum()
    flat[2] = 0.0
    with pytest.raises(StaleValueError):
        loss.backward()


@pytest.mark.parametrize(
    "update",
    [
        lambda p: setattr(p, "data", p.data - 0.1 * p.grad.data),
        lambda p: p.data.__isub__(0.1 * p.grad.data),
    ],
)
def test_updates_between_steps_work(update):
    w = ag.tensor([1.0, -2.0], requires_grad=True)
    expected = np.array([1.0, -2.0])
    for _ in range(3):
        w.grad = None
        (w * w).sum().backward()
        update(w)
        expected -= 0.1 * 2 * expected
    assert np.allclose(w.numpy(), expected, rtol=1e-15)


def test_writes_that_would_lose_a_gradient_are_refused():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    y = w * 2
    with pytest.raises(GradientError, match="no_grad"):
        w[0] = 1.0
    with pytest.raises(GradientError):
        w[:1].__imul__(2.0)
    with ag.no_grad(), pytest.raises(GradientError, match="computed"):
        y += 1
    with ag.no_grad():
        view = y[:1]
    with pytest.raises(GradientError, match="inside no_grad"):
        view[0] = w[1]
    with pytest.raises(UsageError, match="lost"):
        np.add(w, 1, out=np.zeros(2))


def test_a_part_of_a_complex_tensor_is_not_written_unseen():
    z = ag.tensor([1.0 + 2j], requires_grad=True) * 1
    with pytest.raises(UnsupportedError, match="real or imaginary"):
        z.real[...] = 3.0
    with pytest.raises(UnsupportedError):
        imaginary = z.imag
        imaginary *= 2
    constant = ag.tensor([1.0 + 2j])
    constant.real[...] = 3.0
    assert constant.tolist() == [3 + 2j]


def test_out_may_be_an_operand():
    x = ag.tensor(START, requires_grad=True)
    y = x * 1
    np.multiply(y, y[:, ::-1], out=y)
    y.sum().backward()
    assert np.allclose(x.grad.numpy(), 2 * START[:, ::-1])


def test_writes_of_the_wrong_kind_are_refused():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(DtypeError, match="int64"):
        ag.zeros(2, dtype=int)[...] = w
    y = w * 2
    with pytest.raises(DtypeError, match="complex128"):
        y[0] = w[1] * 1j
    with pytest.raises(ShapeError, match=r"\(2,\) into a part of shape \(1,\)"):
        y[:1] = w
    with pytest.raises(ShapeError):
        y += np.ones((3, 2))
    with pytest.raises(UsageError, match="read-only"):
        np.broadcast_to(ag.ones(1), (3,))[0] = 1.0


def test_a_refused_write_changes_nothing():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    y = w * 2
    before = y.numpy().copy()
    for wrong in (lambda: y.__setitem__(slice(1), w), lambda: y.__setitem__(0, w * 1j), lambda: y.__setitem__(5, w[0])):
        with pytest.raises((ShapeError, DtypeError, IndexError)):
            wrong()
    assert np.array_equal(y.numpy(), before)
    y.sum().backward()
    assert w.grad.tolist() == [2.0, 2.0]


def test_names_hooks_and_pictures_survive_a_write():
    x = ag.tensor(START, requires_grad=True)
    y = x * 2
    y.name = "y"
    y[0] = 1.0
    assert y.name == "y"
    assert "[ ] =" in ag.draw(y.sum()).source


def test_retained_gradients_are_those_of_the_new_value():
    x = ag.tensor(START, requires_grad=True)
    y = x * 2
    row = y[0]
    y.retain_grad()
    row.retain_grad()
    y *= 3
    (row * 5).sum().backward()
    assert y.grad.tolist() == [[5.0] * 3, [0.0] * 3]
    assert row.grad.tolist() == [5.0] * 3
    assert x.grad.tolist() == [[30.0] * 3, [0.0] * 3]


def test_a_written_tensor_keeps_its_own_name_and_gradient():
    x = ag.tensor(START, requires_grad=True)
    y, t = x * 2, x * 3
    y.name, t.name = "y", "t"
    t.retain_grad()
    y[...] = t
    (y + t).sum().backward()
    assert (y.name, t.name) == ("y", "t")
    assert t.grad.tolist() == [[2.0] * 3] * 2
    narrow = ag.tensor(START, dtype=np.float32, requires_grad=True) * 1
    narrow *= x.detach()
    assert narrow.dtype == np.float32
    assert ag.gradients(narrow.sum(), x * 1, allow_unused=True) == (None,)


def test_a_users_operation_may_give_a_view():
    flip = ag.primitive(lambda x: x[::-1], x=lambda g: g[::-1], name="flip_for_this_test", samples=lambda x: [])
    x = ag.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    flipped = flip(y)
    flipped[0] = 0.0
    assert y.tolist() == [1.0, 2.0, 0.0]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 0.0]


def test_a_result_in_the_memory_of_another_operand_is_copied():
    second = ag.primitive(
        lambda a, b: b, a=lambda g: g * 0, b=lambda g: g, name="second_for_this_test", samples=lambda x: []
    )
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y, constant = x * 1, np.array([5.0, 6.0])
    second(x, y)[0] = 0.0
    second(x, constant)[0] = 0.0
    assert (y.tolist(), constant.tolist()) == ([1.0, 2.0], [5.0, 6.0])


def test_an_index_may_change_afterwards():
    x = ag.tensor(START, requires_grad=True)
    i, j = np.array([0, 1]), ag.tensor([0, 1])
    y = x[i, i] * x[0, j]
    out = ag.zeros(3)
    out[j] = y
    i += 1
    j += 1
    (out * np.array([1.0, 10.0, 100.0])).sum().backward()
    assert np.allclose(x.grad.numpy(), [[2 * 0.7, 10 * 0.4, 0.0], [0.0, 10 * -1.2, 0.0]])


def test_put_along_axis_broadcasts_its_indices_as_numpy_does():
    ours, theirs = ag.zeros((3, 4)), np.zeros((3, 4))
    for t in (ours, theirs):
        np.put_along_axis(t, np.array([[1, 2]]), 1.0, 1)
        np.put_along_axis(t[1:], np.array([5]), 7.0, None)
    assert np.array_equal(ours.numpy(), theirs)


def test_a_view_of_a_leaf_view_is_guarded_like_the_leaf():
    leaf = ag.zeros(4)[:2].requires_grad_()
    with pytest.raises(GradientError, match="no_grad"):
        leaf[:1][...] = 5.0


def test_a_hook_cannot_change_what_others_receive():
    a, b = (ag.tensor([1.0], requires_grad=True) for _ in range(2))
    middle = a * 1
    middle.register_hook(lambda g: g.__imul__(2) and None)
    with pytest.raises(UsageError, match="read-only"):
        ((middle + b) * 1).sum().backward(create_graph=True)


def test_a_whole_write_ends_the_history():
    w = ag.tensor([1.0, 2.0], requires_grad=True, name="w")
    buffer = ag.zeros(2, name="buffer")
    for _ in range(3):
        buffer[...] = w * 2
        buffer.sum().backward()
        buffer[...] = 0.0
        assert (buffer.is_leaf, buffer.requires_grad, buffer.name) == (True, False, "buffer")
    assert w.grad.tolist() == [6.0, 6.0]


def test_copies_of_views_stand_alone():
    base = ag.zeros(4)
    for view in (base[:2], base[2:].requires_grad_()):
        for made in (copy.deepcopy(view), copy.copy(view), pickle.loads(pickle.dumps(view))):
            with ag.no_grad():
                made += 1
            assert made.requires_grad == view.requires_grad
    assert base.tolist() == [0.0] * 4


def test_threads_that_share_a_view_see_one_history():
    for _ in range(20):
        w = ag.tensor(2.0, requires_grad=True)
        base = ag.zeros((4, 2))
        shared = base[1:3]
        base[1] = w
        at_once(*[lambda: (shared.sum() * w).backward(retain_graph=True)] * 2)  # noqa: B023
        assert w.grad.item() == 16.0


def test_an_array_of_its_own_memory_is_copied_first():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    t = w * 1
    t *= t.data.numpy()
    t.sum().backward()
    assert w.grad.tolist() == [1.0, 2.0]
    t = w * 1
    assert np.add(np.ones(2), np.ones(2), out=t) is t
    assert not t.requires_grad


@pytest.mark.parametrize(
    "use",
    [
        lambda x, a: x * a,
        lambda x, a: a / x,
        lambda x, a: np.maximum(x, a),
        lambda x, a: ag.squared_error(x, a).reshape(1),
        lambda x, a: np.where(a > 0, x * a, a),
        lambda x, a: x[None] @ a,
    ],
)
def test_a_callers_array_may_change_afterwards(use):
    def gradient(spoil):
        x, a = ag.tensor([1.0, 2.0], requires_grad=True), np.array([3.0, 4.0])
        y = use(x, a)
        if spoil:
            a[:] = -7.0
        return ag.gradients(y.sum(), x)[0].tolist()

    assert gradient(spoil=True) == gradient(spoil=False)


def test_results_that_do_not_fit_integers_are_refused():
    t = ag.tensor([1, 2, 3])
    with pytest.raises(UsageError, match="float64, out= is of int64"):
        np.true_divide(t, 2, out=t)
    with pytest.raises(DtypeError, match="int64"):
        t /= 2
    assert t.tolist() == [1, 2, 3]
    w = ag.tensor([1.0], requires_grad=True)
    assert ag.zeros_like(w).tolist() == [0.0]


def test_the_log_of_writes_dies_with_the_memory():
    array = np.zeros(5)
    writes.note(array[1:3])
    dead = weakref.ref(array)
    key = id(array)
    assert key in writes._logs
    del array
    assert dead() is None
    assert key not in writes._logs


def test_ranges_of_writes_keep_their_own_times():
    memory = np.zeros(8)
    writes.note(memory)
    first = writes.latest
    writes.note(memory[2:5])
    assert writes.since(first, memory[:2]) is None
    assert writes.since(first, memory[5:]) is None
    assert writes.since(first - 1, memory[5:]).time == first
    assert writes.since(first, memory[4:6]).time == first + 1
    assert writes.since(first + 1, memory) is None


def test_views_are_not_cyclic():
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            x = ag.tensor(START, requires_grad=True)
            y = x * 2
            v = y[0]
            v *= 3
            y.T[0] = 1.0
            y.sum().backward()
            del x, y, v
        assert gc.collect() == 0
    finally:
        gc.enable()
