"""Contractions: tensordot and einsum, sums of products over shared axes; a rule is another contraction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.vocabulary import as_array, canonical_axes
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, Like, Primitive, primitive, unregistered

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _tensordot_call(a: Any, b: Any, axes: Any = 2) -> Any:
    """Bring the arguments of tensordot into canonical form: the summed axes of both, by name."""
    a, b = as_array(a), as_array(b)
    if isinstance(axes, (int, np.integer)):
        axes = (tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes)))
    ours, theirs = (
        canonical_axes(tuple(each) if np.ndim(each) else int(each), x.ndim)
        for each, x in zip(axes, (a, b), strict=True)
    )
    if [a.shape[k] for k in ours] != [b.shape[k] for k in theirs]:
        raise ShapeError(
            f"tensordot: the axes {ours} of shape {a.shape} and {theirs} of shape {b.shape} do not fit.",
            "Axes that are summed together must be equally long.",
        )
    return (a, b), {"axes": (ours, theirs)}


Axes = tuple[tuple[int, ...], tuple[int, ...]]


def _others(ndim: int, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(k for k in range(ndim) if k not in axes)


def _tensordot(a: Array, b: Array, axes: Axes) -> Array:
    return np.tensordot(a, b, axes)


def _tensordot_left(g: Array, like_a: Like, b: Array, axes: Axes) -> Array:
    """Contract g with what of b was not summed; the axes come back in the order in which b has them."""
    ours, theirs = axes
    kept = _others(like_a.ndim, ours)
    last = _others(b.ndim, theirs)
    found = np.tensordot(g, b, (tuple(range(len(kept), len(kept) + len(last))), last))
    places = (*kept, *(ours[theirs.index(k)] for k in sorted(theirs)))
    return np.transpose(found, tuple(int(k) for k in np.argsort(places)))


def _tensordot_right(g: Array, a: Array, like_b: Like, axes: Axes) -> Array:
    ours, theirs = axes
    kept = _others(like_b.ndim, theirs)
    first = _others(a.ndim, ours)
    found = np.tensordot(a, g, (first, tuple(range(len(first)))))
    places = (*(theirs[ours.index(k)] for k in sorted(ours)), *kept)
    return np.transpose(found, tuple(int(k) for k in np.argsort(places)))


primitive(
    _tensordot,
    name="tensordot",
    answers_to=(np.tensordot, np.linalg.tensordot),
    a=lambda g, like_a, b, axes: _tensordot_left(g, like_a, b, axes),
    b=lambda g, a, like_b, axes: _tensordot_right(g, a, like_b, axes),
    canonical=_tensordot_call,
    keywords=("axes",),
    samples=lambda x: [
        ((x(2, 3), x(2, 3)), {}),
        ((x(2, 3), x(3, 2)), {"axes": 1}),
        ((x(2, 3, 1), x(3, 2, 2)), {"axes": ((1, 0), (0, 1))}),
        ((x(2), x(3)), {"axes": 0}),
        ((x(2, 0), x(0, 3)), {"axes": 1}),
    ],
    views=False,
    tex=(r"\operatorname{tensordot}(g, b)", r"\operatorname{tensordot}(a, g)"),
    doc=np.tensordot.__doc__,
)


def _contract(a: Array, b: Array, subscripts: str) -> Array:
    """Multiply two arrays and sum over their shared letters, as one product of matrices.

    No letter is repeated in an operand, and none is only in one operand and not in the result.
    """
    left, right, result = parts(subscripts)
    both = [c for c in left if c in right]
    stack, summed = [c for c in both if c in result], [c for c in both if c not in result]
    rows, columns = [c for c in left if c not in right], [c for c in right if c not in left]
    length = dict(zip((*left, *right), (*a.shape, *b.shape), strict=True))

    def arranged(x: Array, have: str, *groups: list[str]) -> Array:
        order = [have.index(c) for c in (*stack, *groups[0], *groups[1])]
        joined = [math.prod([length[c] for c in group]) for group in groups]
        return x.transpose(order).reshape([length[c] for c in stack] + joined)

    y = arranged(a, left, rows, summed) @ arranged(b, right, summed, columns)
    order = [*stack, *rows, *columns]
    return y.reshape([length[c] for c in order]).transpose([order.index(c) for c in result])


def parts(subscripts: str) -> tuple[str, str, str]:
    """Return the letters of the operands and of the result of "ab,bc->ac"."""
    operands, result = subscripts.split("->")
    left, right = operands.split(",")
    return left, right, result


def _swapped(subscripts: str, position: int) -> str:
    """Return the subscripts of the contraction of g with the other operand that gives back this one."""
    left, right, result = parts(subscripts)
    return f"{result},{right}->{left}" if position == 0 else f"{result},{left}->{right}"


contract: Primitive = unregistered(
    _contract,
    a=lambda g, b, subscripts: contract(g, b, subscripts=_swapped(subscripts, 0)),
    b=lambda g, a, subscripts: contract(g, a, subscripts=_swapped(subscripts, 1)),
    name="contract",
    canonical=lambda a, b, subscripts: ((a, b), {"subscripts": subscripts}),
    keywords=("subscripts",),
    label=lambda *names, subscripts, **options: subscripts.replace("->", "→"),
    samples=lambda x: [((x(2, 3), x(3, 2), "ab,bc->ca"), {}), ((x(2, 3), x(3, 2), "ab,ba->ba"), {})],
    tex=(r"\operatorname{einsum}(g, b)", r"\operatorname{einsum}(g, a)"),
    doc="The sum of products over the letters of both operands that the result has not.",
)


def _gather(x: Array, subscripts: str) -> Array:
    return np.array(np.einsum(subscripts, x)) if x.ndim else x + 0


def _spread(g: Array, like: Like, subscripts: str) -> Array:
    """Return zeros with `g` along the diagonals of repeated letters, and along every letter that was summed out."""
    out = np.zeros(like.shape, g.dtype)
    if not like.shape:
        return out + g
    have, result = subscripts.split("->")
    letters = "".join(dict.fromkeys(have))
    view = np.einsum(f"{have}->{letters}", out)
    order = [c for c in letters if c in result]
    arranged = g.transpose([result.index(c) for c in order])
    view[...] = arranged.reshape([n if c in result else 1 for c, n in zip(letters, view.shape, strict=True)])
    return out


gather: Primitive = unregistered(
    _gather,
    x=lambda g, like_x, subscripts: spread_out(g, like_x, subscripts),
    name="gather",
    canonical=lambda x, subscripts: ((x,), {"subscripts": subscripts}),
    keywords=("subscripts",),
    label=lambda *names, subscripts, **options: subscripts.replace("->", "→"),
    samples=lambda x: [((x(2, 3, 2), "aba->b"), {}), ((x(2, 3), "ab->ba"), {}), ((x(2, 3), "ab->a"), {})],
    tex=r"\operatorname{spread}(g)",
    doc="Diagonals of repeated letters, and sums over those that the result has not.",
)
spread_out: Primitive = unregistered(
    _spread,
    x=lambda g, subscripts: gather(g, subscripts),
    name="spread_out",
    canonical=lambda g, like, subscripts: ((g,), {"like": like, "subscripts": subscripts}),
    keywords=("like", "subscripts"),
    samples=lambda x: [((x(3), Like((2, 3, 2), np.dtype(float)), "aba->b"), {})],
    tex=r"\operatorname{einsum}(g)",
    doc="The transpose of `gather`.",
)


def _as_text(args: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the subscripts as text and the operands, of either form in which einsum is called."""
    if isinstance(args[0], str):
        return args[0].replace(" ", ""), list(args[1:])
    operands = list(args[0 : len(args) - len(args) % 2 : 2])
    lists = list(args[1 : len(args) : 2])
    text = ",".join(map(_letters, lists))
    return (f"{text}->{_letters(args[-1])}" if len(args) % 2 else text), operands


