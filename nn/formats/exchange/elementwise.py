"""ONNX forms of arithmetic and of activations: one by one where ONNX has the operation, else by their formula."""

from __future__ import annotations

import math
from typing import Any

from nn.formats.exchange.forms import FORMS, Call, Form, form
from nn.formats.exchange.graph import element_type

# The engine's name and ONNX's.
SAME = {
    "add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "matmul": "MatMul",
    "maximum": "Max", "minimum": "Min", "negative": "Neg", "positive": "Identity", "absolute": "Abs",
    "sqrt": "Sqrt", "reciprocal": "Reciprocal", "exp": "Exp", "log": "Log", "erf": "Erf",
    "sin": "Sin", "cos": "Cos", "tan": "Tan", "arcsin": "Asin", "arccos": "Acos", "arctan": "Atan",
    "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh", "arcsinh": "Asinh", "arccosh": "Acosh", "arctanh": "Atanh",
    "sigmoid": "Sigmoid", "relu": "Relu", "where": "Where",
}  # fmt: skip


def _same(operation: str) -> Form:
    return lambda call: call.add(operation, *(call.name(k) for k in range(len(call.names))))


FORMS.update({ours: _same(theirs) for ours, theirs in SAME.items()})


@form("astype")
def astype(call: Call, dtype: Any) -> str:
    return call.add("Cast", call.x, to=element_type(dtype))


@form("square")
def square(call: Call) -> str:
    return call.add("Mul", call.x, call.x)


@form("expm1")
def expm1(call: Call) -> str:
    return call.add("Sub", call.add("Exp", call.x), call.number(1))


@form("exp2")
def exp2(call: Call) -> str:
    return call.add("Pow", call.number(2), call.x)


@form("log1p")
def log1p(call: Call) -> str:
    return call.add("Log", call.add("Add", call.x, call.number(1)))


@form("log2")
def log2(call: Call) -> str:
    return call.add("Mul", call.add("Log", call.x), call.number(1 / math.log(2)))


@form("log10")
def log10(call: Call) -> str:
    return call.add("Mul", call.add("Log", call.x), call.number(1 / math.log(10)))


@form("erfc")
def erfc(call: Call) -> str:
    return call.add("Sub", call.number(1), call.add("Erf", call.x))


@form("clip")
def clip(call: Call) -> str:
    result = call.x
    for position, bound in ((1, "Max"), (2, "Min")):
        if call.names[position] is not None:
            result = call.add(bound, result, call.name(position))
    return result


@form("hardtanh")
def hardtanh(call: Call, min_val: float, max_val: float) -> str:
    return call.add("Clip", call.x, call.number(min_val), call.number(max_val))


@form("softplus")
def softplus(call: Call, threshold: float | None) -> str:
    smooth = _softplus(call, call.x)
    if threshold is None:
        return smooth
    return call.add("Where", call.add("Greater", call.x, call.number(threshold)), call.x, smooth)


@form("log_sigmoid")
def log_sigmoid(call: Call) -> str:
    return call.add("Neg", _softplus(call, call.add("Neg", call.x)))


@form("mish")
def mish(call: Call) -> str:
    return call.add("Mul", call.x, call.add("Tanh", _softplus(call, call.x)))


@form("silu")
def silu(call: Call) -> str:
    if call.native:
        return call.add("Mul", call.x, call.add("Sigmoid", call.x))
    # onnxruntime would replace the product by an operation that it has in float32 alone.
    power = call.add("Exp", call.add("Neg", call.x))
    return call.add("Div", call.x, call.add("Add", power, call.number(1)))


@form("softsign")
def softsign(call: Call) -> str:
    if call.native:
        return call.add("Softsign", call.x)
    return call.add("Div", call.x, call.add("Add", call.add("Abs", call.x), call.number(1)))


@form("gelu")
def gelu(call: Call, approximate: str) -> str:
    """x/2 · (1 + erf(x/√2)), or x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))."""
    if approximate == "tanh":
        cube = call.add("Mul", call.add("Mul", call.x, call.x), call.x)
        inner = call.add("Add", call.x, call.add("Mul", cube, call.number(0.044715)))
        bent = call.add("Tanh", call.add("Mul", inner, call.number(math.sqrt(2 / math.pi))))
    else:
        bent = call.add("Erf", call.add("Mul", call.x, call.number(math.sqrt(0.5))))
    half = call.add("Mul", call.x, call.number(0.5))
    return call.add("Mul", half, call.add("Add", bent, call.number(1)))


@form("leaky_relu")
def leaky_relu(call: Call, negative_slope: float) -> str:
    if call.native:
        return call.add("LeakyRelu", call.x, alpha=float(negative_slope))
    return _bent(call, call.add("Mul", _negative_part(call), call.number(negative_slope)))


@form("prelu")
def prelu(call: Call) -> str:
    return _bent(call, call.add("Mul", _negative_part(call), call.name(1)))


@form("elu")
def elu(call: Call, alpha: float) -> str:
    if call.native:
        return call.add("Elu", call.x, alpha=float(alpha))
    return _exponential(call, alpha)


@form("selu")
def selu(call: Call) -> str:
    """λ elu(x, α), with Klambauer's constants."""
    if call.native:
        return call.add("Selu", call.x)
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return call.add("Mul", _exponential(call, alpha), call.number(scale))


def _softplus(call: Call, x: str) -> str:
    """max(x, 0) + log(1 + e^−|x|)."""
    if call.native:
        return call.add("Softplus", x)
    power = call.add("Exp", call.add("Neg", call.add("Abs", x)))
    return call.add("Add", call.add("Relu", x), call.add("Log", call.add("Add", power, call.number(1))))


def _exponential(call: Call, alpha: float) -> str:
    """max(x, 0) + α (e^min(x, 0) − 1)."""
    below = call.add("Sub", call.add("Exp", _negative_part(call)), call.number(1))
    return _bent(call, call.add("Mul", below, call.number(alpha)))


def _negative_part(call: Call) -> str:
    return call.add("Min", call.x, call.number(0))


def _bent(call: Call, below: str) -> str:
    return call.add("Add", call.add("Relu", call.x), below)
