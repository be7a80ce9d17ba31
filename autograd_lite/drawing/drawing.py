"""A picture of a graph: its DOT source, and the ways to look at it, to save it and to show it in a notebook."""

import os
import re
from collections.abc import Callable, Container
from hashlib import blake2b
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import graphviz

from autograd_lite.drawing.adaptive import adapted
from autograd_lite.drawing.blocks import printable, shortened
from autograd_lite.drawing.fitting import fitted
from autograd_lite.drawing.interactive import page
from autograd_lite.drawing.pdf import can_write_pdf, svg_to_pdf
from autograd_lite.drawing.renderer import checked_backend, formats, render, writes
from autograd_lite.drawing.story import Story
from autograd_lite.errors import ArgumentError, RenderError, UsageError, closest
from autograd_lite.spelling import spelled
from autograd_lite.writing import write_file

FORMATS = ("svg", "png", "jpg", "jpeg", "pdf", "html", "json", "dot", "gv")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SVG_TAG = re.compile(r"<svg\b[^>]*>")


class Drawing:
    """A picture that is laid out and waits to be rendered.

    Parameters
    ----------
    source : str
        The picture in the DOT language; what UTF-8 cannot carry becomes U+FFFD.
    title : str
        What it shows, in a few words.
    description : str
        What it shows, for those who cannot see it.
    backend : {'auto', 'system', 'embedded'}
        The Graphviz that draws it.
    format : str, optional
        The format of `render` for a path that tells none.
    story : Story or callable, optional
        What the page of `render("figure.html")` tells beyond the picture, or what returns it.

    Examples
    --------
    >>> drawing = Drawing("digraph { x -> y }", title="Two nodes", description="An arrow from x to y.")
    >>> drawing.pipe("svg")[:5]
    b'<?xml'
    """

    def __init__(
        self,
        source: str,
        *,
        title: str,
        description: str,
        backend: str = "auto",
        format: str | None = None,
        story: Story | Callable[[], Story] | None = None,
    ) -> None:
        self._source = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", source)
        self._backend = checked_backend(backend)
        self._format = None if format is None else _checked_format(format, backend)
        self._story = story
        self.title = printable(title)
        self.description = printable(description)

    def __repr__(self) -> str:
        return f"<Drawing: {self.title}>"

    @property
    def source(self) -> str:
        """The picture in the DOT language, for any Graphviz."""
        return self._source

    @spelled
    def pipe(self, format: str = "svg", *, dpi: float | None = None) -> bytes:
        """Return the picture as the bytes of a file.

        Parameters
        ----------
        format : {'svg', 'png', 'jpg', 'pdf', 'html', 'json', 'dot'}
        dpi : float, optional
            Pixels an inch in PNG and JPEG, 192; lowered where there would be more than 40 million pixels.

        Raises
        ------
        ArgumentError
            For an unknown format.
        RenderError
            When no Graphviz here can draw it.

        Examples
        --------
        >>> Drawing("digraph { x }", title="A node", description="x").pipe("png")[1:4]
        b'PNG'
        """
        format = _checked_format(format, self._backend)
        dpi = _checked_dpi(dpi)
        if format in ("dot", "gv"):
            return self.source.encode()
        if format == "svg":
            return self._svg().encode()
        if format == "html":
            return page(self._svg(), self.source, self.title, self._told()).encode()
        if format == "pdf" and can_write_pdf() and not writes("pdf", self._backend):
            return svg_to_pdf(self._svg(for_print=True), title=self.title, description=self.description)
        return render(self.source, "jpg" if format == "jpeg" else format, dpi=dpi, backend=self._backend)

    @spelled
    def render(
        self,
        path: str | os.PathLike[str],
        *,
        format: str | None = None,
        dpi: float | None = None,
        overwrite: bool = True,
    ) -> Path:
        """Write the picture to a file, completely or not at all.

        Parameters
        ----------
        path : path-like
            Its suffix tells the format: svg, png, jpg, pdf, json, dot for the source, or html for a page on which the
            picture can be moved and enlarged, tells every number and rule, and is played step by step.
        format : str, optional
            The format, for a path without that suffix, to which it is then appended.
        dpi : float, optional
            Pixels an inch in PNG and JPEG, 192; lowered where there would be more than 40 million pixels.
        overwrite : bool
            Replace a file that is there already.

        Returns
        -------
        pathlib.Path
            The file that was written.

        Raises
        ------
        UsageError
            When the path is none.
        ArgumentError
            When the format is unknown or contradicts the suffix, or the directory does not exist.
        RenderError
            When no Graphviz here can draw it, or the file exists and `overwrite` is false.

        Examples
        --------
        >>> import tempfile
        >>> drawing = Drawing("digraph { x }", title="A node", description="x")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     drawing.render(Path(folder, "figure"), format="svg").name
        'figure.svg'
        """
        target, format = _target(_checked_path(path), format, self._backend, self._format)
        _refuse_to_replace(target, overwrite)
        data = self.pipe(format, dpi=dpi)
        _refuse_to_replace(target, overwrite)
        return write_file(target, data)

    @spelled
    def save(self, path: str | os.PathLike[str], *, overwrite: bool = True) -> Path:
        """Write the DOT source to a file; this needs no Graphviz.

        Parameters
        ----------
        path : path-like
        overwrite : bool
            Replace a file that is there already.

        Returns
        -------
        pathlib.Path

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Drawing("digraph { x }", title="", description="").save(Path(folder, "figure.dot")).name
        'figure.dot'
        """
        target = _checked_path(path, suffix=".dot")
        _refuse_to_replace(target, overwrite)
        return write_file(target, self.source)

    def to_graphviz(self) -> graphviz.Source:
        """Return the picture as an object of the package graphviz, which draws with the system's dot.

        Examples
        --------
        >>> Drawing("digraph { x }", title="", description="").to_graphviz().source.strip()
        'digraph { x }'
        """
        return graphviz.Source(self.source)

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        """Show the picture in a notebook, and say why when it cannot be drawn."""
        try:
            return {"image/svg+xml": self.pipe("svg").decode(), "text/plain": repr(self)}
        except Exception as error:
            return {"text/plain": f"{self!r}\n{error}"}

    def __getstate__(self) -> dict[str, Any]:
        # What has been told consists of text alone.
        return self.__dict__ | {"_story": self._told()}

    def _told(self) -> Story | None:
        return self._story() if callable(self._story) else self._story

    def _svg(self, *, for_print: bool = False) -> str:
        """The picture as SVG that says what it shows, for screen readers; a PDF has no style sheet."""
        svg = render(self.source, "svg", backend=self._backend).decode()
        return svg if for_print else self._described(fitted(adapted(svg)))

    def _described(self, svg: str) -> str:
        mark = blake2b(self.source.encode(), digest_size=4).hexdigest()
        title = f'<title id="title-{mark}">{escape(self.title)}</title>'
        description = f'<desc id="desc-{mark}">{escape(self.description)}</desc>'
        labels = f' role="img" aria-labelledby="title-{mark} desc-{mark}">'
        return _SVG_TAG.sub(lambda tag: f"{tag[0][:-1]}{labels}\n{title}\n{description}", svg, count=1)