def _letters(entries: Any) -> str:
    return "".join("..." if each is Ellipsis else LETTERS[each] for each in entries)


@cache
def _resolved(text: str, ndims: tuple[int, ...]) -> tuple[list[str], str]:
    """Return the letters of each operand and of the result, with letters of their own for ellipses."""
    given, arrow, result = text.partition("->")
    terms = given.split(",")
    if len(terms) != len(ndims):
        raise ArgumentError(
            f"einsum: {text!r} is for {len(terms)} operands, got {len(ndims)}.", "Give one term for each, with commas."
        )
    hidden = [ndim - len(term.replace("...", "")) for term, ndim in zip(terms, ndims, strict=True)]
    free = [c for c in LETTERS if c not in text]
    most = max([n for n, term in zip(hidden, terms, strict=True) if "..." in term], default=0)
    for term, n, ndim in zip(terms, hidden, ndims, strict=True):
        if n < 0 or (n and "..." not in term):
            raise ShapeError(
                f"einsum: the term {term!r} names {len(term.replace('...', ''))} axes of an operand that has {ndim}.",
                "Write one letter for each axis; '...' stands for those in between.",
            )
    shared = "".join(free[:most])
    found = [
        term.replace("...", shared[most - n :] if "..." in term else "") for term, n in zip(terms, hidden, strict=True)
    ]
    if arrow:
        if shared and "..." not in result:
            raise ArgumentError(
                f"einsum: the result of {text!r} has no '...' for the {most} axes that it stands for.",
                "Write '...' into the result, or sum over named letters.",
            )
        result = result.replace("...", shared)
    else:
        named = "".join(found)
        result = shared + "".join(sorted(c for c in set(named) - set(shared) if named.count(c) == 1))
    if len(set(result)) < len(result) or not set(result) <= set("".join(found)):
        raise ArgumentError(
            f"einsum: the result {result!r} of {text!r} repeats a letter, or has one that no operand has.",
            "Name each axis of the result once, by a letter of the operands.",
        )
    return found, result


