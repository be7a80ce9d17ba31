"""What is tested of one call of an operation: its value, its derivatives, dtypes, layouts, empty operands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd_lite.check.comparison import Check
from autograd_lite.check.inputs import Inputs
from autograd_lite.check.reasons import explained
from autograd_lite.errors import GradientCheckError
from autograd_lite.own.declaration import OwnOperation
from autograd_lite.primitives import Primitive, undeclared
from autograd_lite.recording import record
from autograd_lite.tensors import Tensor, wrap
from autograd_lite.transforms import gradients

# What a gradient in single precision may differ by from that in double, in parts of the largest.
SINGLE = 1e-4


@dataclass(frozen=True)
class Trial:
    """One call of an operation in canonical form.

    Attributes
    ----------
    op : Primitive
    args, kwargs : tuple, dict
        The call as users write it.
    operands : tuple
    settings : dict
    places : tuple of int
        The operands to differentiate by: floating ones that have a rule.
    """

    op: Primitive
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    operands: tuple[Any, ...]
    settings: dict[str, Any]
    places: tuple[int, ...]

    @classmethod
    def of(cls, op: Primitive, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Trial:
        """Return a call with its operands told from its settings."""
        operands, settings = op.call_form(args, kwargs)
        rules = [op.rules["each"]] * len(operands) if op.variadic else list(op.rules.values())
        places = tuple(
            k
            for k, (rule, each) in enumerate(zip(rules, operands, strict=True))
            if rule is not None and rule is not undeclared and _kind(each) in "fc"
        )
        return cls(op, args, kwargs, tuple(operands), settings, places)

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of the operands to differentiate by."""
        return tuple(np.array(self.operands[k]) for k in self.places)

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [str(k) if self.op.variadic else self.op.operands[k] for k in self.places]

    @property
    def size(self) -> int:
        """How many numbers are differentiated by."""
        return sum(each.size for each in self.values)

    @property
    def is_empty(self) -> bool:
        """Whether some operand has no elements."""
        return any(np.size(self.operands[k]) == 0 for k in self.places)

    @property
    def is_broadcast(self) -> bool:
        """Whether operands have different shapes."""
        return len({np.shape(self.operands[k]) for k in self.places}) > 1

    @property
    def is_scalar(self) -> bool:
        """Whether an operand has no axes."""
        return any(np.shape(self.operands[k]) == () for k in self.places)

    def in_single(self) -> Trial:
        """Return the same call with all its arrays in single precision."""
        settings = {name: _narrow(each) for name, each in self.settings.items()}
        return replace(self, operands=tuple(map(_narrow, self.operands)), settings=settings)

    def run(self, *tensors: Any) -> Any:
        """Run the operation on other operands to differentiate by."""
        operands = list(self.operands)
        for k, tensor in zip(self.places, tensors, strict=True):
            operands[k] = tensor
        if isinstance(self.op, OwnOperation) and self.op.results is not None:
            return self.op.results(self.op, tuple(operands), self.settings)
        return record(self.op, tuple(operands), self.settings)


def _narrow(each: Any) -> Any:
    """Return an argument in single precision, where it is a floating array."""
    kind = each.dtype.kind if isinstance(each, (np.ndarray, np.generic)) else ""
    return each.astype(np.complex64 if kind == "c" else np.float32) if kind in ("f", "c") else each


def value(trial: Trial) -> None:
    """The value is finite, the same at each call, and the same on Tensors."""
    plain = _listed(trial.op(*trial.args, **trial.kwargs))
    again = _listed(trial.op(*trial.args, **trial.kwargs))
    recorded = _listed(trial.run(*map(_leaf, trial.values)))
    for k, (one, other, tensor) in enumerate(zip(plain, again, recorded, strict=True)):
        where = f"output {k}" if len(plain) > 1 else "the value"
        if not np.isfinite(one).all():
            raise GradientCheckError(
                f"{where} is not finite on the samples.", "Declare domain=(0.1, 3), where the operation is defined."
            )
        if not np.array_equal(one, other):
            raise GradientCheckError(
                f"{where} is another one at the second call.", "Pass random numbers as an operand, or their seed."
            )
        if tensor.shape != np.shape(one) or not np.array_equal(tensor.detach().numpy(), one):
            raise GradientCheckError(f"{where} on Tensors differs from that on arrays.", "The function has a state.")


def writes(trial: Trial) -> None:
    """The function leaves its operands as they were."""
    named = {**dict(zip(_names(trial), trial.args, strict=False)), **trial.kwargs}
    copies = {name: np.array(each) if isinstance(each, np.ndarray) else each for name, each in named.items()}
    given = list(copies.values())
    count = len(trial.args)
    trial.op(*given[:count], **dict(zip(trial.kwargs, given[count:], strict=True)))
    for name, before in named.items():
        if isinstance(before, np.ndarray) and before.tobytes() != copies[name].tobytes():
            raise GradientCheckError(
                f"the function writes into {name!r}.", f"Compute with a copy, {name} = {name}.copy()."
            )


def _names(trial: Trial) -> list[str]:
    """Return the names of the positional arguments of a call."""
    if trial.op.variadic:
        return [str(k) for k in range(len(trial.args))]
    named = list(inspect.signature(trial.op).parameters)
    return [named[k] if k < len(named) else str(k) for k in range(len(trial.args))]


def first_order(trial: Trial) -> None:
    """The first derivatives agree with central differences."""
    check = _check(trial)
    fault = check.first_order()
    if fault is not None:
        raise explained(check, fault)


