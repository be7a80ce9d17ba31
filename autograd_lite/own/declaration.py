"""ag.primitive: declare a differentiable operation by a function on arrays and one backward rule an operand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

import numpy as np

from autograd_lite.conversion import tensors_in
from autograd_lite.derivatives.further import whole_table
from autograd_lite.errors import ArgumentError, UsageError, closest, suggestion
from autograd_lite.own.calls import Call, checked_result, signature_of
from autograd_lite.own.guards import guarded
from autograd_lite.own.outputs import Results, on_row
from autograd_lite.primitives import OPTIONS, REGISTRY, Primitive, Rule, check_declaration
from autograd_lite.recording import record
from autograd_lite.spelling import spelled

# Options of the table, which nobody means by another word.
INTERNAL = frozenset({"canonical", "constant_residuals", "ready", "signature", "unfold"})


class OwnOperation(Primitive):
    """A user's operation: called on arrays it is the user's function, called on a Tensor it is recorded."""

    results: Results | None = None
    raw: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the operation; a Tensor among the arguments is recorded."""
        operands, settings = self.call_form(args, kwargs)
        if next(tensors_in((operands, list(settings.values()))), None) is None:
            return self.raw(*[np.asarray(each) if isinstance(each, list) else each for each in operands], **settings)
        if self.results is not None:
            return self.results(self, operands, settings)
        return record(self, operands, settings)


@overload
def primitive(fn: Callable[..., Any], **declaration: Any) -> OwnOperation: ...
@overload
def primitive(fn: None = None, **declaration: Any) -> Callable[[Callable[..., Any]], OwnOperation]: ...
@spelled
def primitive(
    fn: Callable[..., Any] | None = None,
    *,
    answers_to: Sequence[Callable[..., Any]] = (),
    outputs: int | None = None,
    **declaration: Any,
) -> Any:
    """Declare a differentiable operation: a function on arrays and one rule an operand.

    The operation is then like those of NumPy: recorded on Tensors, differentiable to every order through the same
    rules, drawn and explained. `ag.check_primitive` tests it.

    Parameters
    ----------
    fn : callable
        The function on arrays; it may call SciPy, Numba or the module math. Left out, this is a decorator.
    answers_to : sequence of callable
        Further functions that mean the same: as NumPy's and SciPy's ufuncs do, they find the operation on Tensors.
    outputs : int, optional
        How many results the function returns, as a tuple. Its rules take g, and y if they ask for it, as tuples;
        results that are not floating have no gradient.
    **declaration
        The rules by the names of the operands, and options. A rule is a formula in NumPy functions whose parameters
        say what it needs: g, the incoming gradient; y, the result; an operand by its name; ``like_x`` only its shape
        and dtype; a setting by its name. None in place of a rule says that an operand has no derivative; `each` is the
        rule of all operands of a function of ``*arrays``. Broadcasting is undone by the engine. A parameter without a
        rule is a setting, such as ``slope=0.1``: a Tensor that requires a gradient is refused there.

        Options: name; tex, the rule for people; domain, an interval that `check_primitive` draws from, or samples,
        the calls that it makes, ``lambda draw: [((draw(2, 3), draw(3)), {"axis": 0})]``; label, what pictures write;
        doc. And, as operations of the table have them, canonical, keywords, residuals, residual_names, definition,
        views, infix.

    Returns
    -------
    Primitive
        Callable on arrays and Tensors alike; without `fn` the decorator that makes it.

    Raises
    ------
    UsageError
        When a rule is for an operand that the function does not have, or asks for something that the forward pass does
        not have.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> cube = ag.primitive(lambda x: x**3, x=lambda g, x: g * 3 * x**2, name="cube", tex="3x^2")
    >>> float(cube(np.float64(2.0)))
    8.0

    As a decorator, with a setting:

    >>> @ag.primitive(x=lambda g, x, slope: g * np.where(x > 0, 1, slope), domain=(-3, 3))
    ... def leaky(x, slope=0.1):
    ...     return np.where(x > 0, x, slope * x)
    >>> x = ag.tensor([-1.0, 2.0], requires_grad=True)
    >>> leaky(x, slope=0.5).sum().backward()
    >>> x.grad.tolist()
    [0.5, 1.0]
    """
    if fn is None:
        return lambda function: primitive(function, answers_to=answers_to, outputs=outputs, **declaration)
    name = str(declaration.get("name") or getattr(fn, "__name__", type(fn).__name__))
    if not callable(fn):
        raise UsageError(
            f"primitive(): the function comes first, got {type(fn).__name__}.",
            "Write ag.primitive(fn, x=lambda g, x: ...).",
        )
    if isinstance(fn, Primitive):
        raise UsageError(f"{name} is an operation already.", "Declare it once, from the function on arrays.")
    if outputs is not None and (isinstance(outputs, bool) or not isinstance(outputs, int) or outputs < 1):
        raise ArgumentError(f"primitive(): outputs={outputs!r}.", "Give the number of results, 2 for example.")
    whole_table()
    for answered in (fn, *answers_to):
        if not isinstance(REGISTRY.get(answered), (OwnOperation, type(None))):
            raise UsageError(
                f"{getattr(answered, '__name__', answered)} has its derivative already.",
                "Wrap it under a name of your own: ag.primitive(lambda x: ..., name='mine', x=...).",
            )
    declared = _declared(fn, name, outputs, declaration)
    for answered in (fn, *answers_to):
        REGISTRY[answered] = declared
    return declared