def _lengths(terms: Sequence[str], operands: Sequence[Any], text: str) -> dict[str, int]:
    """Return how long each letter's axis is; an axis of length 1 is broadcast."""
    length: dict[str, int] = {}
    for term, operand in zip(terms, operands, strict=True):
        own: dict[str, int] = {}
        for c, n in zip(term, operand.shape, strict=True):
            if own.setdefault(c, n) != n:
                raise _unequal(text, c, (own[c], n), operands)
            if length.setdefault(c, n) == 1:
                length[c] = n
            if n not in (1, length[c]):
                raise _unequal(text, c, (length[c], n), operands)
    return length


def _unequal(text: str, letter: str, lengths: tuple[int, int], operands: Sequence[Any]) -> ShapeError:
    """Return the error of axes that have one letter and two lengths."""
    return ShapeError(
        f"einsum: in {text!r} the letter {letter!r} is {lengths[0]} and {lengths[1]} long, by the shapes "
        f"{' and '.join(str(each.shape) for each in operands)}.",
        "Axes of one letter must be equally long.",
    )


Term = tuple[Any, str]


def _reduced(operand: Term, keep: set[str], length: dict[str, int]) -> Term:
    """Return an operand with only letters that are kept, each once; what is broadcast has lost its axis."""
    x, term = operand
    stretched = tuple(k for k, c in enumerate(term) if x.shape[k] == 1 != length[c])
    if stretched:
        x = np.squeeze(x, stretched)
        term = "".join(c for k, c in enumerate(term) if k not in stretched)
    target = "".join(c for c in dict.fromkeys(term) if c in keep)
    return (x, term) if target == term else (gather(x, f"{term}->{target}"), target)


def _multiplied(a: Term, b: Term, keep: set[str], length: dict[str, int]) -> Term:
    """Return the contraction of two operands to the letters that are kept."""
    a = _reduced(a, keep | set(b[1]), length)
    b = _reduced(b, keep | set(a[1]), length)
    a = _reduced(a, keep | set(b[1]), length)
    result = "".join(c for c in dict.fromkeys(a[1] + b[1]) if c in keep)
    return contract(a[0], b[0], subscripts=f"{a[1]},{b[1]}->{result}"), result


def _path(operands: list[Term], result: str, optimize: Any) -> list[tuple[int, ...]]:
    """Return which operands are multiplied in which order: as given, the first two again and again, or the cheapest."""
    if not isinstance(optimize, (bool, str)):
        return [tuple(each) for each in optimize if not isinstance(each, str)]
    if not optimize or len(operands) < 3:
        return [(0, 1)] * (len(operands) - 1)
    stand_ins = [np.broadcast_to(np.float32(0), each.shape) for each, _ in operands]
    text = f"{','.join(term for _, term in operands)}->{result}"
    return list(np.einsum_path(text, *stand_ins, optimize=optimize)[0][1:])


def _einsum_samples(x: Any) -> Any:
    return [
        (("ij,jk->ik", x(2, 3), x(3, 2)), {}),
        (("ij,kj", x(2, 3), x(2, 3)), {}),
        (("ii", x(3, 3)), {}),
        (("iji->j", x(2, 3, 2)), {}),
        (("ij,jk,kl,l->i", x(2, 3), x(3, 2), x(2, 2), x(2)), {"optimize": True}),
        (("ij,ik->k", x(2, 3), x(2, 2)), {}),
        (("...ij,...j->...i", x(2, 3, 2), x(1, 2)), {}),
        (("i,i,i->i", x(3), x(3), x(3)), {}),
        ((x(2, 3), [0, 1], x(3), [1], [0]), {}),
        (("ij,ij->j", x(1, 3), x(2, 3)), {}),
        (("ij->", x(2, 3)), {}),
        (("i,->i", x(2), x()), {}),
    ]


def _of_arrays(*operands: Any, optimize: Any = False) -> Any:
    return np.einsum(*operands, optimize=optimize)


@composite(_of_arrays, answers_to=(np.einsum,), samples=_einsum_samples)
def einsum(*operands: Any, optimize: Any = False) -> Any:
    """Sums of products by Einstein's convention, ``einsum("ij,jk->ik", a, b)``: repeated letters are summed.

    Every two operands are one contraction, in the order that `optimize` chooses; np.einsum.

    Examples
    --------
    >>> x = ag.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    >>> np.einsum("ii->", x).backward()
    >>> x.grad.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    if len(operands) < 2:
        raise ArgumentError(
            f"einsum() takes subscripts and operands, got {len(operands)} argument.", 'Write einsum("ij,jk->ik", a, b).'
        )
    text, given = _as_text(operands)
    arrays = [as_array(each) for each in given]
    terms, result = _resolved(text, tuple(each.ndim for each in arrays))
    length = _lengths(terms, arrays, text)
    left = list(zip(arrays, terms, strict=True))
    for step in _path(left, result, optimize):
        chosen = [left.pop(k) for k in sorted(step, reverse=True)]
        while len(chosen) > 1:
            b, a = chosen.pop(0), chosen.pop(0)
            keep = set(result).union(*(term for _, term in (*left, *chosen)))
            chosen.insert(0, _multiplied(a, b, keep, length))
        left.append(chosen[0])
    last, term = _reduced(left[0], set(result), length)
    return gather(last, f"{term}->{result}") if term != result or last is arrays[0] else last
