"""The colours of the pictures: for light pages, for dark ones, for black ink on paper, and for the reader's choice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograd_lite.errors import ArgumentError, nearest, quoted


@dataclass(frozen=True)
class Paint:
    """The colours and the frame of one kind of card: its header, its border, and how thick that is in points."""

    header: str
    border: str
    frame: int = 1


@dataclass(frozen=True)
class Theme:
    """Every colour that a picture uses; orange is always a gradient, a thick frame always a parameter."""

    name: str
    page: str
    ink: str
    muted: str
    edge: str
    gradient: str
    gradient_fill: str
    negative: str
    fault: str
    operation_fill: str
    operation_border: str
    operation_ink: str
    panel_fill: str
    panel_border: str
    grid: str
    series: tuple[str, str]
    kinds: Mapping[str, Paint]


LIGHT = Theme(
    name="light",
    page="#FFFFFF",
    ink="#0F172A",
    muted="#475569",
    edge="#475569",
    gradient="#C2410C",
    gradient_fill="#FFF7ED",
    negative="#9D174D",
    fault="#BE123C",
    operation_fill="#334155",
    operation_border="#334155",
    operation_ink="#FFFFFF",
    panel_fill="#F8FAFC",
    panel_border="#CBD5E1",
    grid="#E2E8F0",
    series=("#1D4ED8", "#0F766E"),
    kinds={
        "input": Paint("#F1F5F9", "#64748B"),
        "parameter": Paint("#DBEAFE", "#1D4ED8", frame=2),
        "intermediate": Paint("#F8FAFC", "#94A3B8"),
        "root": Paint("#FEF3C7", "#B45309"),
    },
)

DARK = Theme(
    name="dark",
    page="#0F172A",
    ink="#E2E8F0",
    muted="#A8B5C7",
    edge="#94A3B8",
    gradient="#FDBA74",
    gradient_fill="#431407",
    negative="#F9A8D4",
    fault="#FDA4AF",
    operation_fill="#CBD5E1",
    operation_border="#CBD5E1",
    operation_ink="#0F172A",
    panel_fill="#1E293B",
    panel_border="#334155",
    grid="#334155",
    series=("#93C5FD", "#5EEAD4"),
    kinds={
        "input": Paint("#334155", "#94A3B8"),
        "parameter": Paint("#1E3A8A", "#93C5FD", frame=2),
        "intermediate": Paint("#1E293B", "#64748B"),
        "root": Paint("#78350F", "#FCD34D"),
    },
)

PRINT = Theme(
    name="print",
    page="#FFFFFF",
    ink="#000000",
    muted="#000000",
    edge="#000000",
    gradient="#000000",
    gradient_fill="#FFFFFF",
    negative="#000000",
    fault="#000000",
    operation_fill="#FFFFFF",
    operation_border="#000000",
    operation_ink="#000000",
    panel_fill="#FFFFFF",
    panel_border="#000000",
    grid="#BBBBBB",
    series=("#000000", "#000000"),
    kinds={
        "input": Paint("#FFFFFF", "#000000"),
        "parameter": Paint("#FFFFFF", "#000000", frame=2),
        "intermediate": Paint("#FFFFFF", "#000000"),
        "root": Paint("#FFFFFF", "#000000"),
    },
)

# Light, and in an SVG dark for readers whose system is.
AUTO = replace(LIGHT, name="auto")

THEMES = {theme.name: theme for theme in (LIGHT, DARK, PRINT, AUTO)}


def theme_named(name: str) -> Theme:
    """Return the theme of that name.

    Raises
    ------
    ArgumentError
        When there is none.

    Examples
    --------
    >>> theme_named("dark").page
    '#0F172A'
    """
    if not isinstance(name, str) or name not in THEMES:
        raise ArgumentError(
            f"unknown theme {name!r}.", f"Write theme={nearest(str(name), THEMES)}; there are {quoted(THEMES)}."
        )
    return THEMES[name]
