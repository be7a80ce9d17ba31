"""ONNX forms of what layers compute: affine maps, convolutions, pooling, normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import UnsupportedError
from nn.formats.exchange.forms import Call, form


@form("linear")
def linear(call: Call) -> str:
    """x Wᵀ + b: one Gemm for a batch of rows."""
    if call.ndim == 2:
        return call.add("Gemm", *(each for each in map(call.name, range(3)) if each), transB=1)
    z = call.add("MatMul", call.x, call.add("Transpose", call.name(1), perm=[1, 0]))
    return call.add("Add", z, call.name(2)) if call.names[2] else z


@form("conv1d", "conv2d")
def convolution(call: Call, windows: Any) -> str:
    operands = [each for each in map(call.name, range(3)) if each]
    return call.add("Conv", *operands, **_placed(windows), dilations=list(windows.dilation), group=windows.groups)


@form("max_pool1d", "max_pool2d")
def max_pool(call: Call, windows: Any) -> str:
    return call.add("MaxPool", call.x, **_placed(windows), dilations=list(windows.dilation))


@form("avg_pool1d", "avg_pool2d")
def avg_pool(call: Call, windows: Any, count_include_pad: bool) -> str:
    return call.add("AveragePool", call.x, **_placed(windows), count_include_pad=int(count_include_pad))


@form("adaptive_avg_pool2d")
def adaptive_avg_pool2d(call: Call, output_size: Any) -> str:
    """Windows of one size, where the output's size divides the input's."""
    lengths = call.step.operands[0].shape[2:]
    wanted = call.step.shape[2:]
    if wanted == (1, 1):
        return call.add("ReduceMean", call.x, call.graph.integers(2, 3), keepdims=1)
    pairs = zip(lengths, wanted, strict=True)
    size = [n // m for n, m in pairs if n is not None and m is not None and n >= m and n % m == 0]
    if len(size) < len(lengths):
        raise UnsupportedError(
            f"nn.export_onnx has no ONNX form for adaptive_avg_pool2d from {lengths} to {wanted}: its windows differ.",
            "Choose a size that divides that of the images.",
        )
    return call.add("AveragePool", call.x, kernel_shape=size, strides=size)


@form("layer_norm")
def layer_norm(call: Call, eps: float, axes: int = 1) -> str:
    features = call.step.operands[0].shape[-axes:]
    scale = call.name(1) or call.graph.constant(np.ones(features), call.dtype)
    shift = [call.name(2)] if call.names[2] else []
    return call.add("LayerNormalization", call.x, scale, *shift, axis=-axes, epsilon=float(eps))


@form("fixed_batch_norm")
def fixed_batch_norm(call: Call, eps: float) -> str:
    channels = call.step.operands[0].shape[1]
    mean, variance, weight, bias = map(call.name, range(1, 5))
    scale = weight or call.graph.constant(np.ones(channels), call.dtype)
    shift = bias or call.graph.constant(np.zeros(channels), call.dtype)
    return call.add("BatchNormalization", call.x, scale, shift, mean, variance, epsilon=float(eps))


@form("batch_norm")
def batch_norm(call: Call, eps: float) -> str:
    """(x − μ)/σ · weight + bias with the batch's own μ and σ² = mean (x − μ)² + eps in each channel."""
    axes = call.graph.integers(0, *range(2, call.ndim))
    d = call.add("Sub", call.x, call.add("ReduceMean", call.x, axes, keepdims=1))
    variance = call.add("ReduceMean", call.add("Mul", d, d), axes, keepdims=1)
    result = call.add("Div", d, call.add("Sqrt", call.add("Add", variance, call.number(eps))))
    per_channel = call.graph.integers(-1, *(1,) * (call.ndim - 2))
    for position, operation in ((1, "Mul"), (2, "Add")):
        if call.names[position]:
            result = call.add(operation, result, call.add("Reshape", call.name(position), per_channel))
    return result


def _placed(windows: Any) -> dict[str, list[int]]:
    """Return where windows lie, as ONNX says it: what is added before every axis, then what is added after."""
    before, after = zip(*windows.padding, strict=True)
    return {"kernel_shape": list(windows.size), "strides": list(windows.stride), "pads": [*before, *after]}
