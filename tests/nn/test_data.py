"""DataLoader, random_split and k_fold: every example where it belongs, and the same stream however it is made."""

import copy
import gc
import itertools
import json
import pickle
import threading
import time
import traceback
import warnings
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UsageError
from nn.data.prefetch import ahead

quick = settings(max_examples=60, deadline=None)
loaders = st.fixed_dictionaries(
    {
        "n": st.integers(1, 40),
        "batch_size": st.integers(1, 50),
        "shuffle": st.booleans(),
        "drop_last": st.booleans(),
        "prefetch": st.sampled_from([0, 1, 3]),
        "noisy": st.booleans(),
    }
)


def noisy(x, y, rng):
    return x + rng.normal(size=x.shape), y


def loader_of(case, seed=0):
    """A loader over n numbered examples, or None where drop_last leaves nothing."""
    n, options = case["n"], {name: case[name] for name in ("batch_size", "shuffle", "prefetch")}
    if case["drop_last"] and n < case["batch_size"]:
        return None
    transform = noisy if case["noisy"] else None
    x, y = np.arange(2.0 * n).reshape(n, 2), np.arange(n)
    return nn.DataLoader(x, y, drop_last=case["drop_last"], rng=seed, transform=transform, **options)


def listed(batches):
    return [[each.tolist() for each in batch] for batch in batches]


def threads():
    return [each for each in threading.enumerate() if each.name == "DataLoader"]


@quick
@given(loaders)
def test_every_example_comes_once_an_epoch(case):
    loader = loader_of(case)
    if loader is None:
        return
    n, size = case["n"], case["batch_size"]
    for _ in range(2):
        batches = [y.tolist() for _, y in loader]
        assert len(batches) == len(loader) == (n // size if case["drop_last"] else int(np.ceil(n / size)))
        given = list(itertools.chain(*batches))
        assert len(given) == len(set(given)) and set(given) <= set(range(n))
        assert all(len(each) == size for each in batches[:-1])
        if not case["drop_last"]:
            assert sorted(given) == list(range(n))
        if not case["shuffle"]:
            assert given == list(range(len(given)))
    assert not threads()


@quick
@given(loaders, st.integers(0, 200), st.integers(0, 2**32))
def test_a_stream_that_is_resumed_is_the_one_that_was_not_interrupted(case, stop, seed):
    whole, first = loader_of(case, seed), loader_of(case, seed)
    if whole is None:
        return
    expected = listed(whole) + listed(whole) + listed(whole)
    stop %= 2 * len(whole)
    done, state = [], first.state_dict()
    while len(done) < stop:
        for batch in first:
            done.append(batch)
            state = first.state_dict()
            if len(done) == stop:
                break
    second = loader_of({**case, "prefetch": 3 - case["prefetch"]}, seed + 1)
    second.load_state_dict(json.loads(json.dumps(state)))
    assert (listed(done) + listed(second) + listed(second) + listed(second))[: len(expected)] == expected


def test_the_batches_are_those_that_fit_draws():
    x, y = np.arange(10.0).reshape(10, 1), np.arange(10)
    loader = nn.DataLoader(x, y, batch_size=4, shuffle=True, rng=3)
    rng = np.random.default_rng(3)
    for _ in range(2):
        order = rng.permutation(10)
        assert listed(loader) == [[x[rows].tolist(), y[rows].tolist()] for rows in np.split(order, [4, 8])]


def test_batches_are_tensors_of_their_own_memory_in_the_form_and_dtype_of_the_data():
    x, y = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([True, False, True])
    for shuffle in (False, True):
        for batch in (next(iter(nn.DataLoader(x, y, shuffle=shuffle))), next(iter(nn.DataLoader((x, y))))):
            assert type(batch) is tuple and [type(each) for each in batch] == [ag.Tensor] * 2
            assert [each.dtype for each in batch] == [np.float32, np.bool_]
            batch[0].data += 1.0
    assert x[0].tolist() == [0.0, 1.0]
    (alone,) = next(iter(nn.DataLoader(x)))
    assert alone.shape == (3, 2)
    named = next(iter(nn.DataLoader({"x": x, "label": y}, batch_size=2)))
    assert list(named) == ["x", "label"] and named["x"].shape == (2, 2)
    assert len(next(iter(nn.DataLoader(nn.datasets.load_digits())))) == 2


def test_lists_tensors_and_memory_maps_are_data(tmp_path):
    mapped = np.memmap(tmp_path / "x", np.float64, "w+", shape=(5, 2))
    mapped[:] = 2.0
    loader = nn.DataLoader(mapped, [1, 2, 3, 4, 5], ag.arange(5))
    assert np.shares_memory(loader.arrays[0], mapped)
    assert listed(loader) == [[[[2.0, 2.0]] * 5, [1, 2, 3, 4, 5], [0, 1, 2, 3, 4]]]


def test_without_rng_the_shared_generator_shuffles():
    nn.manual_seed(5)
    assert listed(nn.DataLoader(np.arange(8), shuffle=True)) == [[np.random.default_rng(5).permutation(8).tolist()]]


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_the_state_of_every_generator_survives_json(kind):
    def made(seed):
        return nn.DataLoader(np.arange(20), batch_size=3, shuffle=True, rng=np.random.Generator(kind(seed)))

    first, second = made(0), made(1)
    iterator = iter(first)
    next(iterator)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    assert listed(second) == listed(iterator)
    assert listed(second) == listed(first)


def test_a_generator_that_others_draw_from_goes_on_where_it_was():
    """As dropout does between two batches."""

    def stream(loader, rng, batches):
        return [(batch[0].tolist(), rng.random()) for batch, _ in zip(batches, range(100), strict=False)]

    rng, other = np.random.default_rng(0), np.random.default_rng(9)
    first = nn.DataLoader(np.arange(12), batch_size=2, shuffle=True, rng=rng)
    iterator = iter(first)
    for _ in range(2):
        next(iterator)
        rng.random()
    second = nn.DataLoader(np.arange(12), batch_size=2, shuffle=True, rng=other)
    second.load_state_dict(first.state_dict())
    assert stream(second, other, second) == stream(first, rng, iterator)
    assert stream(second, other, second) == stream(first, rng, first)


def test_a_state_between_two_epochs_is_the_start_of_the_next():
    first, second = (nn.DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=seed) for seed in (0, 1))
    listed(first)
    state = first.state_dict()
    assert state["batches_given"] == 0
    second.load_state_dict(state)
    assert listed(second) == listed(first)


