"""States in files: what nn.save wrote comes back bit by bit, and what is no state is refused with nothing changed."""

import builtins
import copy
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, UsageError

DATA = Path(__file__).parent / "data"
OUTPUTS = json.loads((DATA / "torch_outputs.json").read_text(encoding="utf-8"))
SUFFIXES = [".npz", pytest.param(".safetensors", marks=pytest.mark.extra("safetensors"))]
# Signalling and quiet NaNs with payloads, negative zero, subnormals, the extremes.
AWKWARD = np.array(
    [0x7FF0000000000001, 0xFFF8000000000ABC, 0x8000000000000000, 1, 0x7FEFFFFFFFFFFFFF, 0xFFF0000000000000], np.uint64
)


def bits(state: dict[str, np.ndarray]) -> dict[str, tuple]:
    """What two states have in common exactly when they agree bit by bit."""
    return {name: (each.dtype, each.shape, each.tobytes()) for name, each in state.items()}


def awkward_model() -> nn.Module:
    """A model of which every number is easily lost."""
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 2, dtype=np.float32, rng=1))
    model[0].weight.data = AWKWARD.view(np.float64).reshape(3, 2)
    return model


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_state_survives_save_and_load_bit_by_bit(suffix, tmp_path):
    model = awkward_model()
    path = nn.save(model, tmp_path / f"model{suffix}")
    fresh = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2, dtype=np.float32))
    assert nn.load(path, fresh) is fresh
    assert bits(fresh.state_dict()) == bits(nn.load(path)) == bits(model.state_dict())


def test_the_state_survives_deepcopy_and_pickle_bit_by_bit():
    model = awkward_model()
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert bits(other.state_dict()) == bits(model.state_dict())


REAL = [
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dtype", REAL)
def test_every_real_dtype_is_kept(suffix, dtype, tmp_path):
    array = (np.arange(6).reshape(2, 3) % 5).astype(dtype)
    (loaded,) = nn.load(nn.save({"a": array}, tmp_path / f"a{suffix}")).values()
    assert bits({"a": loaded}) == bits({"a": array})


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_npz_keeps_complex_numbers(dtype, tmp_path):
    array = np.array([1 + 2j, -0.0j], dtype)
    assert bits(nn.load(nn.save({"a": array}, tmp_path / "a.npz"))) == bits({"a": array})


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "array",
    [
        np.array(3.5),
        np.zeros((0, 3)),
        np.zeros((2, 0, 3)),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(24.0).reshape(4, 6)[::2, ::-3],
        np.arange(6.0).reshape(2, 3).T,
        np.broadcast_to(1.5, (2, 3)),
        np.arange(3.0).astype(">f8"),
    ],
    ids=["0-d", "empty", "empty inside", "Fortran order", "strided", "transposed", "broadcast", "big-endian"],
)
def test_every_layout_of_memory_is_kept_by_its_values(suffix, array, tmp_path):
    (loaded,) = nn.load(nn.save({"a": array}, tmp_path / f"a{suffix}")).values()
    assert loaded.shape == array.shape and loaded.dtype == np.float64 and loaded.dtype.isnative
    assert np.array_equal(loaded, array) and loaded.flags.writeable and loaded.flags.c_contiguous


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_names_may_hold_dots_slashes_spaces_and_any_letters(suffix, tmp_path):
    names = ["layers.0.weight", "block/weight", "W²", "重み", "with space", "file", "weight.npy", ""]
    state = {name: np.array(float(k)) for k, name in enumerate(names)}
    assert bits(nn.load(nn.save(state, tmp_path / f"a{suffix}"))) == bits(state)


