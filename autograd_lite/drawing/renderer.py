"""Finds a Graphviz and runs it: the system's `dot`, or else the one that the package graphviz-pure brings along."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from math import sqrt
from pathlib import Path

from autograd_lite.drawing.pdf import INSTALL, can_write_pdf
from autograd_lite.errors import ArgumentError, RenderError, suggestion

BACKENDS = ("auto", "system", "embedded")
LARGEST_PIXELS = 40e6
_LONGEST_SIDE = 30_000
_DEFAULT_DPI = 192.0
_SECONDS = 300
_RASTER = ("png", "jpg", "jpeg")
_WANTED = ("svg", "png", "jpg", "pdf", "html", "json", "dot")
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
# The fonts of the embedded renderer lack these; a picture of pixels cannot borrow them from the reader's fonts.
_LOOKALIKES = str.maketrans({"⊙": "ʘ", "∘": "°", "∥": "‖", "✗": "×"})
# In quotes, which no name of a user's can have there.
_FONT = re.compile(r'\b(FACE|fontname)="(Times|Courier)(?:-(\w+))?"')
_FAMILIES = {
    "Times": "Times New Roman,Times,Liberation Serif,Nimbus Roman,serif",
    "Courier": "Courier New,Courier,Liberation Mono,Nimbus Mono PS,monospace",
}
_FACES = {
    "Bold": "bold",
    "Italic": "italic",
    "Oblique": "italic",
    "BoldItalic": "bold italic",
    "BoldOblique": "bold italic",
}


@dataclass(frozen=True)
class GraphvizInfo:
    """Which Graphviz draws the pictures.

    Parameters
    ----------
    renderer : str
        'system' for an installed `dot`, 'embedded' for graphviz-pure, 'none' when there is neither.
    program : str
        The path of the executable.
    version : str
    formats : tuple of str
        Those that `Drawing.render` can write here.
    """

    renderer: str
    program: str
    version: str
    formats: tuple[str, ...]

    def __str__(self) -> str:
        if self.renderer == "none":
            return "no Graphviz: pip install graphviz-pure"
        return f"{self.renderer} Graphviz {self.version} ({self.program}): {', '.join(self.formats)}"


def graphviz_info() -> GraphvizInfo:
    """Tell which Graphviz draws the pictures, its version, and the formats that it writes.

    Returns
    -------
    GraphvizInfo

    Examples
    --------
    >>> "svg" in graphviz_info().formats
    True
    """
    return next(_found(), GraphvizInfo("none", "", "", ("dot",)))


def formats(backend: str = "auto") -> tuple[str, ...]:
    """Return the formats that the renderers here write between them; the source is one that needs none.

    Examples
    --------
    >>> "dot" in formats()
    True
    """
    offered = {"dot", *(format for info in _chosen(backend) for format in info.formats)}
    if "svg" in offered:
        offered |= {"html", "pdf"} if can_write_pdf() else {"html"}
    return tuple(each for each in _WANTED if each in offered)


def checked_backend(backend: str) -> str:
    """Return one of the backends.

    Raises
    ------
    ArgumentError
        When it is none.

    Examples
    --------
    >>> checked_backend("embedded")
    'embedded'
    """
    if backend not in BACKENDS:
        raise ArgumentError(f"unknown backend {backend!r}.", suggestion(backend, BACKENDS))
    return backend


def writes(format: str, backend: str = "auto") -> bool:
    """Tell whether a Graphviz here writes a format itself."""
    return any(format in info.formats for info in _chosen(backend))


def size(source: str, backend: str = "auto") -> tuple[float, float] | None:
    """Return width and height of a picture in points, before it is scaled to a page; None without a Graphviz."""
    info = next(iter(_chosen(backend)), None)
    if info is None:
        return None
    width, height = _inches(info.program, source)
    return 72 * width, 72 * height


def render(source: str, format: str, *, dpi: float | None = None, backend: str = "auto") -> bytes:
    """Draw DOT in a format.

    Parameters
    ----------
    source : str
    format : str
        One that `graphviz_info` lists.
    dpi : float, optional
        Pixels an inch in PNG and JPEG, lowered where the picture would have more than 40 million pixels; 192.
    backend : {'auto', 'system', 'embedded'}
        The Graphviz of the system, or the one of the package graphviz-pure; 'auto' prefers that of the system.

    Raises
    ------
    RenderError
        When there is no Graphviz, when it does not write this format, or when it fails.
    """
    found = _chosen(backend)
    if not found:
        raise _missing(backend)
    info = next((each for each in found if format in each.formats), None)
    if info is None:
        by_package = f"Run {INSTALL}, or install" if format == "pdf" else "Install"
        offered = ", ".join(formats(backend))
        raise RenderError(
            f"the {found[0].renderer} Graphviz {found[0].version} writes no {format}, only {offered}.",
            f"{by_package} Graphviz on the system (https://graphviz.org/download) so that dot is on the PATH.",
        )
    if format in (*_RASTER, "pdf"):
        source = _with_fonts_of(info, source)
    if format not in _RASTER:
        return _run(info.program, source, f"-T{format}")
    return _run(
        info.program, source, f"-T{format}", f"-Gdpi={_fitting_dpi(info.program, source, dpi or _DEFAULT_DPI):g}"
    )


def _with_fonts_of(info: GraphvizInfo, source: str) -> str:
    """Return a picture with the letters and the fonts that a renderer has, which no reader's fonts can replace."""
    if info.renderer == "embedded":
        return source.translate(_LOOKALIKES)
    return _FONT.sub(_family, source) if _has_pango(info.program) else source


