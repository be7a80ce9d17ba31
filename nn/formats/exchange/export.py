"""nn.export_onnx: a model as an ONNX file, for runtimes in other languages and in production."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UsageError
from autograd_lite.rerunning import in_full
from autograd_lite.spelling import spelled
from autograd_lite.writing import write_file
from nn.arguments import called
from nn.formats.exchange import arrangement, elementwise, layers
from nn.formats.exchange.forms import reference, written
from nn.formats.exchange.graph import Graph, package
from nn.formats.exchange.tracing import Array, Operand, Shape, Trace, common, recorded
from nn.layers import Embedding
from nn.module import Module

# The table of forms is filled by those who write them.
TABLES = (arrangement, elementwise, layers)
# From this version on all reductions take their axes in one way.
OLDEST = 18
# How many rows, and by what they are multiplied, when a model is run to see what it computes.
PROBES = ((2, 1.0), (3, -1.0), (1, 1000.0), (3, 1.0))
MOST_ROWS = 3


@spelled
def export_onnx(
    model: Module,
    path: str | os.PathLike[str],
    x: Any,
    *,
    input_names: Sequence[str] = ("x",),
    output_names: Sequence[str] = ("y",),
    dynamic_batch: bool = True,
    opset: int = 20,
) -> Path:
    """Write a model as ONNX, as it computes in evaluation: without dropout, batch norms with their running statistics.

    The model is run on data like x, and what it computes is translated operation by operation. So any forward will do
    whose operations ONNX has, if it takes the same way for all data. The model itself stays as it is.

    Parameters
    ----------
    model : Module
    path : path-like
        Usually ends in ``.onnx``.
    x : array_like, or tuple of array_like
        A batch like those that the model will get, one example a row, or several inputs. Floats become the parameters'
        dtype; integers stay, for an embedding.
    input_names, output_names : sequence of str
        What inputs and results are called in the file.
    dynamic_batch : bool
        Whether the file takes batches of any size, or only of the size of x.
    opset : int
        The version of ONNX's operations, from 18.

    Returns
    -------
    pathlib.Path
        The path as given. Parameters have the names of `Module.state_dict` in the file.

    Raises
    ------
    UsageError
        When the package onnx is missing (pip install 'autograd-lite[onnx]'), `model` is no Module, or its forward
        depends on the data's values in ways that a graph cannot.
    UnsupportedError
        When ONNX has no form for an operation.
    ArgumentError
        When names or opset are impossible, or the file cannot be written.
    DtypeError
        When x or the model is complex.

    Notes
    -----
    onnxruntime computes in float32 what ONNX can say; in float64 it lacks convolutions, average pooling and erf, and up
    to 1.23 products with a transpose. So `Module.to` float32 before an export for production.

    Examples
    --------
    ::

        nn.export_onnx(model, "model.onnx", x[:1])
        session = onnxruntime.InferenceSession("model.onnx")
        (y,) = session.run(None, {"x": x.astype(np.float32)})
    """
    _check(model, path, opset)
    running = _in_use(model)
    state = _state(running)
    data = _inputs(x, running, input_names)
    trace, shaped = _traced(running, data, state, dynamic_batch)
    if len(trace.results) != len(output_names):
        raise ArgumentError(
            f"The model returns {len(trace.results)} results, output_names has {len(output_names)}.",
            "Give one name for each.",
        )
    _check_names([*input_names, *output_names], state)
    proto = _written(trace, shaped, {name: each.numpy() for name, each in state.items()}, output_names, opset)
    package().checker.check_model(proto, full_check=True)
    return write_file(path, proto.SerializeToString())


def _check(model: Any, path: Any, opset: Any) -> None:
    if not isinstance(model, Module):
        raise UsageError(
            f"nn.export_onnx takes the model first, got {type(model).__name__}.",
            'Write nn.export_onnx(model, "model.onnx", x).',
        )
    if not isinstance(path, (str, os.PathLike)) or os.path.splitext(os.fspath(path))[1].lower() != ".onnx":
        raise ArgumentError(
            f"An ONNX file ends in .onnx, got {called(path)}.", 'Write nn.export_onnx(model, "model.onnx", x).'
        )
    if not isinstance(opset, int) or opset < OLDEST:
        raise ArgumentError(
            f"opset is a whole number from {OLDEST}, got {opset!r}.", "Leave it out, or write opset=20."
        )


def _in_use(model: Module) -> Module:
    """Return a copy of the model as it computes in evaluation, in one way for all data."""
    running = copy.deepcopy(model).eval()
    for each in running.modules():
        if isinstance(each, Embedding):  # it says which row gets no gradient
            each.padding_idx = None
    return running


def _check_names(names: Sequence[str], state: dict[str, ag.Tensor]) -> None:
    for name in names:
        if not isinstance(name, str) or not name:
            raise ArgumentError(f"{name!r} is no name.", 'Write input_names=("x",), output_names=("y",).')
        if name in state or names.count(name) > 1:
            raise ArgumentError(
                f"The name {name!r} is taken, by a parameter or another name.", "Choose names that occur once."
            )


def _state(model: Module) -> dict[str, ag.Tensor]:
    """Return the parameters, which now all require a gradient, and the buffers."""
    parameters: dict[str, ag.Tensor] = dict(model.named_parameters())
    for each in parameters.values():
        each.requires_grad = True
    return {**dict(model.named_buffers()), **parameters}


def _inputs(x: Any, model: Module, names: Sequence[str]) -> dict[str, Array]:
    """Return the data by their names."""
    given = x if isinstance(x, tuple) else (x,)
    if isinstance(names, str) or len(given) != len(names):
        raise ArgumentError(
            f"There are {len(given)} inputs, input_names is {names!r}.", 'Give one name for each: input_names=("x",).'
        )
    dtype = next((each.dtype for each in model.parameters()), None)
    arrays = {name: ag.asarray(each).numpy() for name, each in zip(names, given, strict=True)}
    for name, array in arrays.items():
        if array.dtype.kind not in "fiu" or (dtype is not None and dtype.kind == "c"):
            raise DtypeError(
                f"An ONNX model takes real numbers, got {name} of {array.dtype} and parameters of {dtype}.",
                "Export a model of floats, and give it floats or integers.",
            )
        if array.dtype.kind == "f" and dtype is not None:
            arrays[name] = array.astype(dtype)
    return arrays


def _traced(
    model: Module, data: dict[str, Array], state: dict[str, ag.Tensor], dynamic: bool
) -> tuple[Trace, dict[str, Operand]]:
    """Run the model on data like those given, and return what it computes and what it takes."""
    with ag.no_grad():
        model(*map(ag.tensor, data.values()))
    if not dynamic:
        sizes: dict[str, Shape] = {name: each.shape for name, each in data.items()}
        runs = [_run(model, _probes(data, None, scale), state) for _, scale in PROBES]
    else:
        sizes = {name: (None, *each.shape[1:]) for name, each in data.items()}
        runs = [_run_rows(model, data, rows, scale, state) for rows, scale in PROBES]
    return common(runs, tuple(rows for rows, _ in PROBES)), {
        name: Operand(name, sizes[name], each.dtype) for name, each in data.items()
    }


def _run_rows(model: Module, data: dict[str, Array], rows: int, scale: float, state: dict[str, ag.Tensor]) -> Trace:
    if any(each.ndim == 0 or not len(each) for each in data.values()):
        raise ArgumentError(
            f"x has no rows: its shape is {', '.join(str(each.shape) for each in data.values())}.",
            "Give a batch with one example a row, x[None] for a single one; or dynamic_batch=False.",
        )
    try:
        return _run(model, _probes(data, rows, scale), state)
    except ShapeError as error:
        raise UsageError(
            f"The model takes x, but not {rows} rows like those of x: {str(error).splitlines()[0]}",
            "Give a batch, x[None] for a single example; or dynamic_batch=False for this size alone.",
        ) from error


def _run(model: Module, data: dict[str, Array], state: dict[str, ag.Tensor]) -> Trace:
    inputs = {name: ag.tensor(each, requires_grad=each.dtype.kind == "f") for name, each in data.items()}
    with ag.enable_grad(), in_full(), np.errstate(all="ignore"):
        result = model(*inputs.values())
    results = result if isinstance(result, (tuple, list)) else (result,)
    for each in results:
        if not isinstance(each, ag.Tensor):
            raise UsageError(
                f"The model returns {type(each).__name__}, expected a Tensor or a tuple of them.",
                "Return Tensors from forward.",
            )
    return recorded(results, inputs, state)


def _probes(data: dict[str, Array], rows: int | None, scale: float) -> dict[str, Array]:
    """Return other data of the same kind, the same at each call but for number and scale of the rows.

    Floats are moved away from those given, integers come in another order.
    """
    rng = np.random.default_rng(0)
    probes = {}
    for name, each in data.items():
        array = each if rows is None else each[np.arange(MOST_ROWS) % len(each)]
        if each.dtype.kind == "f":
            array = (scale * (array + rng.standard_normal(array.shape))).astype(each.dtype)
        else:
            array = np.roll(array.reshape(-1), int(np.sign(scale))).reshape(array.shape)
        probes[name] = array[:rows]
    return probes


def _written(
    trace: Trace, inputs: dict[str, Operand], state: dict[str, Array], output_names: Sequence[str], opset: int
) -> Any:
    graph = Graph(inputs, state)
    names: list[str] = []
    for step in trace.steps:
        names.append(written(step, graph, names))
    results = [
        (reference(each, graph, names), name, each) for each, name in zip(trace.results, output_names, strict=True)
    ]
    return graph.model(results, opset)