def _checked_format(format: str, backend: str = "auto") -> str:
    known = str(format).lower().removeprefix(".")
    if known not in FORMATS:
        near = closest(known, FORMATS)
        meant = f"Did you mean {near!r}? " if near else ""
        offered = ", ".join(formats(backend))
        raise ArgumentError(
            f"unknown picture format {format!r}.", f"{meant}Formats that can be written here: {offered}."
        )
    return known


def _checked_path(path: str | os.PathLike[str], suffix: str = ".svg") -> Path:
    if not isinstance(path, (str, os.PathLike)) or isinstance(os.fspath(path), bytes):
        raise UsageError(f"path must be the name of a file, got {path!r}.", f"Write {'figure' + suffix!r}.")
    return Path(path)


def _checked_dpi(dpi: float | None) -> float | None:
    if dpi is not None and not (isinstance(dpi, (int, float)) and 1 <= dpi <= 10_000):
        raise ArgumentError(f"dpi must be a number from 1 to 10,000, got {dpi!r}.", "Leave it out for 192.")
    return dpi


def _target(path: Path, format: str | None, backend: str, default: str | None) -> tuple[Path, str]:
    """The file to write and its format, from a path and a format that may each tell."""
    _refuse_what_is_no_file(path)
    _refuse_what_has_no_name(path, format or default or "svg")
    suffix = path.suffix.lower().removeprefix(".")
    if format is None and suffix not in FORMATS:
        format = default
    if format is None:
        if not suffix or suffix[0].isdigit():
            raise ArgumentError(
                f"{str(path)!r} has no suffix that tells the format.",
                f"Write {path.name + '.svg'!r}, or pass format='svg'.",
            )
        return path, _checked_format(suffix, backend)
    format = _checked_format(format, backend)
    if suffix == format or {suffix, format} == {"jpg", "jpeg"}:
        return path, format
    if suffix in FORMATS:
        raise ArgumentError(
            f"{str(path)!r} ends with .{suffix}, but format={format!r}.", "Leave out the format, or change the suffix."
        )
    return path.with_name(f"{path.name}.{format}"), format


def _refuse_what_is_no_file(path: Path) -> None:
    """Refuse a device or a pipe: with a suffix appended, the picture would become a file beside it."""
    try:
        is_special = path.exists() and not path.is_file() and not path.is_dir()
    except ValueError:  # of a null byte, which writing tells
        return
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ArgumentError(f"cannot write {shortened(str(path), 80)!r}: {reason}.", "Give another name.") from error
    if is_special:
        raise ArgumentError(
            f"{str(path)!r} is a device or a pipe, not a file.",
            "Give a file name, or write the bytes of .pipe('svg') to it.",
        )


def _refuse_what_has_no_name(path: Path, format: str) -> None:
    """Refuse a directory written with dots, and a suffix without a name, which would be a hidden file."""
    is_suffix = path.name.lower().removeprefix(".") in FORMATS and path.name.startswith(".")
    if path.name and path.name != ".." and not is_suffix:
        return
    named = path.with_name(f"figure{path.name}") if is_suffix else path / f"figure.{format.removeprefix('.')}"
    raise ArgumentError(f"{str(path)!r} is not the name of a file.", f"Write {str(named)!r}, for example.")


def _refuse_to_replace(target: Path, overwrite: bool) -> None:
    # A symbolic link is there, too, though what it points to may not be.
    if not overwrite and os.path.lexists(target):
        raise RenderError(f"{str(target)!r} exists already.", "Choose another name, or pass overwrite=True.")