def test_numpy_reads_what_was_saved(tmp_path):
    model = nn.Linear(2, 1, rng=0)
    with np.load(nn.save(model, tmp_path / "model.npz"), allow_pickle=False) as arrays:
        assert bits(dict(arrays)) == bits(model.state_dict())


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_saved_is_read(save, tmp_path):
    state = {"weight": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "bias": np.zeros(2, np.float32)}
    save(tmp_path / "a.npz", **state)
    assert {name: each.tolist() for name, each in nn.load(tmp_path / "a.npz").items()} == {
        name: each.tolist() for name, each in state.items()
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_equal_states_give_equal_files(suffix, tmp_path):
    files = [nn.save(nn.Linear(2, 1, rng=0), tmp_path / f"{k}{suffix}").read_bytes() for k in range(2)]
    assert files[0] == files[1]


def test_suffixes_count_in_any_case(tmp_path):
    assert nn.load(nn.save({"a": 1.0}, str(tmp_path / "A.NPZ")))["a"] == 1.0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_whole_training_is_saved_and_resumed(suffix, tmp_path):
    model = nn.Linear(2, 1, rng=0)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01, betas=(0.8, 0.9))
    schedule = nn.schedule.ExponentialLR(optimizer, gamma=0.9)

    def step(model, optimizer, schedule):
        optimizer.zero_grad()
        nn.MSELoss()(model([[1.0, 2.0]]), [[3.0]]).backward()
        optimizer.step()
        schedule.step()

    step(model, optimizer, schedule)
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule.state_dict(), "epoch": 3}
    checkpoint = nn.load(nn.save(parts, tmp_path / f"checkpoint{suffix}"))
    assert checkpoint["epoch"] == 3
    other = nn.Linear(2, 1, rng=1)
    resumed = nn.optim.Adam(other.parameters(), lr=1.0)
    continued = nn.schedule.ExponentialLR(resumed, gamma=0.5)
    other.load_state_dict(checkpoint["model"])
    resumed.load_state_dict(checkpoint["optimizer"])
    continued.load_state_dict(checkpoint["schedule"])
    step(model, optimizer, schedule)
    step(other, resumed, continued)
    assert bits(other.state_dict()) == bits(model.state_dict())


def test_an_optimizer_is_loaded_into(tmp_path):
    model = nn.Linear(2, 1)
    path = nn.save(nn.optim.SGD(model.parameters(), lr=0.25), tmp_path / "sgd.npz")
    assert nn.load(path, nn.optim.SGD(model.parameters(), lr=0.5)).param_groups[0]["lr"] == 0.25


class Tied(nn.Module):
    """Two layers with one weight, as in data/make_torch_states.py."""

    def __init__(self):
        self.encoder, self.decoder = nn.Linear(3, 3), nn.Linear(3, 3)
        self.decoder.weight = self.encoder.weight

    def forward(self, x):
        return self.decoder(np.tanh(self.encoder(x)))


def test_a_shared_parameter_is_saved_once_and_stays_shared(tmp_path):
    path = nn.save(Tied(), tmp_path / "tied.npz")
    assert sorted(nn.load(path)) == ["decoder.bias", "encoder.bias", "encoder.weight"]
    loaded = nn.load(path, Tied())
    assert loaded.encoder.weight is loaded.decoder.weight


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_parameter_that_pytorch_shares_is_loaded_under_each_of_its_names(suffix):
    stored = OUTPUTS["tied"]
    model = nn.load(DATA / f"torch_tied{suffix}", Tied())
    np.testing.assert_allclose(model(stored["x"]).numpy(), stored["y"], rtol=0, atol=1e-6)


def test_different_values_for_one_shared_parameter_are_refused(tmp_path):
    state = {name: each + (name == "decoder.weight") for name, each in nn.load(DATA / "torch_tied.npz").items()}
    with pytest.raises(ArgumentError, match=r"'encoder\.weight' and 'decoder\.weight'"):
        nn.load(nn.save(state, tmp_path / "a.npz"), Tied())


def mlp(**options) -> nn.Module:
    return nn.Sequential(nn.Linear(3, 4, **options), nn.ReLU(), nn.Linear(4, 2, **options))


@pytest.mark.extra("safetensors")
@pytest.mark.parametrize(("name", "dtype"), [("mlp", np.float32), ("bfloat16", np.float32), ("mlp", np.float64)])
def test_a_safetensors_file_of_pytorch_gives_the_same_model(name, dtype):
    model = nn.load(DATA / f"torch_{name}.safetensors", mlp(dtype=dtype))
    stored = OUTPUTS[name]
    np.testing.assert_allclose(model(stored["x"]).numpy(), stored["y"], rtol=0, atol=1e-6)


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3)
    )


def tokens() -> nn.Module:
    return nn.Sequential(nn.Embedding(5, 4), nn.LayerNorm(4), nn.Linear(4, 2))