def test_a_state_in_the_last_batch_leaves_nothing_of_the_epoch():
    loader = nn.DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=0)
    for _ in loader:
        state = loader.state_dict()
    expected = listed(loader)
    loader.load_state_dict(state)
    assert listed(loader) == []
    assert listed(loader) == expected


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda loader: pickle.loads(pickle.dumps(loader))])
def test_a_copy_without_rng_is_shuffled_by_the_shared_generator_too(duplicate):
    loader = duplicate(nn.DataLoader(np.arange(8), shuffle=True))
    for seed in (1, 2):
        nn.manual_seed(seed)
        assert listed(loader) == [[np.random.default_rng(seed).permutation(8).tolist()]]


def test_a_copy_goes_on_as_the_original_does():
    loader = nn.DataLoader({"x": np.arange(9)}, batch_size=2, shuffle=True, rng=0)
    list(loader)
    copies = copy.deepcopy(loader), pickle.loads(pickle.dumps(loader))
    batches = [batch["x"].tolist() for batch in loader]
    assert all([batch["x"].tolist() for batch in each] == batches for each in copies)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"examples": 7}, "examples is 7, expected 8"),
        ({"batch_size": 3}, "batch_size is 3, expected 2"),
        ({"shuffle": False}, "shuffle is False, expected True"),
        ({"batches_given": 5}, "batches_given is 5, expected 0 to 4"),
        ({"batches_given": "1"}, "batches_given is '1'"),
        ({"epoch": 1}, "unexpected 'epoch'"),
        ({"rng": None}, "its Generator is unknown, expected PCG64"),
        ({"rng": np.random.Philox(0).state}, "its Generator is Philox, expected PCG64"),
        ({"rng": {"bit_generator": "PCG64", "state": {}}}, "its Generator's numbers are damaged"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, part):
    loader, other = (nn.DataLoader(np.arange(8), batch_size=2, shuffle=True, rng=0) for _ in range(2))
    iterator = iter(other)
    next(iterator)
    with pytest.raises(ArgumentError) as caught:
        loader.load_state_dict({**other.state_dict(), **change})
    assert part in str(caught.value)
    with pytest.raises(ArgumentError, match="missing 'rng'"):
        loader.load_state_dict({name: value for name, value in other.state_dict().items() if name != "rng"})
    fresh = nn.DataLoader(np.arange(8), batch_size=2, shuffle=True, rng=0)
    assert listed(loader) == listed(fresh)


