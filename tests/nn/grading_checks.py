"""What is expected of a report on a student's work: the mistake that was planted is named, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np

from nn.grading.report import Report
from tests.nn.grading_students import MISTAKES, Altered, Array, Formula, Net, rule_of, worked


def kind_and_layer(name: str) -> tuple[str, int]:
    return name.rstrip("0123456789"), int(name[len(name.rstrip("0123456789")) :])


def same(one: Array, other: Array, unit: float = 0.0) -> bool:
    """Tell whether numbers are the same but for rounding: of floating point, or half a unit of printed ones."""
    if one.shape != other.shape:
        return False
    tolerance = 0.5001 * unit if unit else 1e-5 * np.abs(other).max() + 1e-8
    return bool(np.abs(one - other).max() <= tolerance)


def differs(one: Mapping[str, Array], other: Mapping[str, Array], names: Iterable[str], unit: float = 0.0) -> bool:
    return not all(same(one[name], other[name], unit) for name in names)


def ids_of(report: Report) -> list[frozenset[tuple[str, str]]]:
    """Return each explanation as the places and ids of its mistakes, a synonym as an explanation of its own."""
    return [
        frozenset(pairs)
        for causes in report.explanations
        for pairs in product(
            *([(c.quantity.key, i) for i in (c.mistake.id, *(s.id for s in c.synonyms))] for c in causes)
        )
    ]


def formulas(explanation: Iterable[Any], net: Net) -> Iterable[Altered]:
    """Yield the programs that an explanation may mean, by the table of the students."""
    choices: dict[tuple[str, int], list[list[Formula]]] = {}
    for cause in explanation:
        rule = rule_of(cause.quantity.kind, cause.quantity.layer, net.depth)
        known = [
            each.formula
            for each in MISTAKES
            if each.id == cause.mistake.id and each.detail == cause.mistake.detail and rule in each.rules
        ]
        choices.setdefault((rule, cause.quantity.layer), []).append(known)
    for chosen in product(*(product(*choice) for choice in choices.values())):
        yield {place: after_one_another(parts) for place, parts in zip(choices, chosen, strict=True)}


def after_one_another(parts: tuple[Formula, ...]) -> Formula:
    """Return a mistake, and a factor on top of it."""
    if len(parts) == 1:
        return parts[0]

    def both(step: Any) -> Array:
        step.right = parts[0](step)
        return parts[1](step)

    return both


def reproduces(explanation: Iterable[Any], net: Net, given: Mapping[str, Array], unit: float = 0.0) -> bool:
    """Tell whether an explanation gives every number that was given."""
    right = worked(net).values
    by_right = {name: values for name, values in given.items() if same(values, right[name], unit)}
    for altered in formulas(explanation, net):
        try:
            values = worked(net, altered, by_right).values
        except (AttributeError, ValueError):
            continue
        if not differs(values, given, given, unit):
            return True
    return False