@pytest.mark.extra("safetensors")
@pytest.mark.parametrize("make", [cnn, tokens])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_convolutions_norms_and_embeddings_of_pytorch_are_loaded_with_their_buffers(make, dtype):
    stored = OUTPUTS[make.__name__]
    model = nn.load(DATA / f"torch_{make.__name__}.safetensors", make().to(dtype)).eval()
    np.testing.assert_allclose(model(stored["x"]).numpy(), stored["y"], rtol=0, atol=2e-6)


def test_buffers_are_saved_and_restored_bit_by_bit(tmp_path):
    model = cnn()
    model(np.random.default_rng(0).normal(size=(5, 1, 4, 4)))
    state = model.state_dict()
    assert state["1.num_batches_tracked"] == 1 and state["1.running_mean"].any()
    loaded = nn.load(nn.save(model, tmp_path / "cnn.npz"), cnn())
    for other in (loaded, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert bits(other.state_dict()) == bits(state)


@pytest.mark.extra("safetensors")
def test_bfloat16_becomes_float32_exactly():
    weight = nn.load(DATA / "torch_bfloat16.safetensors")["0.weight"]
    assert weight.dtype == np.float32 and not (weight.view(np.uint32) & 0xFFFF).any() and weight.any()


@pytest.mark.extra("safetensors")
def test_float8_is_refused_by_its_name():
    with pytest.raises(DtypeError, match="'weight' is F8_E4M3, which NumPy does not have"):
        nn.load(DATA / "torch_float8.safetensors")


def test_safetensors_says_what_is_missing(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("safetensors"):
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    for call in (
        lambda: nn.save({"a": 1.0}, tmp_path / "a.safetensors"),
        lambda: nn.load(DATA / "torch_mlp.safetensors"),
    ):
        with pytest.raises(UsageError, match=r"pip install 'autograd-lite\[safetensors\]'"):
            call()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_another_architecture_is_told_as_a_whole_and_changes_nothing(suffix, tmp_path):
    path = nn.save(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), tmp_path / f"model{suffix}")
    model = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1, bias=False))
    before = bits(model.state_dict())
    with pytest.raises(ArgumentError) as caught:
        nn.load(path, model)
    what, _ = str(caught.value).split("\n")
    for part in (f"'model{suffix}'", "missing '1.weight'", "'2.weight'", "'2.bias'", "'0.weight' has shape (3, 2)"):
        assert part in what
    assert bits(model.state_dict()) == before


def test_a_checkpoint_in_the_place_of_a_model_says_what_it_holds(tmp_path):
    path = nn.save({"model": nn.Linear(2, 1), "epoch": 1}, tmp_path / "c.npz")
    with pytest.raises(ArgumentError, match=r"holds the states 'model'.*\n.*nn\.load\('c\.npz'\)\['model'\]"):
        nn.load(path, nn.Linear(2, 1))


def refused(content: bytes, path: Path) -> str:
    """The message with which a file of this content is refused, with nothing changed."""
    path.write_bytes(content)
    model = nn.Linear(2, 1, rng=0)
    before = bits(model.state_dict())
    with pytest.raises(AutogradError) as caught:
        nn.load(path, model)
    message = str(caught.value)
    assert len(message.split("\n")) == 2 and path.name in message
    assert bits(model.state_dict()) == before
    return message


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_off_anywhere_is_refused(suffix, tmp_path):
    content = nn.save(nn.Linear(2, 1, rng=1), tmp_path / f"model{suffix}").read_bytes()
    for length in range(len(content)):
        assert "cannot load" in refused(content[:length], tmp_path / f"cut{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("change", [0xFF, 0x01, 0x20])
def test_a_file_with_one_changed_byte_is_refused_or_loads_as_it_was(suffix, change, tmp_path):
    saved = nn.Linear(2, 1, rng=1)
    content = nn.save(saved, tmp_path / f"model{suffix}").read_bytes()
    path = tmp_path / f"damaged{suffix}"
    harmless = 0
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ change]) + content[place + 1 :])
        model = nn.Linear(2, 1, rng=0)
        before = bits(model.state_dict())
        try:
            nn.load(path, model)
        except AutogradError:
            assert bits(model.state_dict()) == before
        else:
            harmless += 1
            assert bits(model.state_dict()) == bits(saved.state_dict())
    assert harmless < len(content) / 3


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "it is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG picture"),
        (b"\n<!DOCTYPE html><html>Not found</html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a pointer of Git LFS"),
        (pickle.dumps({"weight": [1.0]}), "a pickle, which can run any code"),
        (b"\x93NUMPY\x01\x00" + bytes(100), "as np.save writes it"),
        (bytes(200), "cannot load"),
        (b"hello", "cannot load"),
    ],
    ids=["empty", "png", "html", "lfs", "pickle", "npy", "zeros", "text"],
)
def test_a_renamed_file_is_called_by_what_it_is(suffix, content, kind, tmp_path):
    assert kind in refused(content, tmp_path / f"model{suffix}")


