"""Problems made from a formula, and IDX files: the points that the formulas say, the arrays that the files hold."""

import gzip
import itertools
import os
import struct
import tracemalloc
import zlib
from importlib import import_module

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_allclose

import nn
from autograd_lite.errors import ArgumentError, AutogradError, ShapeError, UsageError
from nn.datasets import (
    load_idx,
    load_idx_pair,
    load_mnist,
    make_circles,
    make_moons,
    make_regression,
    make_spirals,
    make_xor,
)

MAKERS = [make_moons, make_circles, make_spirals, make_xor]


@pytest.mark.parametrize("make", MAKERS)
def test_classes_of_points_have_the_form_of_the_digits(make):
    x, y = make(101, noise=0.1, rng=0)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((101, 2), np.float64, (101,), np.int64)
    assert set(y.tolist()) == {0, 1}
    assert abs(np.bincount(y) @ [1, -1]) <= 1


@pytest.mark.parametrize("make", [*MAKERS, lambda n, rng, noise: make_regression(n, 5, rng=rng, noise=noise)])
def test_the_same_generator_makes_the_same_data(make):
    first, again, other = (make(50, noise=0.1, rng=seed) for seed in (0, 0, 1))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert (first[0] != other[0]).any()
    nn.manual_seed(0)
    assert (make(50, noise=0.1, rng=None)[0] == first[0]).all()
    one = np.random.default_rng(0)
    assert (make(50, noise=0.1, rng=one)[0] != make(50, noise=0.1, rng=one)[0]).any()


@pytest.mark.parametrize("make", MAKERS)
def test_shuffling_and_noise_change_order_and_place_only(make):
    plain, mixed, noisy = make(40, shuffle=False), make(40, rng=0), make(4000, noise=0.3, shuffle=False, rng=0)
    rows = [sorted(np.column_stack(each).tolist()) for each in (plain, mixed)]
    assert rows[0] == rows[1]
    assert (plain.y != mixed.y).any()
    offsets = noisy.x - make(4000, shuffle=False).x
    assert_allclose(offsets.std(axis=0), 0.3, rtol=0.05)
    assert_allclose(offsets.mean(axis=0), 0.0, atol=0.02)


def test_moons_lie_on_their_half_circles():
    x, y = make_moons(51, rng=0)
    assert_allclose(np.linalg.norm(x[y == 0], axis=1), 1.0)
    assert (x[y == 0][:, 1] >= 0).all()
    assert_allclose(np.linalg.norm(x[y == 1] - [1, 0.5], axis=1), 1.0)
    assert (x[y == 1][:, 1] <= 0.5).all()


def test_circles_have_their_radii():
    x, y = make_circles(60, factor=0.3, rng=0)
    assert_allclose(np.linalg.norm(x, axis=1), np.where(y == 0, 1.0, 0.3))
    assert len(np.unique(x.round(9), axis=0)) == 60


def test_spirals_wind_outwards_around_one_another():
    x, y = make_spirals(303, n_arms=3, turns=2.0, shuffle=False)
    for arm in range(3):
        points = x[y == arm]
        assert len(points) == 101
        r = np.linalg.norm(points, axis=1)
        assert_allclose(r, np.arange(1, 102) / 101)
        z = points[:, 0] + 1j * points[:, 1]
        assert_allclose(z / r, np.exp(2j * np.pi * (2.0 * r + arm / 3)), atol=1e-9)
    assert np.bincount(make_spirals(10, n_arms=4).y).tolist() == [3, 3, 2, 2]


def test_xor_is_the_truth_table():
    x, y = make_xor(4, shuffle=False)
    assert [(a, b, c) for (a, b), c in zip(x.tolist(), y.tolist(), strict=True)] == [
        (a, b, a != b) for a, b in itertools.product((0, 1), repeat=2)
    ]
    x, y = make_xor(400, noise=0.1, rng=0)
    assert (y == (x[:, 0] > 0.5) ^ (x[:, 1] > 0.5)).all()


