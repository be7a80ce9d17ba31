"""What ndarray has beside its operations: flat, parts that are written into, sizes; and what Tensors refuse."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import (
    AutogradError,
    DtypeError,
    GradientError,
    IndexingError,
    ShapeError,
    UnknownNameError,
    UsageError,
)

MEMORY = """
    base byteswap ctypes dump dumps flags getfield itemset resize setfield setflags strides tobytes tofile view
"""


def leaf(values: Any) -> Any:
    return ag.tensor(values, requires_grad=True)


def test_flat_reads_and_writes_the_elements_in_a_row() -> None:
    x, v = leaf([[1.0, 2.0], [3.0, 4.0]]), leaf([5.0, 6.0])
    t = x * 1
    t.flat[1:3] = v
    assert t.tolist() == [[1.0, 5.0], [6.0, 4.0]] and len(t.flat) == 4
    assert [each.item() for each in t.flat] == [1.0, 5.0, 6.0, 4.0]
    (t.flat[[0, 1]] * np.array([2.0, 3.0])).sum().backward(retain_graph=True)
    assert x.grad.tolist() == [[2.0, 0.0], [0.0, 0.0]] and v.grad.tolist() == [3.0, 0.0]
    assert np.asarray(t.detach().flat).tolist() == t.detach().flat.copy().tolist() == [1.0, 5.0, 6.0, 4.0]


def test_flat_as_a_whole_repeats_what_is_written_into_it() -> None:
    t = ag.zeros((2, 3))
    t.flat = [1.0, 2.0]
    assert t.tolist() == [[1.0, 2.0, 1.0], [2.0, 1.0, 2.0]]
    number = ag.tensor(1.0)
    number.flat[0] = 7.0
    assert number.item() == 7.0


@pytest.mark.parametrize(("part", "slope"), [("real", [0.0, 2.0]), ("imag", [2.0, 0.0])])
def test_a_part_of_complex_numbers_that_is_written_has_the_gradient_no_more(part: str, slope: list[float]) -> None:
    z, v = leaf([1.0 + 1.0j]), leaf([3.0])
    w = z * 1
    setattr(w, part, v)
    assert w.tolist() == ([3.0 + 1.0j] if part == "real" else [1.0 + 3.0j])
    (np.abs(w) ** 2).sum().backward()
    assert z.grad.tolist() == [complex(*slope)] and v.grad.tolist() == [6.0]


def test_the_real_part_of_reals_is_all_of_them() -> None:
    t = leaf([1.0, 2.0]) * 1
    t.real = 5.0
    assert t.tolist() == [5.0, 5.0]
    with pytest.raises(DtypeError, match="no imaginary part"):
        t.imag = 1.0


def test_sizes_in_bytes_are_those_of_numpy() -> None:
    for dtype in (np.float16, np.complex128, np.int32):
        t = ag.zeros((2, 3), dtype=dtype)
        assert (t.itemsize, t.nbytes) == (t.numpy().itemsize, t.numpy().nbytes)


def test_an_element_is_taken_by_its_number_or_its_index() -> None:
    t = leaf([[1.0, 2.0], [3.0, 4.0]])
    assert (t.item(2), t.item(1, 1), t.item((0, 1))) == (3.0, 4.0, 2.0)
    with pytest.raises(IndexingError, match="shape"):
        t.item(9)


def test_rounding_and_copies_take_the_arguments_of_numpy() -> None:
    t = leaf([1.26, -0.74])
    assert round(t[0], 1).item() == 1.3 and round(t[1]).item() == -1.0
    assert t.copy(order="F").requires_grad
    assert t.astype(float, copy=False) is t and t.astype(float) is not t
    assert t.astype(np.float32, order="C", casting="same_kind", subok=True).dtype == np.float32
    with pytest.raises(DtypeError, match="casting='safe'"):
        t.astype(np.float32, casting="safe")


def test_a_shape_is_not_written_into() -> None:
    t = leaf([1.0, 2.0]) * 1
    with pytest.raises(UsageError, match=r"Write t = t\.reshape\(\(2, 1\)\)\."):
        t.shape = (2, 1)


@pytest.mark.parametrize("name", MEMORY.split())
def test_what_concerns_the_memory_alone_says_what_to_write(name: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        getattr(ag.ones(2), name)
    assert len(str(caught.value).splitlines()) == 2
    assert not hasattr(ag.ones(2), name)


@pytest.mark.parametrize(
    ("write", "shape"),
    [
        (lambda a, v: np.fill_diagonal(a, v[0]), (3, 2)),
        (lambda a, v: np.fill_diagonal(a, v), (4, 4)),
        (lambda a, v: np.fill_diagonal(a, v, wrap=True), (5, 2)),
        (lambda a, v: np.fill_diagonal(a, v[0]), (2, 2, 2)),
        (lambda a, v: np.put(a, [0, -1, 2], v), (2, 3)),
        (lambda a, v: np.place(a, np.arange(6).reshape(2, 3) % 2 == 0, v), (2, 3)),
        (lambda a, v: np.putmask(a, np.arange(6).reshape(2, 3) > 2, v), (2, 3)),
        (lambda a, v: np.copyto(a, v, where=[True, False]), (3, 2)),
        (lambda a, v: np.put_along_axis(a, np.array([[1, 0]]), v[None], 0), (2, 2)),
        (lambda a, v: a.sort(axis=0), (3, 2)),
        (lambda a, v: a.partition(1), (2, 3)),
        (lambda a, v: a.fill(v[1]), (2,)),
    ],
)
def test_what_writes_into_its_argument_writes_its_history_too(write: Callable[..., None], shape: Any) -> None:
    before = np.random.default_rng(0).permutation(np.linspace(-2, 2, int(np.prod(shape)))).reshape(shape)
    values = np.array([0.75, -1.25])

    def written(a: Any, v: Any) -> Any:
        held = a * 1
        write(held, v)
        return held

    np.testing.assert_array_equal(
        written(ag.from_numpy(before), ag.from_numpy(values)).numpy(), written(before, values)
    )
    assert ag.gradcheck(written, (before, values), order=2)


def test_a_vector_has_no_diagonal_to_write() -> None:
    for shape in ((3,), (2, 3, 2)):
        with pytest.raises(ShapeError, match="no diagonal"):
            np.fill_diagonal(ag.zeros(shape), 1.0)


@pytest.mark.parametrize(
    "lost",
    [
        lambda t: np.array([t, t]),
        lambda t: np.array(t),
        lambda t: np.r_[t, 1.0],
        lambda t: np.c_[t, t],
        lambda t: np.vectorize(lambda v: v * v)(t),
        lambda t: np.frompyfunc(lambda v: v * v, 1, 1)(t),
        lambda t: np.polynomial.polynomial.polyval(2.0, t),
        lambda t: np.polynomial.chebyshev.chebval([1.0, 2.0], t),
        lambda t: np.polynomial.Polynomial(t),
        lambda t: np.ma.masked_where(np.array([True, False]), t),
        lambda t: np.random.default_rng(0).normal(t, 1.0),
        lambda t: np.random.default_rng(0).normal(0.0, t[0]),
        lambda t: np.random.default_rng(0).permutation(t),
        lambda t: np.testing.assert_allclose(t, t),
        lambda t: np.save("lost.npy", t),
        lambda t: np.savetxt("lost.txt", t),
        lambda t: np.lib.stride_tricks.as_strided(t, (2, 2), (0, 8)),
        lambda t: np.lib.stride_tricks.sliding_window_view(t, 1, writeable=True),
        lambda t: np.full(3, t[0]),
        lambda t: np.arange(0, t[0]),
        lambda t: np.copyto(np.zeros(2), t),
        lambda t: np.add.at(np.zeros(2), [0, 1], t),
        lambda t: np.zeros(2).__setitem__(slice(None), t),
    ],
)
def test_a_gradient_is_never_lost_in_silence(
    lost: Callable[[Any], Any], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AutogradError) as caught:
        lost(leaf([0.5, 1.5]))
    assert len(str(caught.value).splitlines()) == 2
    assert not list(tmp_path.iterdir())


def test_gradients_are_compared_with_numpys_own_tests() -> None:
    x = leaf([1.0, 2.0])
    (x * x).sum().backward()
    np.testing.assert_allclose(x.grad, [2.0, 4.0])
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(x.grad, [2.0, 4.5])
    assert np.allclose(x, [1.0, 2.0]) and np.array_equal(x.grad, x * 2)


def test_indices_and_tests_are_constants() -> None:
    x = leaf([3.0, 1.0, 2.0])
    for found in (x.argmax(), np.argsort(x), np.digitize(x, [1.5]), np.searchsorted([1.5, 2.5], x), x > 1, np.sign(x)):
        assert not found.requires_grad
    assert [each.tolist() for each in (np.flatnonzero(x > 1), np.argwhere(x > 2), x.argsort())] == [
        [0, 2],
        [[0]],
        [1, 2, 0],
    ]


def test_broadcasting_gives_what_cannot_be_written_into() -> None:
    with pytest.raises((GradientError, UsageError)):
        np.broadcast_to(leaf([1.0, 2.0]) * 1, (3, 2))[0, 0] = 5.0