def test_a_pytorch_file_under_another_name_is_not_unpickled(tmp_path):
    content = (DATA / "torch_pickled.pt").read_bytes()
    message = refused(content, tmp_path / "model.npz")
    assert "data.pkl', as torch.save writes it" in message and "safetensors.torch.save_file" in message


@pytest.mark.extra("safetensors")
def test_the_two_formats_are_told_apart(tmp_path):
    content = (DATA / "torch_mlp.safetensors").read_bytes()
    assert "a safetensors file: its name has to end in .safetensors" in refused(content, tmp_path / "model.npz")
    archive = nn.save({"a": 1.0}, tmp_path / "a.npz").read_bytes()
    assert "is a zip archive" in refused(archive, tmp_path / "model.safetensors")


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_python_objects_in_an_archive_are_never_loaded(tmp_path):
    objects = np.empty(1, object)
    objects[0] = Bomb(tmp_path / "ran")
    content = io.BytesIO()
    np.savez(content, weight=objects, bias=np.zeros(1))
    assert "Python objects" in refused(content.getvalue(), tmp_path / "model.npz")
    assert not (tmp_path / "ran").exists()


def archive(members: list[tuple[str, bytes]], **options) -> bytes:
    """A zip of these members."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", **options) as file:
        for name, member in members:
            file.writestr(name, member)
    return content.getvalue()


def npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def claiming(shape: str, values: bytes = bytes(16), descr: str = "'<f8'") -> bytes:
    """A member that says it has this shape."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + values


GOOD = npy(np.zeros(1))


