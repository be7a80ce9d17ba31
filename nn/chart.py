"""A chart that waits to be looked at in a notebook, or to be written to a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from autograd_lite.drawing import svg_to_pdf
from autograd_lite.errors import ArgumentError, RenderError
from autograd_lite.spelling import spelled
from autograd_lite.writing import write_file

FORMATS = (".svg", ".pdf")


@spelled
@dataclass(frozen=True)
class Chart:
    """A chart as SVG; a notebook shows it.

    Attributes
    ----------
    svg : str
        The document.
    title : str
        What it shows, in a few words.

    Examples
    --------
    >>> nn.History(loss=[1.0, 0.5, 0.25]).draw()
    <Chart: Training>
    """

    svg: str
    title: str

    def __repr__(self) -> str:
        return f"<Chart: {self.title}>"

    def _repr_svg_(self) -> str:
        return self.svg

    @spelled
    def render(self, path: str | os.PathLike[str], *, overwrite: bool = True) -> Path:
        """Write the chart to a file, completely or not at all.

        Parameters
        ----------
        path : path-like
            Ends with ``.svg``, or with ``.pdf``, which needs the extra `pdf`.
        overwrite : bool
            Replace a file that is there already.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        ArgumentError
            When the path has another suffix, or its directory does not exist.
        RenderError
            When the package that writes PDF is missing, or the file exists and `overwrite` is false.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     nn.History(loss=[1.0, 0.5]).draw().render(Path(folder, "loss.svg")).name
        'loss.svg'
        """
        target = Path(path)
        if target.suffix.lower() not in FORMATS:
            raise ArgumentError(
                f"a chart is written as SVG or PDF, got {str(target)!r}.",
                f"Write {target.with_suffix('.svg').name!r}; for a PNG, history.plot().figure.savefig('loss.png').",
            )
        if not overwrite and os.path.lexists(target):
            raise RenderError(f"{str(target)!r} exists already.", "Choose another name, or pass overwrite=True.")
        if target.suffix.lower() == ".svg":
            return write_file(target, self.svg)
        return write_file(target, svg_to_pdf(self.svg, title=self.title, description=self.title))
