"""ag.check_primitive: the tests that operations of the table get from their declaration, for a user's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd_lite.check.primitive_report import Attempt, PrimitiveReport
from autograd_lite.check.samples import Sample, calls
from autograd_lite.check.trials import ATTEMPTS, Trial, fits
from autograd_lite.errors import ArgumentError, AutogradError, GradientCheckError, UsageError
from autograd_lite.messages import checked_language
from autograd_lite.primitives import Primitive
from autograd_lite.spelling import spelled
from autograd_lite.structures import is_array_like

SEED = 1


@spelled
def check_primitive(
    op: Primitive,
    *args: Any,
    samples: Callable[..., Any] | Iterable[Sample] | None = None,
    order: int = 2,
    raise_exception: bool = True,
    lang: str = "en",
    **kwargs: Any,
) -> PrimitiveReport:
    """Test an operation of one's own as those of the table are tested.

    Its value is finite, the same at each call and on Tensors; it writes into no operand; its first and second
    derivatives agree with central differences, where operands are broadcast too; float32 stays float32; operands in
    other layouts, without axes and without elements are taken.

    Parameters
    ----------
    op : Primitive
        What `ag.primitive` returned.
    *args, **kwargs
        A call to test it on; without one, that of `samples`, of the declaration's samples, or elementwise operands
        drawn from its domain, by default (−3, 3).
    samples : callable or iterable, optional
        The calls: a list of (args, kwargs), or a function that makes one, given a function that draws an operand:
        ``lambda draw: [((draw(3, 2), draw(2)), {})]``.
    order : {1, 2}
        1 leaves the second derivatives out.
    raise_exception : bool
        Raise where something is wrong, rather than return a report that says so.
    lang : {"en", "es"}
        Of the printed report.

    Returns
    -------
    PrimitiveReport
        `.ok`, `.attempts`, `.failures`, `.raise_if_wrong()`, `.to_dict()`; print it to read it.

    Raises
    ------
    GradientCheckError
        When something is wrong: says which of the tests fail, and of the first where and, as a guess, why.
    UsageError
        When there is nothing to differentiate by, or no call to test it on.

    Examples
    --------
    >>> square = ag.primitive(lambda x: x * x, x=lambda g, x: g * 2 * x, name="square")
    >>> ag.check_primitive(square)
    square: all right
      ✓  finite value                  4 calls
      ✓  operands left as they were    4 calls
      ✓  first derivative              3 calls
      ✓  second derivative             3 calls
      ✓  float32                       3 calls
      -  broadcasting                  not tried
      ✓  layout in memory              3 calls
      ✓  operands without axes         1 call
      ✓  operands without elements     1 call

    At one point, with a rule that forgets the 2:

    >>> half = ag.primitive(lambda x: x**2, x=lambda g, x: g * x, name="half")
    >>> for line in ag.check_primitive(half, np.array([1.0, 3.0]), raise_exception=False).failures[0].said:
    ...     print(line)
    the gradient of output[1] at x[1] is 3 by autodiff, 6 by differences
    The rule of 'half' for 'x': half as large as it should be.
    """
    checked_language(lang)
    if not isinstance(op, Primitive):
        raise UsageError(
            f"check_primitive() takes an operation of ag.primitive, got {type(op).__name__}.",
            "Write op = ag.primitive(f, x=lambda g, x: ...), and check that; a function by ag.gradcheck(f, x).",
        )
    if order not in (1, 2):
        raise ArgumentError(f"check_primitive: order={order!r}.", "order is 1 or 2.")
    given = [(args, kwargs)] if args or kwargs else calls(op, np.random.default_rng(SEED), samples)
    trials = [Trial.of(op, tuple(map(_array, each)), dict(settings)) for each, settings in given]
    if not any(each.size for each in trials):
        raise UsageError(
            f"check_primitive: nothing to compare: no floating operand of {op.__name__} has a rule and elements.",
            "Give a call with floating arrays, ag.check_primitive(op, np.array([1.0, 2.0])).",
        )
    chosen = [each for each in ATTEMPTS if (each != "second" or order == 2) and (each != "definition" or op.definition)]
    report = PrimitiveReport(op.__name__, tuple(_attempted(each, trials) for each in chosen), lang)
    if raise_exception:
        report.raise_if_wrong()
    return report


def _attempted(name: str, trials: list[Trial]) -> Attempt:
    """Try one thing on every call that says something about it, up to the first on which it is wrong."""
    count = 0
    for number, trial in enumerate(trials, 1):
        if not fits(name, trial):
            continue
        count += 1
        try:
            ATTEMPTS[name](trial)
        except AutogradError as problem:
            return Attempt(name, "wrong", count, number, problem)
        except Exception as problem:
            shapes = ", ".join(str(np.shape(each)) for each in trial.args)
            drawn = ", ".join(["draw(3)"] * len(trial.args)) + "," * (len(trial.args) == 1)
            told = GradientCheckError(
                f"the function raised {type(problem).__name__} on operands of shape {shapes}.",
                "Where it takes no such operands, give some: ag.check_primitive(op, ...), or "
                f"samples=lambda draw: [(({drawn}), {{}})].",
            )
            told.__cause__ = problem
            return Attempt(name, "wrong", count, number, told)
    return Attempt(name, "right" if count else "untried", count)


def _array(each: Any) -> Any:
    """Return numbers as users write them as an array."""
    return np.asarray(each) if isinstance(each, (list, float)) and is_array_like(each) else each