def test_iter_alone_draws_nothing():
    loader, other = (nn.DataLoader(np.arange(6), batch_size=2, shuffle=True, rng=0) for _ in range(2))
    iter(loader)
    assert listed(loader) == listed(other)


def test_two_loops_at_once_are_two_epochs():
    for prefetch in (0, 2):
        loader = nn.DataLoader(np.arange(8), batch_size=2, shuffle=True, rng=0, prefetch=prefetch)
        side_by_side = [[a, b] for (a,), (b,) in zip(loader, loader, strict=True)]
        expected = nn.DataLoader(np.arange(8), batch_size=2, shuffle=True, rng=0)
        one, other = listed(expected), listed(expected)
        assert [[a.tolist()] for a, _ in side_by_side] == one
        assert [[b.tolist()] for _, b in side_by_side] == other
    assert not threads()


def test_a_transform_changes_every_batch_and_not_the_data():
    x, y = np.ones((4, 2)), np.arange(4)

    def doubled(x, y):
        x *= 2
        return x, y, y + 1

    for prefetch in (0, 1):
        loader = nn.DataLoader(x, y, batch_size=3, transform=doubled, prefetch=prefetch)
        assert listed(loader) == listed(loader) == [[[[2.0] * 2] * 3, [0, 1, 2], [1, 2, 3]], [[[2.0] * 2], [3], [4]]]
    assert (x == 1).all()
    halved = nn.DataLoader(x, transform=lambda x: x / 2)
    assert listed(halved) == [[[[0.5] * 2] * 4]]
    named = nn.DataLoader({"x": x}, transform=lambda batch: {"x": batch["x"] + 1, "n": [1]})
    assert next(iter(named))["n"].tolist() == [1]


def test_a_transform_that_keeps_an_array_does_not_share_it():
    kept = np.zeros(2)
    (batch,) = next(iter(nn.DataLoader(np.ones(2), transform=lambda x: (kept,))))
    kept[0] = 5.0
    assert batch.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("wrong", [None, 3.0, {"x": 1}, np.ones(2)])
def test_a_transform_returns_the_batch(wrong):
    loader = nn.DataLoader(np.ones(2), np.ones(2), transform=lambda x, y: wrong)
    with pytest.raises(UsageError, match="transform must return a tuple of arrays"):
        next(iter(loader))


@pytest.mark.parametrize("prefetch", [0, 1, 4])
def test_an_error_in_the_transform_comes_at_its_batch_with_its_traceback(prefetch):
    def failing_here(x):
        if x[0] == 4:
            raise KeyError("the fifth example")
        return x

    loader = nn.DataLoader(np.arange(8), batch_size=2, transform=failing_here, prefetch=prefetch)
    seen = []
    with pytest.raises(KeyError, match="the fifth example") as caught:
        for (x,) in loader:
            seen.append(x.tolist())
    assert seen == [[0, 1], [2, 3]]
    assert "failing_here" in [entry.name for entry in traceback.extract_tb(caught.value.__traceback__)]
    assert not threads()
    assert loader.state_dict()["batches_given"] == 2


def test_the_thread_ends_with_the_loop():
    loader = nn.DataLoader(np.arange(100), batch_size=1, prefetch=3)
    for _ in loader:
        assert len(threads()) == 1
        break
    assert not threads()
    iterator = iter(loader)
    assert not threads()
    next(iterator)
    del loader, iterator
    assert not threads()
    with pytest.raises(ZeroDivisionError):
        for _ in nn.DataLoader(np.arange(100), prefetch=1, batch_size=1):
            raise ZeroDivisionError
    assert not threads()


def test_the_thread_is_at_most_so_many_batches_ahead():
    made = []

    def counted(x):
        made.append(x[0])
        return x

    for used, _ in enumerate(nn.DataLoader(np.arange(30), batch_size=1, prefetch=3, transform=counted), 1):
        time.sleep(0.002)
        assert len(made) <= used + 3
    assert len(made) == 30


def test_the_thread_works_under_the_settings_of_the_loop():
    def seen(x):
        return np.array([float(ag.is_grad_enabled()), x[0] / np.zeros(1)[0]])

    loader = nn.DataLoader(np.ones(1), prefetch=1, transform=lambda x: seen(x))
    with ag.no_grad(), np.errstate(divide="ignore"):
        (x,) = next(iter(loader))
    assert x.tolist() == [0.0, np.inf]