def test_a_regression_is_the_plane_that_it_says():
    x, y, w = make_regression(60, 8, n_informative=3, bias=-2.0, coef=True, rng=0)
    assert (x.shape, y.shape, w.shape) == ((60, 8), (60,), (8,))
    assert (w != 0).sum() == 3 and w.max() < 100
    fitted = np.linalg.lstsq(np.column_stack([x, np.ones(60)]), y, rcond=None)[0]
    assert_allclose(fitted, [*w, -2.0], atol=1e-9)
    several = make_regression(60, 8, n_targets=2, coef=True, rng=0)
    assert (several[1].shape, several[2].shape) == ((60, 2), (8, 2))
    assert_allclose(several[0] @ several[2], several[1])
    x, y, w = make_regression(5000, 4, noise=3.0, coef=True, rng=0)
    assert_allclose((y - x @ w).std(), 3.0, rtol=0.05)
    assert repr(make_regression(60, 8)) == "Points(60 examples of 8 features, targets float64)"


@pytest.mark.extra("sklearn")
@pytest.mark.extra("sklearn")
def test_moons_and_circles_are_those_of_scikit_learn():
    theirs = import_module("sklearn.datasets")
    for n in (2, 3, 100, 101):
        for ours, made in (
            (make_moons(n, shuffle=False), theirs.make_moons(n, shuffle=False)),
            (make_circles(n, shuffle=False, factor=0.4), theirs.make_circles(n, shuffle=False, factor=0.4)),
        ):
            assert_allclose(ours.x, made[0], atol=1e-15)
            assert ours.y.tolist() == made[1].tolist()


def test_points_are_drawn_apart():
    points = make_moons(100, rng=0)
    train, test = points.split(0.25, rng=1)
    assert (len(train.y), len(test.y)) == (75, 25)
    both = np.concatenate([np.column_stack(train), np.column_stack(test)])
    assert sorted(both.tolist()) == sorted(np.column_stack(points).tolist())
    assert repr(test) == "Points(25 examples of 2 features, 2 classes)"
    with pytest.raises(ArgumentError, match="leaves one part empty"):
        points.split(0.0)


@pytest.mark.parametrize(
    ("make", "options", "part"),
    [
        (make_moons, {"n_samples": 1}, "n_samples must be at least 2"),
        (make_moons, {"n_samples": 10.0}, "n_samples must be an integer"),
        (make_moons, {"noise": -1}, "noise must be at least 0"),
        (make_circles, {"factor": 1.0}, "factor must be in [0, 1)"),
        (make_spirals, {"n_arms": 0}, "n_arms must be at least 1"),
        (make_spirals, {"n_samples": 2, "n_arms": 3}, "n_samples must be at least 3"),
        (make_xor, {"n_samples": 3}, "n_samples must be at least 4"),
        (make_xor, {"shuffle": "no"}, "shuffle must be True or False"),
        (make_regression, {"n_features": 0}, "n_features must be at least 1"),
        (make_regression, {"bias": np.nan}, "bias must be"),
        (make_regression, {"noise": np.inf}, "noise must be at least 0 and finite"),
    ],
)
def test_impossible_numbers(make, options, part):
    with pytest.raises(AutogradError) as caught:
        make(**options)
    assert part in str(caught.value)


# IDX

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx(array):
    """The bytes of an array in IDX format, written element by element."""
    code = array.dtype.str[1:]
    letter = {"u1": "B", "i1": "b", "i2": "h", "i4": "i", "f4": "f", "f8": "d"}[code]
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, CODES[code], array.ndim, *array.shape)
    return header + struct.pack(f">{array.size}{letter}", *array.ravel().tolist())


def zipped(content):
    """The bytes in gzip's format, without the hour, so that tests named by them have one name."""
    return gzip.compress(content, mtime=0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.sampled_from(list(CODES)), st.booleans())
def test_an_idx_file_holds_the_array_that_was_written(tmp_path, data, code, compressed):
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
    array = data.draw(arrays.arrays(np.dtype(code), shape))
    file = tmp_path / "numbers"
    file.write_bytes(zipped(idx(array)) if compressed else idx(array))
    read = load_idx(file)
    assert (read.dtype, read.shape) == (np.dtype(code), array.shape)
    assert np.array_equal(read, array, equal_nan=array.dtype.kind == "f")
    read[...] = 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.data())