def second_order(trial: Trial) -> None:
    """The second derivatives agree with central differences of the first."""
    check = _check(trial)
    fault = check.second_order()
    if fault is not None:
        raise explained(check, fault)


def float32(trial: Trial) -> None:
    """Single precision stays single, in the gradient too, and is right."""
    single = trial.in_single()
    narrow = list(map(_leaf, single.values))
    singles = _floating(single.run(*narrow))
    for each in singles:
        if each.dtype not in (np.float32, np.complex64):
            raise GradientCheckError(
                f"the result is {each.dtype} for float32 operands.",
                "An array in float64 makes it so: write np.ones(3, x.dtype), or Python's numbers.",
            )
    wide = list(map(_leaf, trial.values))
    found, right = _squares(singles, narrow), _squares(_floating(trial.run(*wide)), wide)
    scale = max((float(np.abs(each).max(initial=1.0)) for each in right if each is not None), default=1.0)
    for name, g, known in zip(trial.names, found, right, strict=True):
        if g is None or known is None or (np.abs(g - known) <= SINGLE * (10 * np.abs(known) + scale)).all():
            continue
        raise GradientCheckError(
            f"the gradient at {name!r} in float32 differs from that in float64 by {np.abs(g - known).max():.2g}.",
            "The formula loses digits: look for differences of large numbers.",
        )


def layout(trial: Trial) -> None:
    """Operands in columns or in reversed memory give the same gradients."""
    expected = _gradients(trial, trial.values)
    for arranged in ([np.array(each, order="F") for each in trial.values], [_reversed(each) for each in trial.values]):
        for name, g, known in zip(trial.names, _gradients(trial, arranged), expected, strict=True):
            if (g is None) != (known is None) or (g is not None and not np.allclose(g, known, rtol=1e-9, atol=1e-12)):
                raise GradientCheckError(
                    f"the gradient at {name!r} depends on how the operands lie in memory.",
                    "Use indices and shapes, not strides or ravel(order='K').",
                )


def empty(trial: Trial) -> None:
    """Empty operands get empty gradients."""
    tensors = list(map(_leaf, trial.values))
    for name, each, g in zip(trial.names, trial.values, _squares(_floating(trial.run(*tensors)), tensors), strict=True):
        if g is not None and g.shape != each.shape:
            raise GradientCheckError(
                f"the gradient at {name!r} has shape {g.shape}, not {each.shape}.", "Use like_x.shape."
            )


def definition(trial: Trial) -> None:
    """A fused operation's value and gradients are those of its definition."""
    defined = trial.op.definition
    assert defined is not None
    one, other = list(map(_leaf, trial.values)), list(map(_leaf, trial.values))
    operands = [wrap(each, None) if isinstance(each, np.ndarray) else each for each in trial.operands]
    for k, tensor in zip(trial.places, other, strict=True):
        operands[k] = tensor
    y, z = trial.run(*one), defined(*operands, **trial.settings)
    pairs = [(y.detach().numpy(), z.detach().numpy()), *zip(_squares([y], one), _squares([z], other), strict=True)]
    for found, known in pairs:
        if (found is None) != (known is None) or (found is not None and not np.allclose(found, known, rtol=1e-9)):
            raise GradientCheckError(
                "it differs from its definition=.", "Both are one function: compare them at one point by hand."
            )


ATTEMPTS: dict[str, Callable[[Trial], None]] = {
    "value": value,
    "writes": writes,
    "first": first_order,
    "second": second_order,
    "float32": float32,
    "broadcast": first_order,
    "layout": layout,
    "scalar": first_order,
    "empty": empty,
    "definition": definition,
}


def fits(attempt: str, trial: Trial) -> bool:
    """Tell whether an attempt says something about a call."""
    if attempt == "empty":
        return trial.is_empty
    if trial.is_empty:
        return attempt in ("value", "writes")
    if attempt in ("broadcast", "scalar"):
        return trial.is_broadcast if attempt == "broadcast" else trial.is_scalar
    return attempt != "definition" or trial.op.definition is not None


def _check(trial: Trial) -> Check:
    inputs = Inputs(trial.values, "check_primitive")
    inputs.names = trial.names
    return Check(trial.run, inputs)


def _leaf(each: Any) -> Tensor:
    return Tensor(each, requires_grad=True)


def _kind(each: Any) -> str:
    return "i" if each is None else np.asarray(each).dtype.kind


def _listed(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (tuple, list)) else [result]


def _floating(result: Any) -> list[Tensor]:
    return [each for each in _listed(result) if each.dtype.kind in "fc"]


def _squares(results: Sequence[Tensor], tensors: Sequence[Tensor]) -> list[Any]:
    """Return the gradients of the sum of the results' squares, recorded as for a second derivative."""
    total = sum((abs(each) ** 2 if each.dtype.kind == "c" else each * each).sum() for each in results)
    if not isinstance(total, Tensor) or not total.requires_grad:
        return [None] * len(tensors)
    found = gradients(total, tensors, create_graph=True, allow_unused=True)
    return [None if g is None else g.detach().numpy() for g in found]


def _gradients(trial: Trial, values: Sequence[Any]) -> list[Any]:
    # Not copied, so that they lie in memory as given.
    tensors: list[Any] = [wrap(each, None).requires_grad_() for each in values]
    return _squares(_floating(trial.run(*tensors)), tensors)


def _reversed(each: Any) -> Any:
    return np.array(np.flip(each), order="C")[..., *(slice(None, None, -1),) * each.ndim]