def test_dropped_iterators_leave_no_garbage():
    loader = nn.DataLoader(np.arange(20), batch_size=2, prefetch=2)
    list(loader)
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            next(iter(loader))
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_program_that_still_holds_an_iterator_ends(run_python):
    program = """
import numpy as np, nn
loader = nn.DataLoader(np.arange(100), batch_size=1, prefetch=2)
held = iter(loader)
next(held)
cycle = [iter(loader)]
next(cycle[0])
cycle.append(cycle)
print("end")
"""
    assert run_python(program) == "end\n"


def test_items_made_ahead_are_the_items():
    assert list(ahead(iter(range(50)), 4)) == list(range(50))
    assert list(ahead(iter([]), 1)) == []
    assert [type(each) for each in ahead(iter([None, ValueError("an item")]), 1)] == [type(None), ValueError]


def test_a_loader_trains_as_arrays_do():
    x, y = nn.datasets.make_moons(64, rng=0)
    histories = []
    for data in (nn.DataLoader(x, y, batch_size=16, shuffle=True, rng=1, prefetch=2), None):
        model = nn.MLP([2, 8, 2], rng=0)
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
        given = (x, y) if data is None else (data,)
        options = {"batch_size": 16, "rng": 1} if data is None else {}
        loss = nn.CrossEntropyLoss()
        history = nn.fit(model, *given, loss=loss, optimizer=optimizer, epochs=2, progress=False, **options)
        histories.append(history.step_loss)
    assert histories[0] == histories[1]


def test_a_loader_shows_what_it_gives():
    loader = nn.DataLoader(np.zeros((1000, 4)), np.zeros(1000, int), batch_size=300, shuffle=True)
    assert repr(loader) == "DataLoader(1,000 examples of (float64[4], int64), 4 batches of 300, shuffled)"


# random_split

fractions = st.lists(st.integers(1, 20), min_size=1, max_size=5).map(lambda ws: [w / sum(ws) for w in ws])


@quick
@given(st.integers(1, 200), fractions, st.integers(0, 2**32))
def test_a_split_is_a_partition_by_pytorchs_rule(n, shares, seed):
    counts = [int(np.floor(n * share)) for share in shares]
    for k in range(n - sum(counts)):
        counts[k % len(counts)] += 1
    x, y = np.arange(2 * n).reshape(n, 2), np.arange(n)
    if 0 in counts:
        with pytest.raises(ArgumentError, match="empty"):
            nn.random_split((x, y), shares, rng=seed)
        return
    parts = nn.random_split((x, y), shares, rng=seed)
    assert [len(each) for each, _ in parts] == counts
    assert sorted(np.concatenate([labels for _, labels in parts]).tolist()) == list(range(n))
    assert all((each == x[labels]).all() for each, labels in parts)
    by_count = nn.random_split((x, y), counts, rng=seed)
    assert all((a[1] == b[1]).all() for a, b in zip(parts, by_count, strict=True))


def test_a_split_has_the_form_of_the_data():
    x = np.arange(10)
    one, other = nn.random_split(x, [7, 3], rng=0)
    assert isinstance(one, np.ndarray) and (len(one), len(other)) == (7, 3)
    named, _ = nn.random_split({"x": x, "text": x.astype(str)}, [0.5, 0.5], rng=0)
    assert (named["x"].astype(str) == named["text"]).all()
    digits = nn.datasets.load_digits()
    train, test = nn.random_split(digits, [0.8, 0.2], rng=0)
    assert type(train) is type(digits) and (len(train.labels), len(test.labels)) == (1438, 359)
    one[0] = -1
    assert x.min() == 0


@pytest.mark.parametrize(
    ("lengths", "error"),
    [
        ([8, 1], ArgumentError),
        ([11, -1], ArgumentError),
        ([0.5, 0.4], ArgumentError),
        ([1.5, -0.5], ArgumentError),
        ([1], ArgumentError),
        ([10, 0], ArgumentError),
        ([0.5, np.nan], ArgumentError),
        ([], UsageError),
        ([True, 0.5], UsageError),
        (0.8, UsageError),
        ("half", UsageError),
        (["half"], UsageError),
    ],
)
def test_impossible_lengths(lengths, error):
    with pytest.raises(error):
        nn.random_split(np.arange(10), lengths)


# k_fold