def test_a_damaged_file_is_the_array_or_a_clear_error(tmp_path, compressed, data):
    array = np.arange(24, dtype=np.int16).reshape(4, 6)
    whole = bytearray(zipped(idx(array)) if compressed else idx(array))
    if data.draw(st.booleans()):
        del whole[data.draw(st.integers(0, len(whole) - 1)) :]
    else:
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    (tmp_path / "damaged").write_bytes(whole)
    try:
        read = load_idx(tmp_path / "damaged")
    except ArgumentError as error:
        assert len(str(error).split("\n")) == 2
    else:
        assert not compressed or np.array_equal(read, array)
        assert read.size == array.size or read.nbytes == array.nbytes


def magic(code, *sizes):
    return struct.pack(f">BBBB{len(sizes)}I", 0, 0, code, len(sizes), *sizes)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is not in IDX format: it is empty"),
        (b"\0\0\x08", "it begins with 00 00 08"),
        (b"PK\3\4" + bytes(20), "it begins with 50 4b 03 04"),
        (magic(0x0A, 2) + bytes(2), "it begins with 00 00 0a 01"),
        (b"\0\0\x08\0" + bytes(1), "it begins with 00 00 08 00"),
        (b"\0\0\x08\xff" + bytes(4 * 255), "it begins with 00 00 08 ff"),
        (b"\0\0\x08\3" + bytes(8), "its header is cut short: 3 dimensions, 8 bytes"),
        (magic(0x08, 5) + bytes(4), "uint8 of shape (5,), that is 5 bytes, but the file has 4"),
        (magic(0x08, 5) + bytes(7), "uint8 of shape (5,), that is 5 bytes, but 2 more follow"),
        (magic(0x0E, 2**32 - 1, 2**32 - 1, 2**32 - 1), "bytes, but the file has 0"),
        (zipped(magic(0x08, 5) + bytes(4)), "that is 5 bytes, but the file has 4"),
        (zipped(magic(0x08, 5) + bytes(6)), "that is 5 bytes, but more follow"),
        (zipped(magic(0x08, 5) + bytes(5))[:-9], "its gzip data are damaged or cut short"),
        (zipped(magic(0x08, 5) + bytes(5))[:-8] + bytes(8), "its gzip data are damaged or cut short"),
        (zipped(magic(0x0E, 2**32 - 1, 2**20)), "cannot hold them"),
        (zipped(b"no idx at all"), "it begins with 6e 6f 20 69"),
    ],
)
def test_what_is_no_idx_file(tmp_path, content, part):
    (tmp_path / "numbers").write_bytes(content)
    with pytest.raises(ArgumentError) as caught:
        load_idx(tmp_path / "numbers")
    assert part in str(caught.value)


def test_a_header_is_not_believed_before_memory_is_taken(tmp_path):
    (tmp_path / "short").write_bytes(magic(0x08, 2**31 - 1))
    (tmp_path / "short.gz").write_bytes(zipped(magic(0x08, 2**24)) + bytes(2**18))
    for name in ("short", "short.gz"):
        tracemalloc.start()
        with pytest.raises(ArgumentError):
            load_idx(tmp_path / name)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2**22


def test_a_gzip_bomb_stops_at_the_limit(tmp_path):
    squeezed = zlib.compressobj(9, wbits=31)
    bomb = squeezed.compress(magic(0x08, 2**28))
    for _ in range(2**8):
        bomb += squeezed.compress(bytes(2**20))
    (tmp_path / "bomb").write_bytes(bomb + squeezed.flush())
    tracemalloc.start()
    with pytest.raises(ArgumentError, match=r"unpacks to 268,435,456 bytes, shape \(268435456,\); the limit is 1,000"):
        load_idx(tmp_path / "bomb", limit=1000)
    # Twenty small bytes in the header, and much behind them.
    lying = zlib.compressobj(9, wbits=31)
    short = lying.compress(magic(0x08, 10))
    for _ in range(2**6):
        short += lying.compress(bytes(2**20))
    (tmp_path / "lying").write_bytes(short + lying.flush())
    with pytest.raises(ArgumentError, match="but more follow"):
        load_idx(tmp_path / "lying")
    assert tracemalloc.get_traced_memory()[1] < 2**23
    tracemalloc.stop()


