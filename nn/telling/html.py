"""A telling in HTML for notebooks: no script, no style sheet and no background, so that it suits light and dark.

Lines and brackets take the colour of the text around them. Derivatives of the loss are orange, and lighter where that
text is light; browsers that cannot tell mix the two colours, and older ones keep to the one orange.
"""

from __future__ import annotations

from html import escape

from nn.telling.grids import grid
from nn.telling.parts import Chapter, Group, Matrix, Section, Stage, Step, Telling
from nn.telling.symbols import Symbol, opening, symbols

_GRADIENT = (
    "color:#C2410C;color:color-mix(in srgb,#C2410C 75%,currentColor);"
    "color:oklch(from currentColor clamp(.553,l,.75) .174 40)"  # .553 .174 38 is #C2410C
)
_PAGE = "line-height:1.5;overflow-x:auto"
_TITLE = "font-weight:600;margin:.6em 0 .2em"
_SECTION = "margin:.3em 0 .9em;padding-left:.8em;border-left:3px solid "
_NEUTRAL, _ORANGE = "rgba(128,128,128,.35)", "rgba(194,65,12,.55)"
_EQUATION = "display:flex;flex-wrap:wrap;align-items:center;gap:.3em .45em;margin:.5em 0;padding-left:{0}em"
_DEFINED = "display:inline-block;width:{0}em;margin-left:-{0}em"
_SIDE = "display:inline-flex;flex-wrap:wrap;align-items:center;gap:.35em;white-space:nowrap"
_BOXED = "display:inline-flex;align-items:stretch;vertical-align:middle"
_BRACKETS = tuple(f"width:.3em;border:1.5px solid currentColor;border-{open_side}:0" for open_side in ("right", "left"))
_PARENTHESES = (
    "width:.5em;border-left:1.5px solid currentColor;border-radius:.8em 0 0 .8em/50% 0 0 50%",
    "width:.5em;border-right:1.5px solid currentColor;border-radius:0 .8em .8em 0/0 50% 50% 0",
)
_TABLE = "border-collapse:collapse;border:0;margin:0;width:auto;font-size:inherit;font-variant-numeric:tabular-nums"
_ROW = "background:none;border:0"
_CELL = "padding:0 .35em;border:0;text-align:right;line-height:1.35;color:inherit"


def as_html(telling: Telling, decimals: int = 4, *, lang: str = "en") -> str:
    """Set a telling in HTML.

    Parameters
    ----------
    telling : Telling
    decimals : int
        Digits after the point of computed numbers; given ones stay as they were given.
    lang : {"en", "es"}
        The language that the telling is in.
    """
    given = Section("", tuple(Step(name, (), values) for name, values in telling.given))
    blocks = [_div(_TITLE, escape(telling.title)), _section(given, decimals)]
    blocks += [_chapter(each, decimals) for each in telling.chapters]
    return f'<div lang="{escape(lang)}" style="{_PAGE}">{"".join(blocks)}</div>'


def formula(read: tuple[Symbol, ...]) -> str:
    """Write the symbols of a formula.

    Examples
    --------
    >>> formula(symbols("∂L/∂W²"))
    '∂<i>L</i>/∂<i>W</i><sup>2</sup>'
    """
    return "".join(map(_symbol, read))


def number(text: str) -> str:
    """Write one number as `autograd_lite.matrices.numbers` gives it.

    Examples
    --------
    >>> number("-1.5e-09")
    '−1.5·10<sup>−9</sup>'
    """
    mantissa, _, exponent = text.replace("inf", "∞").partition("e")
    power = f"·10<sup>{str(int(exponent)).replace('-', '−')}</sup>" if exponent else ""
    return escape(mantissa.replace("-", "−")) + power


def _chapter(chapter: Chapter, decimals: int) -> str:
    return _div(_TITLE, escape(chapter.heading)) + "".join(_section(each, decimals) for each in chapter.sections)


def _section(section: Section, decimals: int) -> str:
    colour = _ORANGE if any(step.is_gradient for step in section.steps) else _NEUTRAL
    left = [symbols(step.sides[0]) for step in section.steps]
    room = max(map(_width, left))
    equations = "".join(
        _div(_EQUATION.format(room), _equation(step, name, room, decimals))
        for step, name in zip(section.steps, left, strict=True)
    )
    return _div(_SECTION + colour, (f"<div>{escape(section.heading)}</div>" if section.heading else "") + equations)