@quick
@given(st.integers(2, 60), st.integers(2, 60), st.booleans(), st.integers(0, 2**32))
def test_every_example_is_validated_on_once(n, k, shuffle, seed):
    k = min(k, n)
    x, y = np.arange(2 * n).reshape(n, 2), np.arange(n)
    folds = list(nn.k_fold(x, y, k, shuffle=shuffle, rng=seed))
    validated = [y_val.tolist() for _, (_, y_val) in folds]
    in_order = list(itertools.chain(*validated))
    assert sorted(in_order) == list(range(n))
    assert [len(each) for each in validated] == [n // k + (fold < n % k) for fold in range(k)]
    for (x_train, y_train), (x_val, y_val) in folds:
        assert sorted([*y_train, *y_val]) == list(range(n))
        assert (x_train == x[y_train]).all() and (x_val == x[y_val]).all()
        assert (np.diff(y_train) > 0).all() and (np.diff(y_val) > 0).all()
    if not shuffle:
        assert in_order == list(range(n))


@quick
@given(st.lists(st.integers(3, 12), min_size=1, max_size=5), st.integers(2, 3), st.booleans(), st.integers(0, 2**32))
def test_stratified_folds_have_equal_shares_of_every_class(counts, k, shuffle, seed):
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    n = len(labels)
    rows = []
    for _, (x_val, y_val) in nn.k_fold(np.arange(n), labels, k, shuffle=shuffle, stratify=True, rng=seed):
        rows += x_val.tolist()
        assert abs(len(y_val) - n / k) < 1
        assert (abs(np.bincount(y_val, minlength=len(counts)) - np.array(counts) / k) < 1).all()
    assert sorted(rows) == list(range(n))


def test_folds_may_be_stratified_by_other_labels():
    y = np.eye(2)[[0, 0, 1, 1]]
    for labels in (y.argmax(axis=1), np.array(["a", "a", "b", "b"]), y.argmax(axis=1).reshape(-1, 1)):
        for _, (_, y_val) in nn.k_fold(np.zeros(4), y, 2, stratify=labels, rng=0):
            assert y_val.sum(axis=0).tolist() == [1.0, 1.0]


def test_folds_are_reproducible():
    x = np.arange(20)
    folds = [[val.tolist() for _, (val, _) in nn.k_fold(x, x, rng=seed)] for seed in (0, 0, 1)]
    assert folds[0] == folds[1] != folds[2]


@pytest.mark.extra("sklearn")
@pytest.mark.extra("sklearn")
def test_the_folds_in_order_are_those_of_scikit_learn():
    selection = import_module("sklearn.model_selection")
    x = np.arange(17)
    theirs = [val.tolist() for _, val in selection.KFold(4).split(x)]
    assert [val.tolist() for _, (val, _) in nn.k_fold(x, x, 4, shuffle=False)] == theirs


@pytest.mark.parametrize(
    ("options", "error", "part"),
    [
        ({"k": 1}, ArgumentError, "from 2 to the number of examples, 6"),
        ({"k": 7}, ArgumentError, "got 7"),
        ({"k": 2.5}, UsageError, "k must be an integer"),
        ({"k": 4, "stratify": True}, ArgumentError, "class 0: it has 3 examples.\nWrite k=3"),
        ({"k": 2, "stratify": np.arange(6.0)}, ArgumentError, "Labels are class numbers"),
        ({"k": 2, "stratify": np.eye(6)}, ShapeError, "one label an example"),
        ({"k": 2, "stratify": [0, 1]}, ShapeError, "shape (6,), got (2,)"),
        ({"shuffle": None}, UsageError, "shuffle must be True or False"),
    ],
)
def test_impossible_folds_are_refused_before_the_first(options, error, part):
    with pytest.raises(error) as caught:
        nn.k_fold(np.arange(6), np.array([0, 1] * 3), **options)
    assert part in str(caught.value)


@pytest.mark.parametrize("data", [np.array([["a"]]), ["a", "b"], [None], np.array([1, None])])
def test_a_loader_takes_numbers_only(data):
    with pytest.raises(DtypeError):
        nn.DataLoader(data)


def test_nothing_is_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(nn.DataLoader(np.array([np.nan, 1.0]), prefetch=1))


@pytest.mark.parametrize("pair", [(np.arange(8.0).reshape(8, 1), np.arange(8)), nn.datasets.make_moons(8, rng=0)])
def test_folds_of_a_pair_are_those_of_its_two_arrays(pair: Any) -> None:
    x, y = pair
    for together, apart in zip(nn.k_fold(pair, k=4, rng=1), nn.k_fold(x, y, 4, rng=1), strict=True):
        for left, right in zip(together, apart, strict=True):
            assert all(map(np.array_equal, left, right))


def test_a_list_of_arrays_of_one_shape_is_one_array_of_examples() -> None:
    (batch,) = next(iter(nn.DataLoader([np.zeros(3), np.ones(3)])))
    assert batch.tolist() == [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
