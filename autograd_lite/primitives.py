r"""A primitive is a NumPy function together with its backward rules; the registry finds it by that function.

A rule is a plain formula. Its parameter names say what it needs, and so what the forward pass has to keep:

    g            the incoming gradient
    y            the result
    a, x, ...    an operand, by its name in the declaration
    like_x       only the shape and dtype of operand x
    axis, ...    a keyword of the function, in canonical form
    p, ...       a residual that a fused primitive computed on the way
    i, likes     for any number of operands: the position of this one, and what all of them are like

`tex=` says the same rules for people, in LaTeX's mathematics and by the same names, so that `ag.explain` can put in
those of a user's tensors: g, y, the operands, keywords that are numbers; and n, how many elements a reduction joins
into one. It is one formula an operand that has a rule, or one for all of them; a formula without g is the local
derivative, by which g is multiplied element by element: "1 - y^2" stands for r"g \odot (1 - y^2)". Brackets around a
condition are 1 where it holds and 0 elsewhere; NumPy's names for functions stand in \operatorname.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple, NoReturn

import numpy as np

from autograd_lite.errors import AutogradError, IndexingError, UnsupportedError, UsageError, closest
from autograd_lite.spelling import refuse_unknown

Array = Any
Rule = Callable[..., Array]
Canonical = Callable[..., tuple[tuple[Any, ...], dict[str, Any]]]

Taker = Callable[[tuple[Any, ...]], tuple[Any, ...]]
Saver = Callable[[tuple[Any, ...]], tuple[tuple[Any, ...], ...]]

REGISTRY: dict[Any, Primitive] = {}
# While pages are read of which nobody may see a part: what they declare, and the table that it is for.
STAGED: ContextVar[dict[Any, tuple[dict[Any, Any], Any]] | None] = ContextVar("STAGED", default=None)


def undeclared(g: Array) -> NoReturn:
    """The rule of an operand whose derivative is not known: a Tensor there that requires a gradient is refused."""
    raise NotImplementedError(g)


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
        return cls._make((x.shape, x.dtype) if hasattr(x, "shape") else ((), type(x)))


class Plan(NamedTuple):
    """What an operation does for one choice of the operands that need a gradient.

    Attributes
    ----------
    op : Primitive or None
        The operation; None for a leaf.
    positions : tuple of int
        The operands that need a gradient and have a rule.
    rules : tuple of rule
        Their rules.
    save : callable
        Draws every rule's arguments from the pool (operands..., y, residuals..., keywords...): a tuple of tuples.
    sources : tuple of tuple
        For each argument of each rule the position in the pool of the operand or result that it is; None for others.
    """

    op: Primitive | None
    positions: tuple[int, ...]
    rules: tuple[Rule, ...]
    save: Saver
    sources: tuple[tuple[int | None, ...], ...]


NO_PLAN = Plan(None, (), (), lambda pool: (), ())


class _PublicSignature:
    """What ``inspect.signature(primitive)`` says; the class itself has that of its ``__init__``."""

    def __get__(self, operation: Primitive | None, owner: type) -> inspect.Signature | None:
        return None if operation is None else operation._public_signature()


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
    ready : bool
        Whether a call with all operands and nothing else has that form as it stands; so it is without `canonical`.
    residuals : callable, optional
        A fused primitive's forward pass, which returns the result followed by what `residual_names` name.
    constant_residuals : bool
        Whether the residuals are indices, which do not change when the operands change a little.
    definition : callable, optional
        The same function in plain primitives: the tests' oracle, and where there are residuals, what higher
        derivatives differentiate.
    unfold : bool
        Whether pictures show the definition's operations in the place of this one.
    views : bool
        Whether the result may lie in the memory of the first operand, so that it has to be looked at.
    domain : tuple of float, optional
        The interval from which tests draw operands; by default (−3, 3).
    samples : callable, optional
        The calls that tests make: given a function that draws an array of a shape, a list of (args, kwargs).
        Elementwise operations need none.
    label : str or callable, optional
        What pictures write into the operation's circle; a callable gets the operands' names and the keywords.
    tex : str or tuple of str, optional
        The rules as formulas: one for each operand that has a rule, or one for all.
    signature : callable, optional
        What has the public signature, where `canonical` takes arguments in more ways than are documented.
    """

    __signature__ = _PublicSignature()

    def __init__(
        self,
        fn: Callable[..., Any],
        rules: dict[str, Rule | None],
        *,
        name: str | None = None,
        canonical: Canonical | None = None,
        ready: bool = False,
        keywords: Sequence[str] = (),
        residuals: Callable[..., Any] | None = None,
        residual_names: Sequence[str] = (),
        constant_residuals: bool = False,
        definition: Callable[..., Any] | None = None,
        infix: str | None = None,
        label: str | Callable[..., str] | None = None,
        unfold: bool = False,
        views: bool = False,
        tex: str | tuple[str, ...] | None = None,
        domain: tuple[float, float] | None = None,
        samples: Callable[..., Any] | None = None,
        doc: str | None = None,
        signature: Callable[..., Any] | None = None,
    ) -> None:
        self.fn = fn
        self.rules = rules
        self.operands = tuple(rules)
        self.variadic = self.operands == ("each",)
        self.__name__ = name or fn.__name__
        self.__doc__ = doc or fn.__doc__
        self.canonical = canonical or self._plain_call
        self.plain = canonical is None
        self.arity = len(self.operands) if ready or (self.plain and not keywords and not self.variadic) else None
        self.keywords = tuple(keywords)
        self.residuals = residuals
        self.residual_names = tuple(residual_names)
        self.constant_residuals = constant_residuals
        self.definition = definition
        # Residuals are constants to a recorded walk, so it goes through the definition instead.
        self.through_definition = residuals is not None and definition is not None
        self.unfold = unfold
        self.views = views
        self.simple = residuals is None and not views
        self.infix = infix
        self.label = label or infix or self.__name__
        self.tex = tex
        self.domain = domain
        self.samples = samples
        self.called_as = signature
        self.plans: dict[Any, Plan] = {}

    def __repr__(self) -> str:
        return f"<primitive {self.__name__}>"

    @property
    def ruled(self) -> tuple[str, ...]:
        """The operands that get a gradient."""
        return tuple(name for name, rule in self.rules.items() if rule not in (None, undeclared))

    def formula(self, position: int) -> str | None:
        """Return the rule of one operand as a formula; None where none was declared."""
        if self.tex is None or isinstance(self.tex, str):
            return self.tex
        return self.tex[self.ruled.index(self.operands[position])]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for operand in args[0] if self.variadic and args else args:
            apply = getattr(operand, "__apply_primitive__", None)
            if apply is not None:
                return apply(self, args, kwargs)
        if not kwargs and len(args) == self.arity:
            return self.fn(*args)
        if not self.plain and not self.variadic and args and not hasattr(args[0], "ndim"):
            args = (np.asarray(args[0]), *args[1:])
        operands, keywords = self.call_form(args, kwargs)
        return self.fn(*operands, **keywords)

    def call_form(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the operands and keywords of a call in canonical form.

        Raises
        ------
        UnknownKeywordError, UsageError
            When the call has an argument that the operation does not take on Tensors.
        IndexingError
            When there is no such axis.
        """
        if not args and "a" in kwargs:  # NumPy's name for the first operand
            args, kwargs = (kwargs["a"],), {key: value for key, value in kwargs.items() if key != "a"}
        try:
            return self.canonical(*args, **kwargs)
        except TypeError as problem:
            if isinstance(problem, AutogradError) or "argument" not in str(problem):
                raise
            named = inspect.signature(self.canonical).parameters
            if not any(each.kind is each.VAR_KEYWORD for each in named.values()):
                self._refuse_unknown(kwargs, list(named))
            detail = (str(problem).partition("() ")[2] or str(problem)).partition(". Did you mean")[0]
            raise UsageError(f"{self.__name__}() on a Tensor {detail}.", f"It takes {self._signature()}.") from None
        except np.exceptions.AxisError as problem:
            raise no_axis(self.__name__, problem) from None

    def _refuse_unknown(self, given: Iterable[str], known: Sequence[str]) -> None:
        refuse_unknown(f"{self.__name__}() on a Tensor", given, known, f"It takes {self._signature()}.")

    def _signature(self) -> str:
        if self.plain:
            return f"{self.__name__}({', '.join([*self.operands, *(f'{name}=...' for name in self.keywords)])})"
        named = inspect.signature(self.canonical).parameters.values()
        return f"{self.__name__}({', '.join(str(each.replace(annotation=each.empty)) for each in named)})"

    def _public_signature(self) -> inspect.Signature:
        """Return the parameters of a call on arrays and Tensors."""
        kinds = inspect.Parameter
        if self.variadic and self.plain:
            found = [kinds("operands", kinds.VAR_POSITIONAL)]
        elif self.plain:
            found = [kinds(name, kinds.POSITIONAL_ONLY) for name in self.operands]
            found += [kinds(name, kinds.KEYWORD_ONLY) for name in self.keywords]
        else:
            named = inspect.signature(self.called_as or self.canonical).parameters.values()
            found = [each.replace(annotation=each.empty) for each in named]
        return inspect.Signature(found)

    def _plain_call(self, *operands: Any, **keywords: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Take every positional argument as an operand, and only the declared keywords."""
        missing = [name for name in self.keywords if name not in keywords]
        self._refuse_unknown(keywords, self.keywords)
        if missing or len(operands) != len(self.operands):
            given = f"{len(operands)} operands" + (f" and {', '.join(map(repr, keywords))}" if keywords else "")
            raise UsageError(
                f"{self.__name__}() on a Tensor got {given}.",
                f"Call it as {self._signature()}.",
            )
        return operands, keywords

    def plan(self, needed: int, count: int) -> Plan:
        """Return what to do when, of `count` operands, those in the bit set `needed` need a gradient."""
        key = (needed, count) if self.variadic else needed
        found = self.plans.get(key)
        if found is None and self.variadic:
            found = self.plans[key] = self._variadic_plan([k for k in range(count) if needed >> k & 1], count)
        if found is None:
            positions = [k for k, rule in enumerate(self.rules.values()) if rule is not None and needed >> k & 1]
            found = self.plans[key] = self._plan(positions)
        return found

    def _plan(self, positions: list[int]) -> Plan:
        rules = [self.rules[self.operands[k]] for k in positions]
        if undeclared in rules:
            name = self.operands[positions[rules.index(undeclared)]]
            raise UnsupportedError(
                f"{self.__name__}() has no derivative in {name!r} here, and it requires a gradient.",
                f"Give {name}.detach(), or declare ag.primitive(...) with a rule for it.",
            )
        pool = [*self.operands, "y", *self.residual_names, *self.keywords]
        places = [_places(rule, pool) for rule in rules]
        last = len(self.operands)
        return Plan(
            self,
            tuple(positions),
            tuple(rule for rule in rules if rule is not None),
            _saver(places),
            tuple(tuple(None if like or k > last else k for k, like in each) for each in places),
        )

    def _variadic_plan(self, positions: list[int], count: int) -> Plan:
        """Return the plan of a primitive over any number of operands, all of which share one rule."""
        rule = self.rules["each"]
        assert rule is not None
        places = _places(rule, ["i", "likes", "y", *self.keywords])
        take = _taker(places)

        def save(pool: tuple[Any, ...]) -> tuple[tuple[Any, ...], ...]:
            likes = tuple(map(Like.of, pool[:count]))
            return tuple([take((i, likes, *pool[count:])) for i in positions])

        sources = tuple(count if k == 2 else None for k, _ in places)
        return Plan(self, tuple(positions), (rule,) * len(positions), save, (sources,) * len(positions))


def no_axis(name: str, problem: np.exceptions.AxisError) -> IndexingError:
    """Return the error of an axis that an operand does not have."""
    return IndexingError(f"{name}(): {problem}.", "Axes count from 0, or back from -1; t.ndim says how many there are.")


def parameters_of(function: Callable[..., Any]) -> list[str]:
    """Return the names of a function's parameters; of a plain one a hundred times as fast as inspect.signature."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__"):
        return list(inspect.signature(function).parameters)
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def _places(rule: Rule | None, pool: list[str]) -> tuple[tuple[int, bool], ...]:
    """Return where each argument of a rule after g stands in the pool, and whether only its like is wanted."""
    assert rule is not None
    names = parameters_of(rule)[1:]
    return tuple((pool.index(name.removeprefix("like_")), name.startswith("like_")) for name in names)


def _saver(places: list[tuple[tuple[int, bool], ...]]) -> Saver:
    """Return the function that draws the arguments of all rules from the pool.

    Compiled, ``lambda pool: ((pool[1],), (pool[0],), ())``: a loop over the places took as long as two matrix products.
    """
    drawn = "".join(f"{_drawn(each)}, " for each in places)
    return eval(f"lambda pool: ({drawn})", {"like": Like.of})  # type: ignore[no-any-return]


def _taker(places: tuple[tuple[int, bool], ...]) -> Taker:
    """Return the function that draws one rule's arguments from the pool: values, or only what they are like."""
    return eval(f"lambda pool: {_drawn(places)}", {"like": Like.of})  # type: ignore[no-any-return]


def _drawn(places: tuple[tuple[int, bool], ...]) -> str:
    """Return the expression that draws one rule's arguments from the pool."""
    return f"({''.join([f'like(pool[{k}]), ' if like else f'pool[{k}], ' for k, like in places])})"


def check_declaration(primitive: Primitive) -> None:
    """Raise UsageError when names clash, or a rule asks for one that the forward pass does not have."""
    names = [*primitive.operands, *primitive.residual_names, *primitive.keywords]
    reserved = [name for name in names if name in ("g", "y", "i", "likes") or name.startswith("like_")]
    if reserved or len(set(names)) < len(names):
        raise UsageError(
            f"{primitive.__name__} is declared with the names {names}.",
            "Use each name once; g, y, i, likes and like_... have a meaning of their own in rules.",
        )
    if primitive.residuals is not None and primitive.definition is None and not primitive.constant_residuals:
        raise UsageError(
            f"{primitive.__name__} has residuals= but no definition=: its second derivative would be wrong.",
            "Give definition=, the same in plain operations; or constant_residuals=True if they are indices.",
        )
    if isinstance(primitive.tex, tuple) and len(primitive.tex) != len(primitive.ruled):
        raise UsageError(
            f"{primitive.__name__} has {len(primitive.tex)} formulas in tex= for the operands {primitive.operands}.",
            "Give one for each operand that has a rule, or a single string for all of them.",
        )
    known = {"y", *primitive.keywords, *primitive.residual_names}
    if primitive.variadic:
        known |= {"i", "likes"}
    else:
        known |= {"like_y", *primitive.operands, *(f"like_{name}" for name in primitive.operands)}
    for operand, rule in primitive.rules.items():
        wanted = parameters_of(rule) if rule else ["g"]
        if wanted[:1] != ["g"] or not known.issuperset(wanted[1:]):
            strange = next((each for each in wanted[1:] if each not in known), "")
            likely = closest(strange, known) if wanted[:1] == ["g"] else None
            raise UsageError(
                f"The rule of {primitive.__name__} for {operand!r} has the parameters {wanted}.",
                f"{f'Did you mean {likely!r}? ' if likely else ''}Its first is g, the incoming gradient; the others are"
                f" among {sorted(known)}.",
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
    # Only of NumPy's own elementwise functions is it certain that they give new memory.
    declared = unregistered(fn, **{"views": not isinstance(fn, np.ufunc), **declaration})
    mend = "Wrap it under a name of your own: ag.primitive(lambda x: ..., name='mine', x=...)."
    enter(REGISTRY, (fn, *answers_to), declared, mend)
    return declared


def enter(table: dict[Any, Any], answered: Iterable[Callable[..., Any]], declared: Any, mend: str) -> None:
    """Put a declaration into a table under the functions that it answers to, or aside for later.

    Raises
    ------
    UsageError
        When one of them has a derivative already.
    """
    staged = STAGED.get()
    for each in answered:
        if each in REGISTRY or each in table or (staged is not None and each in staged):
            raise UsageError(f"{getattr(each, '__name__', each)} has its derivative already.", mend)
        if staged is None:
            table[each] = declared
        else:
            staged[each] = (table, declared)


def known_functions(table: dict[Any, Any]) -> list[Any]:
    """Return the functions of a table, those that were put aside among them."""
    staged = STAGED.get() or {}
    return [*table, *(each for each, (owner, _) in staged.items() if owner is table)]


def unregistered(fn: Callable[..., Any], **declaration: Any) -> Primitive:
    """Declare an operation that answers to no NumPy function and is no public name, as `primitive` does."""
    options = {key: declaration.pop(key) for key in list(declaration) if key in OPTIONS}
    declared = Primitive(fn, declaration, **options)
    check_declaration(declared)
    return declared


OPTIONS = frozenset(inspect.signature(Primitive.__init__).parameters) - {"self", "fn", "rules"}