def _refuse_domain(name: str, domain: Any) -> None:
    pair = isinstance(domain, (tuple, list)) and len(domain) == 2 and all(isinstance(x, (int, float)) for x in domain)
    if domain is not None and not (pair and domain[0] < domain[1]):
        raise ArgumentError(
            f"primitive(): the domain of {name} is {domain!r}.", "Give an interval, domain=(-3, 3) for example."
        )


def _declared(fn: Callable[..., Any], name: str, outputs: int | None, declaration: dict[str, Any]) -> OwnOperation:
    _refuse_domain(name, declaration.get("domain"))
    options = {key: value for key, value in declaration.items() if key in OPTIONS}
    rules = {key: value for key, value in declaration.items() if key not in OPTIONS}
    call = _call(fn, name, rules, options)
    if call is not None:
        rules = {each: rules[each] for each in call.operands}
        options |= {"canonical": call.canonical, "keywords": call.settings, "signature": call.signed}
    compute = fn if call is None else call.compute
    check_declaration(Primitive(fn, dict(rules), **{**options, "name": name}))
    watched = {each: rule and guarded(rule, name, each) for each, rule in rules.items()}
    options = {"views": not isinstance(fn, np.ufunc), **options, "name": name}
    if outputs is None:
        made = OwnOperation(_checked(compute, name), watched, **options)
    else:
        made = _of_several(compute, watched, outputs, options)
    made.raw = compute
    made.__wrapped__ = fn  # type: ignore[attr-defined]
    made.__doc__ = declaration.get("doc") or fn.__doc__
    return made


def _checked(compute: Callable[..., Any], name: str) -> Callable[..., Any]:
    def checked(*operands: Any, **settings: Any) -> Any:
        return checked_result(name, compute(*operands, **settings), operands)

    return checked


def _of_several(
    compute: Callable[..., Any], rules: dict[str, Rule | None], outputs: int, options: dict[str, Any]
) -> OwnOperation:
    results = Results(options["name"], compute, outputs)
    keywords = (*options.get("keywords", ()), "layout")
    canonical = options.pop("canonical", None)
    packing = {each: rule and on_row(rule) for each, rule in rules.items()}
    made = OwnOperation(results.row, packing, **{**options, "keywords": keywords, "views": False})
    if canonical is None:  # a function that does not tell its parameters: all arguments are operands
        canonical = Primitive(results.row, packing, name=options["name"], keywords=keywords[:-1]).canonical
    made.canonical = canonical
    made.plain = False
    made.results = results
    return made


def _call(fn: Callable[..., Any], name: str, rules: dict[str, Rule | None], options: dict[str, Any]) -> Call | None:
    """Return how the function is called by its own parameters; None where the declaration says it, or nobody does."""
    _refuse_no_rules(name, rules)
    signature = signature_of(fn)
    if signature is None and isinstance(fn, np.ufunc) and fn.nin != len(rules):
        raise UsageError(
            f"{name} takes {fn.nin} operands, and there are rules for {', '.join(map(repr, rules))}.",
            "Give one for each operand, in their order; None for one without a derivative.",
        )
    if signature is None or "canonical" in options or "keywords" in options:
        return None
    parameters = signature.parameters
    operands = [each for each in parameters if each in rules]
    variadic = next((each.name for each in parameters.values() if each.kind is each.VAR_POSITIONAL), None)
    if variadic is not None and set(rules) <= {variadic, "each"}:
        (rules["each"],) = [rules.pop(each) for each in list(rules)]
        return Call(name, fn, signature, ["each"])
    if variadic is not None:
        return None
    strange = next((each for each in rules if each not in parameters), None)
    if strange is not None:
        known = [*parameters, *(OPTIONS - INTERNAL)]
        likely = closest(strange, known)
        what = "an option" if likely in OPTIONS and likely not in parameters else "a parameter"
        raise UsageError(
            f"There is a rule for {strange!r}, which is no parameter of {name}({', '.join(parameters)}).",
            suggestion(strange, list(parameters))
            if likely is None or what == "a parameter"
            else f"Did you mean the option {likely!r}?",
        )
    return Call(name, fn, signature, operands)


def _refuse_no_rules(name: str, rules: dict[str, Any]) -> None:
    if not any(callable(each) for each in rules.values()):
        wrong = next((each for each, rule in rules.items() if rule is not None), None)
        if wrong is None:
            raise UsageError(
                f"primitive(): {name} has no rule.",
                "Give one an operand, x=lambda g, x: g * 2 * x; None for an operand without a derivative.",
            )
    for operand, rule in rules.items():
        if rule is not None and not callable(rule):
            likely = closest(operand, OPTIONS)
            raise UsageError(
                f"The rule of {name} for {operand!r} is no function, but {type(rule).__name__}.",
                f"Did you mean the option {likely!r}?"
                if likely
                else f"Write {operand}=lambda g: ..., or {operand}=None.",
            )
