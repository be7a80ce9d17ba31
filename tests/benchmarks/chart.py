"""The run as a picture: for each work a row of marks on a logarithmic scale, the limit at 1."""

import math
from html import escape

from tests.benchmarks.report import LIMIT, OURS, Results, amount
from tests.benchmarks.runner import SYSTEMS

COLOURS = {
    "numpy_limit": "#0F172A",
    "autograd_lite": "#1D4ED8",
    "tape": "#60A5FA",
    "torch_eager": "#B45309",
    "torch_compile": "#D97706",
    "jax_jit": "#0F766E",
    "mygrad": "#9D174D",
    "hips": "#64748B",
    "micrograd": "#7C3AED",
}
ROW, LEFT, RIGHT, TOP, WIDTH = 30, 90, 32, 64, 860


def text(x: float, y: float, content: str, **attributes: object) -> str:
    """A run of text; underscores in attribute names stand for hyphens."""
    named = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{named}>{escape(content)}</text>'


def against_the_limit(results: Results) -> list[tuple[str, dict[str, float]]]:
    """For each work that the limit did, every system's time in parts of the limit's."""
    return [
        (work.name, {system: m.ratio(found[LIMIT]) for system, m in found.items() if m.times})
        for work, found in results
        if LIMIT in found and found[LIMIT].times
    ]


def draw(results: Results, title: str) -> str:
    """An SVG of every system's time in parts of the limit's.

    Parameters
    ----------
    results : list of (Work, dict of Measurement)
        The limit did at least one of the works; the others are left out.
    title : str
        What stands above.
    """
    ratios = against_the_limit(results)
    largest = max(ratio for _, row in ratios for ratio in row.values())
    smallest = min(ratio for _, row in ratios for ratio in row.values())
    low = math.floor(math.log10(smallest))
    high = max(math.ceil(math.log10(largest)), low + 1)
    span = WIDTH - LEFT - RIGHT

    def across(ratio: float) -> float:
        return LEFT + span * (math.log10(ratio) - low) / (high - low)

    height = TOP + ROW * len(ratios) + 40
    bottom = TOP + ROW * len(ratios)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#0F172A">',
        f"<title>{escape(title)}</title>",
        "<desc>Each row is a work, each mark a system; further right is slower, on a logarithmic scale.</desc>",
        f'<rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>',
        text(16, 22, title, font_size=14, font_weight="bold"),
    ]
    present = [system for system in SYSTEMS if any(system in row for _, row in ratios)]
    for k, system in enumerate(present):
        x = 20 + k * (WIDTH - 40) / len(present)
        parts += [mark(system, x, 42), text(x + 9, 46, SYSTEMS[system], font_size=11)]
    for power in range(low, high + 1):
        x = across(10.0**power)
        stroke = "#64748B" if power == 0 else "#E2E8F0"
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="{stroke}"/>')
        parts.append(text(x, bottom + 16, f"{10.0**power:g}×", text_anchor="middle", fill="#64748B"))
    for k, (name, row) in enumerate(ratios):
        y = TOP + ROW * (k + 0.5)
        ends = sorted(across(ratio) for ratio in row.values())
        parts.append(text(16, y + 4, name))
        parts.append(f'<line x1="{ends[0]:.1f}" x2="{ends[-1]:.1f}" y1="{y}" y2="{y}" stroke="#CBD5E1"/>')
        # Ours last, so that no other mark hides it.
        for system in sorted(row, key=lambda system: system == OURS):
            parts.append(mark(system, across(row[system]), y, f"{SYSTEMS[system]}: {amount(row[system])} × the limit"))
    parts.append(text(LEFT + span / 2, bottom + 34, "time in parts of hand-written NumPy's", text_anchor="middle"))
    return "\n".join([*parts, "</svg>", ""])


def mark(system: str, x: float, y: float, says: str = "") -> str:
    """A dot; a square for the limit and a larger diamond for this engine, so that colour is not all that tells."""
    says = f"<title>{escape(says)}</title>" if says else ""
    fill = f'fill="{COLOURS[system]}"'
    if system == OURS:
        return f'<path d="M{x:.1f} {y - 7:.1f} l7 7 l-7 7 l-7 -7 z" {fill}>{says}</path>'
    if system == LIMIT:
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" {fill}>{says}</rect>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {fill}>{says}</circle>'