def test_what_is_no_file(tmp_path):
    with pytest.raises(ArgumentError, match="is a directory"):
        load_idx(tmp_path)
    (tmp_path / "labels.gz").write_bytes(b"")
    with pytest.raises(ArgumentError, match=r"There is no file .*\nDid you mean '.*labels.gz'\?"):
        load_idx(tmp_path / "labels")
    with pytest.raises(ArgumentError, match="There is no file"):
        load_idx(tmp_path / "no" / "such" / "folder")
    for wrong in (0, None, b"labels", ["labels"]):
        with pytest.raises(UsageError, match="path must be the name of a file"):
            load_idx(wrong)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ArgumentError, match="device or a pipe"):
        load_idx(tmp_path / "pipe")


# MNIST


def write_mnist(folder, ending="", point=False, pixels=(2, 3)):
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for part, n in (("train", 5), ("t10k", 2)):
        images = rng.integers(0, 256, (n, *pixels)).astype(np.uint8)
        labels = rng.integers(0, 10, n).astype(np.uint8)
        made[part] = images, labels
        for name, array in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            content = zipped(idx(array)) if ending else idx(array)
            (folder / ((name.replace("-idx", ".idx") if point else name) + ending)).write_bytes(content)
    return made


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("point", [False, True])
@pytest.mark.parametrize("below", ["", "raw", "MNIST/raw"])
def test_mnist_is_found_in_its_folder(tmp_path, ending, point, below):
    made = write_mnist(tmp_path / below, ending, point)
    for read, (images, labels) in zip(load_mnist(tmp_path), made.values(), strict=True):
        assert (read.images.dtype, read.labels.dtype) == (np.float32, np.int64)
        assert_allclose(read.images, images.reshape(len(images), 6) / 255, rtol=1e-6)
        assert read.labels.tolist() == labels.tolist()
    train, test = load_mnist(str(tmp_path))[0].split(0.2, rng=0)
    assert (len(train.labels), len(test.labels)) == (4, 1)


def test_missing_files_are_all_named(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(ArgumentError, match="lacks train-labels-idx1-ubyte, t10k-images-idx3-ubyte"):
        load_mnist(tmp_path)
    with pytest.raises(ArgumentError, match="There is no folder"):
        load_mnist(tmp_path / "mnist")
    with pytest.raises(UsageError, match="folder must be the name of a folder"):
        load_mnist(None)


def test_images_and_labels_must_belong_together(tmp_path):
    write_mnist(tmp_path)
    files = {name: tmp_path / name for name in os.listdir(tmp_path)}
    images, labels = files["train-images-idx3-ubyte"], files["train-labels-idx1-ubyte"]
    with pytest.raises(ShapeError, match="holds 5 images, 't10k-labels-idx1-ubyte' 2 labels"):
        load_idx_pair(images, files["t10k-labels-idx1-ubyte"])
    with pytest.raises(ShapeError, match="Give the images first"):
        load_idx_pair(labels, images)
    with pytest.raises(ShapeError, match="expected one integer an image"):
        load_idx_pair(images, images)


def test_images_of_other_numbers_stay_as_they_are(tmp_path):
    (tmp_path / "x").write_bytes(idx(np.array([[[1.5, -2.0]]], np.float64)))
    (tmp_path / "y").write_bytes(idx(np.array([300], np.int32)))
    images, labels = load_idx_pair(tmp_path / "x", tmp_path / "y")
    assert (images.tolist(), labels.tolist()) == ([[1.5, -2.0]], [300])
    assert repr(load_idx_pair(tmp_path / "x", tmp_path / "y")) == "Images(1 images of 2 pixels, labels 300 to 300)"


def test_every_data_set_knows_its_parts_as_x_and_y() -> None:
    digits = nn.datasets.load_digits()
    assert digits.x is digits.images and digits.y is digits.labels
    images = nn.datasets.Images(np.zeros((2, 4), np.float32), np.array([0, 1]))
    assert images.x is images.images and images.y is images.labels
