"""An ONNX graph under construction: nodes and constants are added one by one, and become a model at the end.

Through the package onnx, an extra.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, UsageError
from nn.formats.exchange.tracing import VARIES, Array, Operand, Shape

# What the dimension is called that the batch decides.
BATCH = "batch"
# What a message of Protocol Buffers can hold, with room for the graph.
LARGEST = 2**31 - 2**24


@dataclass
class _Node:
    operation: str
    inputs: list[str]
    output: str
    attributes: dict[str, Any]


class Graph:
    """The nodes, constants and parameters that have been needed so far.

    Parameters
    ----------
    inputs : mapping of str to Operand
        What the model is called with.
    state : mapping of str to ndarray
        Parameters and buffers; those that are needed become initializers of the same names.
    """

    def __init__(self, inputs: Mapping[str, Operand], state: Mapping[str, Array]) -> None:
        self.inputs = dict(inputs)
        self.state = dict(state)
        self.nodes: list[_Node] = []
        self.initializers: dict[str, Array] = {}

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        """Add a node and return the name of its result; an input that is left out is ''."""
        output = self._unused(f"{operation}_{len(self.nodes)}")
        given = {name: value for name, value in attributes.items() if value is not None}
        self.nodes.append(_Node(operation, list(inputs), output, given))
        return output

    def constant(self, values: Any, dtype: Any) -> str:
        """Return the name of a constant."""
        array = np.asarray(values, dtype)
        for name, known in self.initializers.items():
            if name not in self.state and _identical(known, array):
                return name
        name = self._unused(f"constant_{len(self.initializers)}")
        self.initializers[name] = array
        return name

    def integers(self, *values: int) -> str:
        """Return the name of a constant list of integers, as axes and shapes are given."""
        return self.constant(values, np.int64)

    def sizes(self, shape: Shape) -> str:
        """Return the name of a shape in which the batch may have a part."""
        if None not in shape:
            return self.constant(shape, np.int64)
        batch = self.add("Shape", next(iter(self.inputs)), start=0, end=1)
        return self.add("Concat", *(batch if n is None else self.integers(n) for n in shape), axis=0)

    def held(self, name: str) -> str:
        """Return the name of an input, or of an entry of the state, which is then written into the file."""
        if name in self.state:
            self.initializers[name] = self.state[name]
        return name

    def cast(self, name: str, have: Any, want: Any) -> str:
        """Return a value in another dtype."""
        return name if have == want else self.add("Cast", name, to=element_type(want))

    def model(self, results: Sequence[tuple[str, str, Operand]], opset: int) -> Any:
        """Return the model, as onnx has it.

        Parameters
        ----------
        results : sequence of (str, str, Operand)
            For each result its name in the graph, the name that it is to have, and its shape and dtype.
        opset : int
            The version of ONNX's operations.
        """
        onnx = package()
        self._check(opset)
        renamed: dict[str, str] = {}
        computed = {node.output for node in self.nodes}
        for source, name, _ in results:
            if source in computed and source not in renamed:
                renamed[source] = name
            else:
                self.nodes.append(_Node("Identity", [source], name, {}))
        nodes = [
            onnx.helper.make_node(
                node.operation,
                [renamed.get(each, each) for each in node.inputs],
                [renamed.get(node.output, node.output)],
                name=node.output,
                **node.attributes,
            )
            for node in self.nodes
        ]
        opsets = [onnx.helper.make_opsetid("", opset)]
        graph = onnx.helper.make_graph(
            nodes,
            "model",
            [_described(name, operand) for name, operand in self.inputs.items()],
            [_described(name, operand) for _, name, operand in results],
            [onnx.numpy_helper.from_array(array, name) for name, array in self.initializers.items()],
        )
        # The least that will do: runtimes refuse versions newer than themselves.
        version = onnx.helper.find_min_ir_version_for(opsets)
        return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=version, producer_name="autograd-lite")

    def _check(self, opset: int) -> None:
        newest = package().defs.onnx_opset_version()
        if opset > newest:
            raise ArgumentError(
                f"opset={opset} is newer than the installed onnx, which knows {newest}.", f"Write opset={newest}."
            )
        size = sum(array.nbytes for array in self.initializers.values())
        if size > LARGEST:
            raise ArgumentError(
                f"An ONNX file holds at most 2 GB, the parameters have {size / 1e9:.1f}.",
                "Convert the model to float32 or float16 first: model.to(np.float16).",
            )

    def _unused(self, name: str) -> str:
        while name in self.state or name in self.inputs:
            name += "_"
        return name


def package() -> Any:
    """Return the package onnx.

    Raises
    ------
    UsageError
        When it is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise UsageError(
            "nn.export_onnx needs the package onnx, which is not installed.",
            "Write pip install 'autograd-lite[onnx]'.",
        ) from error
    return onnx


def element_type(dtype: Any) -> int:
    """Return ONNX's number for a dtype."""
    return int(package().helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))


def _described(name: str, operand: Operand) -> Any:
    shape = [BATCH if n is None else None if n == VARIES else n for n in operand.shape]
    return package().helper.make_tensor_value_info(name, element_type(operand.dtype), shape)


def _identical(one: Array, other: Array) -> bool:
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
