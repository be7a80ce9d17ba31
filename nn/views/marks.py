"""What a report of nn.verify marks in the δ view: the steps that are wrong, with what was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite import drawing
from autograd_lite.errors import ArgumentError, UsageError
from nn.messages import message
from nn.passes import Pass
from nn.views.delta import draw_delta
from nn.views.page import Page

if TYPE_CHECKING:  # which an undrawn report need not load
    from nn.grading.quantities import Quantity
    from nn.grading.report import Report

_FAULTS = {"wrong": "views.wrong", "misshapen": "views.misshapen", "failed": "views.failed"}


def check_report(report: Any, told: Pass) -> None:
    """Raise unless a report is of this pass.

    Raises
    ------
    UsageError
        When it is no report.
    ArgumentError
        When it is of another network, other data or another loss.
    """
    if not hasattr(report, "verdicts"):
        raise UsageError(f"report is what nn.verify returned, got {type(report).__name__}.", "Leave it out otherwise.")
    if not _is_of(report.point.told, told):
        raise ArgumentError(
            "The report is of another network, other data or another loss.",
            "Draw the network, the data and the loss that nn.verify was given, or report.draw().",
        )


def draw_report(
    report: Report, *, decimals: int, width: str | None, theme: str, notation: str, lang: str
) -> drawing.Drawing:
    """Draw the pass that was judged, with the steps that are wrong marked."""
    return draw_delta(
        report.point.told,
        drawing.theme_named(theme),
        decimals=decimals,
        notation=notation,
        lang=lang,
        page=Page(width),
        marks=marks_of(report, lang, decimals),
    )


def marks_of(report: Report, lang: str, decimals: int) -> Mapping[Quantity, str]:
    """Return what is wrong with each step that is: what was given at the worst element."""
    marks = {}
    for verdict in report.verdicts:
        if verdict.status not in _FAULTS:
            continue
        said = message(_FAULTS[verdict.status], lang)
        if verdict.worst is not None and verdict.given is not None:
            given = drawing.number(verdict.given[verdict.worst], decimals=decimals)
            said += f": {report.place(verdict.quantity, verdict.worst)} {given}"
        marks[verdict.quantity] = said
    return marks


def _is_of(judged: Pass, told: Pass) -> bool:
    """Tell whether two passes are the same, up to the rounding of float32."""

    def parts(each: Pass) -> list[Any]:
        return [each.x, each.y, each.loss, *(part for layer in each.layers for part in (layer.W, layer.z))]

    return [np.shape(part) for part in parts(judged)] == [np.shape(part) for part in parts(told)] and all(
        np.allclose(one, other, rtol=1e-4, atol=1e-6) for one, other in zip(parts(judged), parts(told), strict=True)
    )