def _fitting_dpi(program: str, source: str, dpi: float) -> float:
    """Lower the resolution until the picture has a size that can be drawn and opened."""
    width, height = (each + 0.5 for each in _inches(program, source))
    return min(dpi, sqrt(LARGEST_PIXELS / (width * height)), _LONGEST_SIDE / max(width, height))


def _inches(program: str, source: str) -> tuple[float, float]:
    plain = _run(program, source, "-Tplain").decode("utf-8", "replace")
    width, height = plain.split("\n", 1)[0].split()[2:4]
    return float(width), float(height)


def _chosen(backend: str) -> list[GraphvizInfo]:
    """The renderers that run here and that the caller allows, the preferred one first."""
    return [info for info in _found() if backend in ("auto", info.renderer)]


def _missing(backend: str) -> RenderError:
    if backend == "system":
        what = "no Graphviz was found on the system: there is no program dot on the PATH."
        return RenderError(what, "Install it (https://graphviz.org/download), or pass backend='auto'.")
    nothing = "no Graphviz was found, neither a system dot nor graphviz-pure."
    return RenderError(
        nothing if backend == "auto" else "graphviz-pure was not found.",
        "Run pip install graphviz-pure, or save the DOT source with .save('figure.dot').",
    )


def _run(program: str, source: str, *flags: str) -> bytes:
    try:
        done = subprocess.run(
            [program, "-q", *flags],
            input=source.encode(),
            capture_output=True,
            timeout=_SECONDS,
            creationflags=_NO_WINDOW,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RenderError(
            f"Graphviz did not finish within {_SECONDS} seconds.",
            "Draw a smaller part of the graph, or save the DOT source with .save('figure.dot').",
        ) from error
    except OSError as error:
        raise RenderError(f"{program} could not be run: {error}.", "Reinstall Graphviz or graphviz-pure.") from error
    if done.returncode or not done.stdout:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RenderError(
            f"Graphviz failed: {reason[-1] if reason else f'exit code {done.returncode}'}.",
            "Save the DOT source with .save('figure.dot') and look at it, or draw a smaller part of the graph.",
        )
    return done.stdout


def _found() -> Iterator[GraphvizInfo]:
    """The renderers that run here, the system's first."""
    for program, is_embedded in ((shutil.which("dot"), False), (_embedded_program(), True)):
        info = _probe(program, embedded=is_embedded) if program else None
        if info:
            yield info


@cache
def _embedded_program() -> str | None:
    """The executable of graphviz-pure, which stands on no PATH when its environment is not activated."""
    try:
        files = metadata.distribution("graphviz-pure").files or []
    except metadata.PackageNotFoundError:
        return shutil.which("graphviz-pure")
    names = ("graphviz-pure", "graphviz-pure.exe")
    programs = [Path(str(file.locate())).resolve() for file in files if file.name in names]
    usable = [str(program) for program in programs if os.access(program, os.X_OK)]
    return usable[0] if usable else shutil.which("graphviz-pure")


@cache
def _probe(program: str, *, embedded: bool = False) -> GraphvizInfo | None:
    """Ask a program for its version and its formats; None when it does not run."""
    try:
        version = _answer(program, "-V")
        refusal = _answer(program, "-T?")
    except (OSError, subprocess.TimeoutExpired):
        return None
    offered = refusal.partition("Use one of:")[2].replace(":", " ").split()
    formats = tuple(each for each in _WANTED if each in offered)
    number = re.search(r"\d+\.\d+(\.\d+)?", version)
    if not number or "svg" not in formats:
        return None
    return GraphvizInfo("embedded" if embedded else "system", program, number[0], formats)


def _family(found: re.Match[str]) -> str:
    """Return a font as Pango wants it: the families that will do, then the face.

    It takes PostScript's names for the families of Ghostscript, and where those are missing for whatever there is.
    """
    attribute, family, face = found.groups()
    return f'{attribute}="{_FAMILIES[family]} {_FACES.get(face, "")}"'.replace(' "', '"')


@cache
def _has_pango(program: str) -> bool:
    """Tell whether a Graphviz sets text in pictures of pixels and in PDF by Pango."""
    return "Pango" in _answer(program, "-v", "-Tpng", source=b"digraph { x }")


def _answer(program: str, *flags: str, source: bytes = b"") -> str:
    done = subprocess.run(
        [program, *flags], input=source, capture_output=True, timeout=30, creationflags=_NO_WINDOW, check=False
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")