def _equation(step: Step, name: tuple[Symbol, ...], room: float, decimals: int) -> str:
    """Write what is defined, and everything it is equal to; what goes to the next line stands below the first "="."""
    sides = [f"<span>{formula(symbols(each))}</span>" for each in step.sides[1:]]
    sides += [_stage(each, decimals) for each in step.spacious]
    note = f" <span>({escape(step.note)})</span>" if step.note else ""
    first, *rest = [f"= {each}" for each in (*sides, _tinted(step, _matrix(step.result, decimals)) + note)]
    defined = f'<span style="{_DEFINED.format(room)}">{_tinted(step, formula(name))}</span>'
    return " ".join(_span(_SIDE, each) for each in (f"{defined} {first}", *rest))


def _width(read: tuple[Symbol, ...]) -> float:
    """Estimate how wide a formula is, in em."""
    script = sum(len(each.text) for each in read if each.kind in ("raised", "lowered"))
    below = [sum(map(_width, each.parts)) + 0.3 for each in read if each.parts]
    others = sum(len(each.text) for each in read if each.kind not in ("raised", "lowered", "space") and not each.parts)
    return round(0.6 * others + 0.42 * script + sum(below), 2)


def _stage(stage: Stage, decimals: int) -> str:
    """Write parts side by side; signs stay with the part after them, and what is raised with the part before."""
    written: list[str] = []
    signs = ""
    for part, after in zip(stage, (*stage[1:], None), strict=True):
        if not isinstance(part, str):
            written.append(_span(_SIDE, f"{signs} {_part(part, decimals)}") if signs else _part(part, decimals))
            signs = ""
            continue
        read = opening(part) if isinstance(after, Group) else symbols(part)
        if read[0].kind == "raised":
            written.append(_span("align-self:flex-start;margin-left:-.3em", formula(read)))
        else:
            signs += f"<span>{formula(read)}</span>"
    return " ".join([*written, signs]).rstrip()


def _part(part: Matrix | Group, decimals: int) -> str:
    if isinstance(part, Matrix):
        return _matrix(part, decimals)
    return _between(_PARENTHESES, _span(_SIDE, _stage(part.parts, decimals)))


def _matrix(part: Matrix, decimals: int) -> str:
    shown = grid(part, decimals)
    if part.values.ndim == 0:
        return f"<span>{number(shown.cells[0][0])}</span>"
    shape = f"<sub>{shown.shape}</sub>" if shown.shape else ""
    if not shown.cells:
        return f"<span>[{shown.shape}]</span>"
    rows = "".join(
        f'<tr style="{_ROW}">{"".join(f"""<td style="{_CELL}">{number(cell)}</td>""" for cell in row)}</tr>'
        for row in shown.cells
    )
    table = f'<table style="{_TABLE}"><tbody>{rows}</tbody></table>'
    return _between(_BRACKETS, table) + shape


def _between(ends: tuple[str, ...], content: str) -> str:
    left, right = (_span(each, "") for each in ends)
    return _span(_BOXED, left + content + right)


def _tinted(step: Step, content: str) -> str:
    return _span(_GRADIENT, content) if step.is_gradient else content


def _symbol(symbol: Symbol) -> str:
    text = escape(symbol.text)
    if symbol.kind == "name":
        return f"<i>{text}</i>"
    if symbol.kind == "raised":
        return f"<sup>{text}</sup>"
    if symbol.kind == "lowered":
        return f"<sub><i>{text}</i></sub>"
    if symbol.kind == "fraction":
        return text if text == "½" else "/".join(map(formula, symbol.parts))
    if symbol.kind == "prime":
        return f"\N{HAIR SPACE}{text}"
    if symbol.kind == "root":
        under = formula(symbol.parts[0])
        return f"√({under})" if len(symbol.parts[0]) > 1 else f"√{under}"
    return text


def _div(style: str, content: str) -> str:
    return f'<div style="{style}">{content}</div>'


def _span(style: str, content: str) -> str:
    return f'<span style="{style}">{content}</span>'
