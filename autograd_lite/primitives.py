"""A primitive is a NumPy function together with its backward rules; the registry finds it by that function.

A rule is a plain formula. Its parameter names say what it needs, and so what the forward pass has to keep:

    g            the incoming gradient
    y            the result
    a, x, ...    an operand, by its name in the declaration
    like_x       only the shape and dtype of operand x
    axis, ...    a keyword of the function, in canonical form
    p, ...       a residual that a fused primitive computed on the way
    i, likes     for any number of operands: the position of this one, and what all of them are like
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.errors import UsageError

Array = Any
Rule = Callable[..., Array]
Canonical = Callable[..., tuple[tuple[Any, ...], dict[str, Any]]]

REGISTRY: dict[Any, Primitive] = {}


class Like(NamedTuple):
    """The shape and dtype of an array whose values a rule does not need."""

    shape: tuple[int, ...]
    dtype: Any

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @classmethod
    def of(cls, x: Array) -> Like:
        """Return the shape and dtype of `x`; a Python number is 0-dimensional."""
        return cls(getattr(x, "shape", ()), getattr(x, "dtype", type(x)))


class Step(NamedTuple):
    """One operand's part of the backward pass: its position, its rule, and what the rule takes along."""

    position: int
    rule: Rule
    take: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    sources: tuple[int | None, ...]


class Primitive:
    """A differentiable operation.

    Called on arrays, it is the NumPy function; called with an operand whose type defines
    `__apply_primitive__(primitive, args, kwargs)`, it hands over to that method.

    Parameters
    ----------
    fn : callable
        The function on arrays, called as ``fn(*operands, **keywords)``.
    rules : dict of str to rule or None
        One rule an operand, in the order of the operands; None for an operand without a gradient.
    canonical : callable, optional
        Brings a call's arguments into canonical form: a tuple of operands and a dict of keywords.
    residuals : callable, optional
        A fused primitive's forward pass, which returns the result followed by what `residual_names` name.
    definition : callable, optional
        The same function in plain primitives: what higher derivatives differentiate.
    unfold : bool
        Whether pictures show the definition's operations in the place of this one.
    domain : tuple of float, optional
        The interval from which tests draw operands; by default (−3, 3).
    samples : callable, optional
        The calls that tests make: given a function that draws an array of a shape, a list of (args, kwargs).
        Elementwise operations need none.
    label : str or callable, optional
        What pictures write into the operation's circle; a callable gets the operands' names and the keywords.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        rules: dict[str, Rule | None],
        *,
        name: str | None = None,
        canonical: Canonical | None = None,
        keywords: Sequence[str] = (),
        residuals: Callable[..., Any] | None = None,
        residual_names: Sequence[str] = (),
        definition: Callable[..., Any] | None = None,
        infix: str | None = None,
        label: str | Callable[..., str] | None = None,
        unfold: bool = False,
        tex: str | None = None,
        domain: tuple[float, float] | None = None,
        samples: Callable[..., Any] | None = None,
        doc: str | None = None,
    ) -> None:
        self.fn = fn
        self.rules = rules
        self.operands = tuple(rules)
        self.variadic = self.operands == ("each",)
        self.__name__ = name or fn.__name__
        self.__doc__ = doc or fn.__doc__
        self.canonical = canonical or self._plain_call
        self.keywords = tuple(keywords)
        self.residuals = residuals
        self.residual_names = tuple(residual_names)
        self.definition = definition
        self.unfold = unfold
        self.infix = infix
        self.label = label or infix or self.__name__
        self.tex = tex
        self.domain = domain
        self.samples = samples
        self.steps = self._variadic_steps if self.variadic else lru_cache(maxsize=None)(self._steps)

    def __repr__(self) -> str:
        return f"<primitive {self.__name__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for operand in args[0] if self.variadic and args else args:
            if hasattr(type(operand), "__apply_primitive__"):
                return operand.__apply_primitive__(self, args, kwargs)
        lists_as_arrays = [np.asarray(each) if type(each) is list and not self.variadic else each for each in args]
        operands, keywords = self.canonical(*lists_as_arrays, **kwargs)
        return self.fn(*operands, **keywords)

    def _plain_call(self, *operands: Any, **keywords: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Take every positional argument as an operand; an elementwise function has no keywords."""
        if keywords:
            raise UsageError(
                f"{self.__name__}() takes no keyword {', '.join(map(repr, keywords))} on a Tensor.",
                "Compute the plain function and mask, cast or assign the result afterwards.",
            )
        if len(operands) != len(self.operands):
            raise UsageError(
                f"{self.__name__}() takes {len(self.operands)} operands, got {len(operands)}.",
                f"Call it as {self.__name__}({', '.join(self.operands)}).",
            )
        return operands, keywords

    def _steps(self, needed: tuple[bool, ...]) -> tuple[Step, ...]:
        """Return the steps for the operands that need a gradient.

        A rule draws its arguments from the pool (operands..., y, residuals..., keywords...).
        """
        names = [*self.operands, "y", *self.residual_names, *self.keywords]
        return tuple(self._step(position, names) for position in self._differentiable(needed))

    def _differentiable(self, needed: tuple[bool, ...]) -> Iterator[int]:
        for position, wanted in enumerate(needed):
            if wanted and self.rules[self.operands[position]] is not None:
                yield position

    def _step(self, position: int, names: list[str]) -> Step:
        rule = self.rules[self.operands[position]]
        assert rule is not None
        wanted = list(inspect.signature(rule).parameters)[1:]
        indices = tuple(names.index(each.removeprefix("like_")) for each in wanted)
        likes = tuple(each.startswith("like_") for each in wanted)
        last_tensor = len(self.operands)
        sources = tuple(k if k <= last_tensor and not like else None for k, like in zip(indices, likes, strict=True))
        return Step(position, rule, _taker(indices, likes), sources)

    def _variadic_steps(self, needed: tuple[bool, ...]) -> tuple[Step, ...]:
        """Return the steps of a primitive over any number of operands, all of which share one rule."""
        rule = self.rules["each"]
        assert rule is not None
        count = len(needed)

        def taker(i: int) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
            return lambda pool: (i, tuple(map(Like.of, pool[:count])), *pool[count + 1 :])

        return tuple(Step(i, rule, taker(i), (None,) * (2 + len(self.keywords))) for i in range(count) if needed[i])


