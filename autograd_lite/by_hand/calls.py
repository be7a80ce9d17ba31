"""The function and the formula of ag.check_formula: called as they were written, their results put in order."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.backward import silent
from autograd_lite.errors import AutogradError, DtypeError, UsageError, suggestion
from autograd_lite.graph import enable_grad, no_grad
from autograd_lite.source import line_that_raised
from autograd_lite.tensors import Tensor
from autograd_lite.transforms import gradients

Point = list[Any]

# Letters of an error that are quoted, and numbers of an input.
LONGEST = 120
SHORT = 6


class Argument(NamedTuple):
    """One input: its name, its value as an array of float64 or as it was given, and what it can be used for."""

    name: str
    value: Any
    is_float: bool
    is_candidate: bool
    was_tensor: bool


def arguments_of(f: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str] | None) -> list[Argument]:
    """Return the inputs under the names of f's parameters.

    Raises
    ------
    UsageError
        When there are no inputs, or not as many names.
    DtypeError
        When one is complex.
    """
    if not inputs:
        raise UsageError(
            "check_formula: there is no input to differentiate by.",
            "Pass the inputs: check_formula(f, hand_gradient, w, X).",
        )
    known = list(names) if names is not None else _parameters(f, len(inputs))
    if len(known) != len(inputs) or len(set(known)) != len(known):
        raise UsageError(
            f"check_formula: names={known!r} for {len(inputs)} input{'s' * (len(inputs) != 1)}.",
            "Give each input one name of its own.",
        )
    chosen = any(isinstance(each, Tensor) and each.requires_grad for each in inputs)
    return [_argument(name, each, chosen) for name, each in zip(known, inputs, strict=True)]


def _argument(name: str, given: Any, chosen: bool) -> Argument:
    tensor = isinstance(given, Tensor)
    value = np.array(given.numpy()) if tensor else given
    if not tensor and isinstance(given, (float, list, tuple, np.ndarray, np.generic)):
        try:
            value = np.array(given)
        except ValueError:
            value = given
    kind = value.dtype.kind if isinstance(value, np.ndarray) else "O"
    if kind == "c":
        raise DtypeError(
            f"check_formula: {name} is complex; gradients by hand are compared for real inputs.",
            "Pass its real and imaginary parts as two inputs.",
        )
    if kind != "f":
        # A tuple may be a shape or the axes, which an array could not stand for.
        is_data = tensor or (isinstance(given, list) and kind in "biu")
        return Argument(name, value if is_data else given, False, False, tensor)
    return Argument(name, value.astype(np.float64), True, not chosen or (tensor and given.requires_grad), tensor)


def _parameters(f: Callable[..., Any], count: int) -> list[str]:
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    positional = [each.name for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return [positional[k] if k < len(positional) else f"inputs[{k}]" for k in range(count)]


class Calls:
    """f and the formula by hand, called at points that are lists of the inputs' values."""

    def __init__(self, f: Callable[..., Any], by_hand: Callable[..., Any], arguments: list[Argument]) -> None:
        for name, each in (("f", f), ("hand_gradient", by_hand)):
            if not callable(each):
                raise UsageError(
                    f"check_formula: {name} must be a function, got {type(each).__name__}.",
                    "Write check_formula(f, hand_gradient, w, X).",
                )
        self.f = f
        self.by_hand = by_hand
        self.arguments = arguments

    def value(self, point: Point, wanted: Iterable[int]) -> float:
        """Return f at a point, the wanted inputs being Tensors; no graph is recorded."""
        with no_grad(), silent():
            return float(self._output(point, {k: Tensor(point[k]) for k in wanted}).item())

    def gradient(self, point: Point, wanted: Iterable[int]) -> dict[int, Any]:
        """Return the gradients of f by autodiff, by the input's position.

        Raises
        ------
        UsageError
            When f gives no scalar Tensor, or one that does not depend on these inputs.
        """
        with enable_grad(), silent():
            tensors = {k: Tensor(point[k], requires_grad=True) for k in wanted}
            output = self._output(point, tensors)
            if not output.requires_grad:
                raise UsageError(
                    f"check_formula: f does not depend on {self._names(tensors)} in a way that autodiff can follow.",
                    "Compute it with the Tensors that f is given, not with .data or .numpy().",
                )
            found = gradients(output, list(tensors.values()), allow_unused=True)
        return {
            k: np.zeros_like(point[k]) if g is None else np.array(g.numpy())
            for k, g in zip(tensors, found, strict=True)
        }

    def answers(self, point: Point) -> dict[int, Any]:
        """Return the gradients by hand, by the input's position.

        Raises
        ------
        UsageError
            When the formula raises an error, and when they are Tensors, are no numbers, or leave open which input
            they belong to.
        """
        try:
            result = self.by_hand(*map(_copied, point))
        except AutogradError:
            raise
        except Exception as error:
            raise _raised(error) from error
        return self._assigned(result)

    def _output(self, point: Point, tensors: dict[int, Tensor]) -> Tensor:
        given = [
            tensors[k] if k in tensors else Tensor(each) if argument.was_tensor else _copied(each)
            for k, (argument, each) in enumerate(zip(self.arguments, point, strict=True))
        ]
        output = self.f(*given)
        if not isinstance(output, Tensor):
            raise UsageError(
                f"check_formula: f returned {type(output).__name__}, not a Tensor.",
                "Compute with the Tensors that f is given, np.sum(w * w), and return the result as it is.",
            )
        if output.size != 1:
            raise UsageError(
                f"check_formula: f returned shape {output.shape}; the formula's function is a scalar.",
                "Reduce it, for example to its sum: return loss.sum().",
            )
        return output

    def _assigned(self, result: Any) -> dict[int, Any]:
        floats = [k for k, each in enumerate(self.arguments) if each.is_candidate]
        if isinstance(result, dict):
            return {
                self._position(name): self._numbers(each, name) for name, each in result.items() if each is not None
            }
        if isinstance(result, tuple) and len(result) in (len(floats), len(self.arguments)):
            positions = floats if len(result) == len(floats) else list(range(len(self.arguments)))
            pairs = [(k, each) for k, each in zip(positions, result, strict=True) if each is not None]
            answers = {
                self._position(self.arguments[k].name): self._numbers(each, self.arguments[k].name) for k, each in pairs
            }
            if len(result) < len(self.arguments):
                self._refuse_whole_numbers(answers)
            return answers
        if not isinstance(result, tuple) and len(floats) == 1:
            answers = {floats[0]: self._numbers(result, self.arguments[floats[0]].name)}
            self._refuse_whole_numbers(answers)
            return answers
        if not floats:
            self._refuse_whole_numbers({})
        got = f"{len(result)} gradients" if isinstance(result, tuple) else "one gradient"
        first = self.arguments[floats[0]].name if floats else self.arguments[0].name
        raise UsageError(
            f"check_formula: hand_gradient returned {got} for the inputs {self._names(floats)}.",
            f'Return one for each, as a tuple; or only some, by name: {{"{first}": ...}}.',
        )

    def _refuse_whole_numbers(self, answers: dict[int, Any]) -> None:
        """Refuse gradients without names that look like those of an input of whole numbers, which has none."""
        for k, argument in enumerate(self.arguments):
            if not _is_whole(argument.value):
                continue
            taken = [
                at
                for at, answer in answers.items()
                if np.ndim(argument.value)
                and answer.shape == np.shape(argument.value)
                # Labels often follow weights of the same shape, whose gradient this is.
                and (k < at or answer.shape != np.shape(self.arguments[at].value))
            ]
            if not taken and answers:
                continue
            by_name = f', or return the gradients by name: {{"{self.arguments[taken[0]].name}": ...}}' if taken else ""
            raise UsageError(
                f"check_formula: {argument.name} holds whole numbers, so it is not differentiated by.",
                f"Write {_as_floats(argument)}{by_name}.",
            )

    def _position(self, name: Any) -> int:
        known = [each.name for each in self.arguments]
        if name not in known:
            raise UsageError(f"check_formula: f has no input {name!r}.", suggestion(name, known))
        position = known.index(name)
        if not self.arguments[position].is_float:
            raise UsageError(
                f"check_formula: hand_gradient differentiates by {name}, which holds no floating numbers.",
                "Pass it as float data, or leave it out of the answer.",
            )
        return position

    def _numbers(self, answer: Any, name: str) -> Any:
        if isinstance(answer, Tensor):
            raise UsageError(
                f"check_formula: hand_gradient returned a Tensor for {name}.",
                "Write the formula by hand, in plain NumPy, on the arrays that it is given.",
            )
        try:
            numbers = np.array(answer)
        except ValueError:
            numbers = np.array(None)
        if numbers.dtype.kind not in "biuf":
            raise UsageError(
                f"check_formula: hand_gradient returned {type(answer).__name__} for {name}, no array of real numbers.",
                "Return an array of the shape of the input.",
            )
        return numbers.astype(np.float64)

    def _names(self, positions: Iterable[int]) -> str:
        return ", ".join(self.arguments[k].name for k in positions) or "none"


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _is_whole(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iu"
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _as_floats(argument: Argument) -> str:
    """Return what to type for an input of whole numbers so that it can be differentiated by."""
    numbers = np.asarray(argument.value, dtype=np.float64)
    return repr(numbers.tolist()) if numbers.size <= SHORT else f"np.array({argument.name}, dtype=float)"


def _raised(error: Exception) -> UsageError:
    """Return the error of a formula that raised one, with the line of its author where it did."""
    text = " ".join(str(error).split())
    what = f"hand_gradient raised {type(error).__name__}: {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}"
    line = line_that_raised(error)
    if line is None:
        return UsageError(what, "Look at its parameters: it is called with the same inputs as f.")
    source = line.source()
    return UsageError(what, f"It happened in line {line.number}{f': {source[:LONGEST]}' if source else '.'}")
