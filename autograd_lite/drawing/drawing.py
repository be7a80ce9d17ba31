"""A picture of a graph: its DOT source, and the ways to look at it, to save it and to show it in a notebook."""

import os
import re
from collections.abc import Container
from hashlib import blake2b
from pathlib import Path
from xml.sax.saxutils import escape

import graphviz

from autograd_lite.drawing.blocks import printable
from autograd_lite.drawing.renderer import formats, render
from autograd_lite.errors import ArgumentError, RenderError
from autograd_lite.writing import write_file

FORMATS = ("svg", "png", "jpg", "jpeg", "pdf", "json", "dot", "gv")
_SVG_TAG = re.compile(r"<svg\b[^>]*>")


class Drawing:
    """A picture that is laid out and waits to be rendered.

    Parameters
    ----------
    source : str
        The picture in the DOT language.
    title : str
        What it shows, in a few words.
    description : str
        What it shows, for those who cannot see it.

    Examples
    --------
    >>> drawing = Drawing("digraph { x -> y }", title="Two nodes", description="An arrow from x to y.")
    >>> drawing.pipe("svg")[:5]
    b'<?xml'
    """

    def __init__(self, source: str, *, title: str, description: str) -> None:
        self._source = source
        self.title = printable(title)
        self.description = printable(description)

    def __repr__(self) -> str:
        return f"<Drawing: {self.title}>"

    @property
    def source(self) -> str:
        """The picture in the DOT language, for any Graphviz."""
        return self._source

    def pipe(self, format: str = "svg", *, dpi: float | None = None) -> bytes:
        """Return the picture as the bytes of a file.

        Parameters
        ----------
        format : {'svg', 'png', 'jpg', 'pdf', 'json', 'dot'}
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
        format = _checked_format(format)
        if format in ("dot", "gv"):
            return self.source.encode()
        data = render(self.source, "jpg" if format == "jpeg" else format, dpi=_checked_dpi(dpi))
        return self._described(data.decode()).encode() if format == "svg" else data

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
            Its suffix tells the format: svg, png, jpg, pdf, json, or dot for the source.
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
        target, format = _target(Path(path), format)
        _refuse_to_replace(target, overwrite)
        data = self.pipe(format, dpi=dpi)
        _refuse_to_replace(target, overwrite)
        return write_file(target, data)

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
        _refuse_to_replace(Path(path), overwrite)
        return write_file(path, self.source)

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

    def _described(self, svg: str) -> str:
        """Say in the SVG what it shows, for screen readers."""
        mark = blake2b(self.source.encode(), digest_size=4).hexdigest()
        title = f'<title id="title-{mark}">{escape(self.title)}</title>'
        description = f'<desc id="desc-{mark}">{escape(self.description)}</desc>'
        labels = f' role="img" aria-labelledby="title-{mark} desc-{mark}">'
        return _SVG_TAG.sub(lambda tag: f"{tag[0][:-1]}{labels}\n{title}\n{description}", svg, count=1)


def _checked_format(format: str) -> str:
    known = str(format).lower().removeprefix(".")
    if known not in FORMATS:
        raise ArgumentError(
            f"unknown picture format {format!r}.", f"Formats that can be written here: {', '.join(formats())}."
        )
    return known


def _checked_dpi(dpi: float | None) -> float | None:
    if dpi is not None and not (isinstance(dpi, (int, float)) and 1 <= dpi <= 10_000):
        raise ArgumentError(f"dpi must be a number from 1 to 10,000, got {dpi!r}.", "Leave it out for 192.")
    return dpi


def _target(path: Path, format: str | None) -> tuple[Path, str]:
    """The file to write and its format, from a path and a format that may each tell."""
    suffix = path.suffix.lower().removeprefix(".")
    if format is None:
        if not suffix:
            raise ArgumentError(
                f"{str(path)!r} has no suffix that tells the format.",
                f"Write {path.name + '.svg'!r}, or pass format='svg'.",
            )
        return path, _checked_format(suffix)
    format = _checked_format(format)
    if suffix == format or {suffix, format} == {"jpg", "jpeg"}:
        return path, format
    if suffix in FORMATS:
        raise ArgumentError(
            f"{str(path)!r} ends with .{suffix}, but format={format!r}.", "Leave out the format, or change the suffix."
        )
    return path.with_name(f"{path.name}.{format}"), format


def _refuse_to_replace(target: Path, overwrite: bool) -> None:
    if not overwrite and target.exists():
        raise RenderError(f"{str(target)!r} exists already.", "Choose another name, or pass overwrite=True.")