def _taker(indices: tuple[int, ...], likes: tuple[bool, ...]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Return the function that draws a rule's arguments from the pool."""
    if any(likes):
        return lambda pool: tuple(Like.of(pool[k]) if like else pool[k] for k, like in zip(indices, likes, strict=True))
    if not indices:
        return lambda pool: ()
    if len(indices) == 1:
        (only,) = indices
        return lambda pool: (pool[only],)
    return itemgetter(*indices)


def check_rule_names(primitive: Primitive) -> None:
    """Raise UsageError when a rule asks for a name that the forward pass does not have."""
    known = {"y", "i", "likes", *primitive.operands, *primitive.residual_names, *primitive.keywords}
    known |= {f"like_{name}" for name in (*primitive.operands, "y")}
    for operand, rule in primitive.rules.items():
        names = list(inspect.signature(rule).parameters) if rule else ["g"]
        unknown = [name for name in names[1:] if name not in known]
        if names[:1] != ["g"] or unknown:
            raise UsageError(
                f"The rule of {primitive.__name__} for {operand!r} has the parameters {names}.",
                f"Its first is g, the incoming gradient; the others are among {sorted(known)}.",
            )


def primitive(
    fn: Callable[..., Any], *, answers_to: Sequence[Callable[..., Any]] = (), **declaration: Any
) -> Primitive:
    """Declare a differentiable operation: a NumPy function and one rule an operand.

    Parameters
    ----------
    fn : callable
        The function on arrays.
    answers_to : sequence of callable
        Further functions that mean the same: ``np.concatenate(tensors)`` finds the primitive, as ``fn`` does.
    **declaration
        The rules, one an operand and in their order (None for an operand without a gradient), and the
        options of `Primitive`: name, canonical, keywords, residuals, residual_names, definition, infix,
        label, tex, domain, samples, doc.

    Returns
    -------
    Primitive
        Callable on arrays and Tensors alike.

    Raises
    ------
    UsageError
        When a rule asks for something that the forward pass does not have.

    Examples
    --------
    >>> import numpy as np
    >>> cube = primitive(lambda x: x**3, x=lambda g, x: g * 3 * x**2, name="cube", tex="3x^2")
    >>> float(cube(np.float64(2.0)))
    8.0
    """
    declared = unregistered(fn, **declaration)
    for answered in (fn, *answers_to):
        REGISTRY[answered] = declared
    return declared


def unregistered(fn: Callable[..., Any], **declaration: Any) -> Primitive:
    """Declare an operation that answers to no NumPy function and is no public name, as `primitive` does."""
    options = {key: declaration.pop(key) for key in list(declaration) if key in _OPTIONS}
    declared = Primitive(fn, declaration, **options)
    check_rule_names(declared)
    return declared


_OPTIONS = frozenset(inspect.signature(Primitive.__init__).parameters) - {"self", "fn", "rules"}