@pytest.mark.parametrize(
    ("members", "part"),
    [
        ([("/etc/passwd.npy", GOOD)], "leads out of the archive"),
        ([("../weight.npy", GOOD)], "leads out of the archive"),
        ([("weight.txt", GOOD)], "'weight.txt', which is no .npy array"),
        ([("weight.npy", claiming("(1000000000000,)"))], "another number of bytes than its shape"),
        ([("weight.npy", claiming("(1, 1)"))], "another number of bytes than its shape"),
        ([("weight.npy", claiming("(-1, -2)"))], "another number of bytes than its shape"),
        ([("weight.npy", claiming("(0, " + "9" * 30 + ")", b""))], "damaged"),
        ([("weight.npy", claiming("'ab'"))], "damaged"),
        ([("weight.npy", claiming("[1, 2"))], "damaged"),
        ([("weight.npy", claiming("(2,)", descr="'<U2'"))], "dtype <U2, no numbers"),
        ([("weight.npy", claiming("(1,)", descr="[('a', '<f8'), ('b', '<f8')]"))], "no numbers"),
        ([("weight.npy", b"\x93NUMPY\x09\x00")], "damaged"),
        ([("weight.npy", b"")], "damaged"),
        ([], "missing 'weight', 'bias'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_archive_is_refused(members, part, tmp_path):
    assert part in refused(archive(members), tmp_path / "model.npz")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused(tmp_path):
    assert "'weight.npy' twice" in refused(archive([("weight.npy", GOOD)] * 2), tmp_path / "model.npz")


def test_an_archive_that_unpacks_to_far_more_than_it_is_takes_no_memory(tmp_path):
    content = archive([("weight.npy", bytes(2**26 + 2**20))], compression=zipfile.ZIP_DEFLATED)
    assert len(content) < 2**18
    assert "says that it unpacks to" in refused(content, tmp_path / "model.npz")


def test_a_size_that_is_a_lie_takes_no_memory(tmp_path):
    content = bytearray(archive([("weight.npy", GOOD)]))
    directory = content.index(b"PK\x01\x02")
    for start in (18, directory + 20):  # compressed and true size, before the member and in the directory
        content[start : start + 8] = struct.pack("<II", 2**31, 2**31)
    assert "says that it unpacks to" in refused(bytes(content), tmp_path / "model.npz")


def test_compression_that_numpy_does_not_use_is_refused(tmp_path):
    content = archive([("weight.npy", GOOD)], compression=zipfile.ZIP_BZIP2)
    assert "np.savez_compressed does not use" in refused(content, tmp_path / "model.npz")


def tensors(header: str, values: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header.encode() + values


ENTRY = '{"dtype":"F64","shape":[1],"data_offsets":[0,8]}'


@pytest.mark.extra("safetensors")
@pytest.mark.parametrize(
    ("header", "part"),
    [
        (f'{{"a":{ENTRY},"a":{ENTRY}}}', "cannot load"),
        (f'{{"weight":{ENTRY.replace("[1]", "[99999999999]")}}}', "damaged"),
        (f'{{"/weight":{ENTRY}}}', "leads out of the archive"),
        (f'{{"weight":{ENTRY}', "damaged"),
        ("[]", "damaged"),
        ('{"a":' * 50_000, "damaged"),
    ],
    ids=["twice", "too long", "absolute", "open", "list", "deep"],
)
def test_a_hostile_safetensors_file_is_refused(header, part, tmp_path):
    assert part in refused(tensors(header, bytes(8)), tmp_path / "model.safetensors")


@pytest.mark.extra("safetensors")
def test_a_header_longer_than_the_file_is_refused(tmp_path):
    assert "cannot load" in refused(struct.pack("<Q", 2**62) + b"{" + bytes(20), tmp_path / "model.safetensors")


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Path]:
    """A file that has to survive."""
    path = tmp_path / "model.npz"
    path.write_bytes(b"before")
    yield path
    assert path.read_bytes() == b"before" and [each.name for each in tmp_path.iterdir()] == ["model.npz"]


@pytest.mark.parametrize("state", [{"a": "text"}, {"a": np.array([object()])}, {1: 1.0}, {"a": {}}, {"a//b": 1.0}, [1]])
def test_a_file_survives_a_state_that_cannot_be_saved(state, standing):
    with pytest.raises(AutogradError):
        nn.save(state, standing)


def test_a_file_survives_a_write_that_breaks_off(standing, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ArgumentError, match="no space left"):
        nn.save({"a": 1.0}, standing)


def test_a_directory_and_a_missing_directory_are_told(tmp_path):
    (tmp_path / "d.npz").mkdir()
    for path in (tmp_path / "d.npz", tmp_path / "none" / "model.npz"):
        for call in (lambda path=path: nn.save({"a": 1.0}, path), lambda path=path: nn.load(path)):
            with pytest.raises(ArgumentError, match=path.name) as caught:
                call()
            assert len(str(caught.value).split("\n")) == 2


def test_a_name_for_an_array_and_a_state_at_once_is_refused(tmp_path):
    content = archive([("a.npy", GOOD), ("a//b.npy", GOOD)])
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(ArgumentError, match="both an array 'a' and a state"):
        nn.load(tmp_path / "a.npz")


def test_loading_says_that_a_model_is_changed_for_backward(tmp_path):
    model = nn.Linear(2, 1)
    path = nn.save(model, tmp_path / "model.npz")
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    loss = (model(w) ** 2).sum()
    nn.load(path, model)
    with pytest.raises(AutogradError):
        loss.backward()


@pytest.mark.parametrize("into", [True, False])
def test_a_checkpoint_of_fit_is_no_state_and_says_what_it_is(tmp_path: Path, into: bool) -> None:
    model, x, y = nn.MLP([2, 1], rng=0), np.ones((4, 2)), np.ones((4, 1))
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    run = tmp_path / "run.npz"
    nn.fit(model, x, y, loss=nn.MSELoss(), optimizer=optimizer, epochs=1, checkpoint=run, progress=False)
    with pytest.raises(ArgumentError) as caught:
        nn.load(run, *([model] if into else []))
    assert str(caught.value) == (
        "'run.npz' is a checkpoint of nn.fit: a run of training, not a state.\n"
        "Write nn.fit(..., checkpoint='run.npz', resume=True), and afterwards nn.save(model, \"model.npz\")."
    )


def test_a_state_with_an_entry_named_tree_is_a_state(tmp_path: Path) -> None:
    path = nn.save({"tree": np.frombuffer(b"an oak", np.uint8)}, tmp_path / "state.npz")
    assert nn.load(path)["tree"].tobytes() == b"an oak"
