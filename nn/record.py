"""nn.backprop: one pass of a network on record, told as the lecture notes tell it, as text, in LaTeX and in HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from html import escape
from typing import Any, TextIO

import autograd_lite as ag
from autograd_lite.matrices import checked_decimals
from autograd_lite.messages import checked_language
from autograd_lite.spelling import spelled
from autograd_lite.writing import Writer
from nn.arguments import check_loss
from nn.frames import as_dataframe
from nn.module import Module
from nn.observation import observed
from nn.passes import Pass
from nn.telling.derivation import checked_notation, derivation
from nn.telling.html import as_html
from nn.telling.latex import as_latex
from nn.telling.parts import Telling
from nn.telling.text import as_text


@dataclass(frozen=True, eq=False, repr=False)
class BackpropRecord(Pass):
    """One pass of a network: x, y, the loss, and for every layer z, a, σ′(z), δ, ∂L/∂W and ∂L/∂b.

    Examples
    --------
    >>> record = nn.backprop(*nn.worked_example())
    >>> record.layer(2).delta.round(4)
    array([-0.115])
    >>> record
    BackpropRecord(2-3-1, L = 0.1070)
    """

    notation: str = "z-a"
    lang: str = "en"

    @spelled
    def text(
        self,
        notation: str | None = None,
        lang: str | None = None,
        decimals: int = 4,
        *,
        columns: int = 100,
        plain: bool = False,
    ) -> str:
        """Tell the pass step by step: formula, numbers put in, result.

        Parameters
        ----------
        notation : {"z-a", "u-o"}, optional
            The letters of the first note (z, a, W, L) or of the second (u, o, θ, Err); by default those that the
            record was made with, as is the language.
        lang : {"en", "es"}, optional
        decimals : int
            Digits after the point of computed numbers; given ones stay as they were given.
        columns : int
            Where a line would become wider, intermediate results are left out.
        plain : bool
            Spell everything in ASCII: delta2 for δ².

        Raises
        ------
        ArgumentError
            When the notation or the language is not known, or the decimals make no sense.

        Examples
        --------
        >>> told = nn.backprop(*nn.worked_example()).text(lang="es")
        >>> [line.strip() for line in told.splitlines() if "δ² =" in line]
        ['δ² = (a² − y) ⊙ σ′(z²) = ([0.5374] − [1]) ⊙ [0.2486] = [-0.1150]']
        """
        return as_text(self._told(notation, lang), checked_decimals(decimals), columns=columns, plain=plain)

    @spelled
    def to_latex(
        self,
        standalone: bool = False,
        *,
        notation: str | None = None,
        lang: str | None = None,
        decimals: int = 4,
    ) -> str:
        r"""Tell the pass in LaTeX, each line a formula, the numbers put in, and the result.

        Parameters
        ----------
        standalone : bool
            Return a whole document; otherwise a part for a document that loads amsmath.
        notation, lang, decimals
            As for `text`, which raises the same errors.

        Returns
        -------
        str
            ASCII. Lines fit an A4 article at 11 pt; matrices above 6×6 are abbreviated.

        Examples
        --------
        >>> told = nn.backprop(*nn.worked_example()).to_latex(notation="u-o")
        >>> print(next(line for line in told.splitlines() if r"\partial b^{2}" in line))
        \frac{\partial \mathrm{Err}}{\partial b^{2}} &= \delta^{2} = \begin{bmatrix} -0.1150 \end{bmatrix}
        """
        return as_latex(self._told(notation, lang), checked_decimals(decimals), standalone=standalone)

    @spelled
    def to_html(self, *, notation: str | None = None, lang: str | None = None, decimals: int = 4) -> str:
        """Tell the pass in HTML, as notebooks show it: no script, no style sheet, for light and dark pages.

        Parameters
        ----------
        notation, lang, decimals
            As for `text`, which raises the same errors.

        Examples
        --------
        >>> "∂<i>L</i>/∂<i>W</i><sup>2</sup>" in nn.backprop(*nn.worked_example()).to_html()
        True
        """
        return as_html(self._told(notation, lang), checked_decimals(decimals), lang=lang or self.lang)

    def to_dataframe(self) -> Any:
        """Return every number of the pass as a pandas DataFrame, one a row.

        Returns
        -------
        pandas.DataFrame
            Columns layer, quantity ('W', 'b', 'z', 'a', 'derivative', 'delta', 'dW', 'db'), example, row, column and
            value. All count from 1, as the formulas do: θ¹₂₁ is row 2, column 1 of layer 1. Parameters and their
            gradients have no example, only matrices have a column; what there is none of is missing (<NA>).

        Raises
        ------
        UsageError
            When pandas is not installed.

        Examples
        --------
        Pivot one layer's weight gradient back into a matrix::

            frame = nn.backprop(*nn.worked_example()).to_dataframe()
            frame.query("layer == 1 and quantity == 'dW'").pivot(index="row", columns="column", values="value")
        """
        return as_dataframe(self)

    def _repr_html_(self) -> str:
        """Tell the pass in a notebook; should that fail, show what `repr` does."""
        try:
            return self.to_html()
        except Exception:  # an error here would take the place of the cell's result
            return f"<pre>{escape(object.__repr__(self))}</pre>"

    @spelled
    def write(
        self,
        stream: TextIO | None = None,
        *,
        notation: str | None = None,
        lang: str | None = None,
        decimals: int = 4,
    ) -> None:
        """Write the text to a stream, as wide and in the spelling that it can take; by default to standard output."""
        writer = Writer(stream)
        writer.write(self.text(notation, lang, decimals, columns=writer.columns, plain=writer.plain))

    def _told(self, notation: str | None, lang: str | None) -> Telling:
        return derivation(self, notation or self.notation, lang or self.lang)

    def __str__(self) -> str:
        writer = Writer()
        return self.text(columns=writer.columns, plain=writer.plain)

    def __repr__(self) -> str:
        sizes = [self.layers[0].W.shape[1], *(len(layer.W) for layer in self.layers)]
        return f"BackpropRecord({'-'.join(map(str, sizes))}, L = {self.loss:.4f})"


@spelled
def backprop(
    model: Module,
    x: Any,
    y: Any,
    loss: Callable[[Any, Any], ag.Tensor],
    *,
    notation: str = "z-a",
    lang: str = "en",
) -> BackpropRecord:
    """Carry out one forward and one backward pass, and record every layer's part.

    Parameters
    ----------
    model : MLP or Sequential
        Linear layers, each followed by at most one activation.
    x : array_like, shape (in,) or (N, in)
        One example, or one a row.
    y : array_like
        Targets, as the loss takes them.
    loss : Loss or callable
        Called as ``loss(prediction, y)``; gives a scalar.
    notation : {"z-a", "u-o"}
        In which letters the record prints, those of the first note or of the second.
    lang : {"en", "es"}
        In which language it prints.

    Returns
    -------
    BackpropRecord
        δˡ = ∂L/∂zˡ and all other derivatives are those of the engine. Prints as the notes lay it out.

    Raises
    ------
    UsageError
        When the model is not made of Linear layers and activations, or the loss is no function.
    ShapeError
        When x does not fit the model; the message names the layer.
    ArgumentError
        When the notation or the language is not known.
    GradientError
        When the loss is no scalar.

    Examples
    --------
    >>> record = nn.backprop(*nn.worked_example())
    >>> record.layer(1).dW.round(4).tolist()
    [[-0.023, -0.046], [0.0115, 0.023], [0.0, 0.0]]
    """
    return recorded("nn.backprop", model, x, y, loss, notation=notation, lang=lang)


def recorded(
    owner: str, model: Module, x: Any, y: Any, loss: Any, *, notation: str = "z-a", lang: str = "en"
) -> BackpropRecord:
    """Return what `backprop` does; messages name the owner, whom the user called.

    Examples
    --------
    >>> recorded("nn.verify", *nn.worked_example()).loss.__round__(4)
    0.107
    """
    check_loss(loss)
    checked_notation(notation)
    checked_language(lang)
    seen = observed(model, x, y, loss, owner)
    parts = {each.name: getattr(seen, each.name) for each in fields(Pass)}
    return BackpropRecord(**parts, notation=notation, lang=lang)
