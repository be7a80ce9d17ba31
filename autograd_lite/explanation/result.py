"""What `ag.explain` returns: the backward pass as data, and as text, as a page of a notebook and in LaTeX."""

from __future__ import annotations

from html import escape
from typing import TextIO

from autograd_lite.explanation.latex import as_latex
from autograd_lite.explanation.page import as_page
from autograd_lite.explanation.steps import BackwardPass
from autograd_lite.explanation.text import as_text
from autograd_lite.writing import Writer


class Explanation(BackwardPass):
    """A backward pass, operation by operation, that can be printed, shown in a notebook or put into a paper.

    Examples
    --------
    >>> w = ag.tensor([1.0, 2.0], name="w", requires_grad=True)
    >>> told = ag.explain((w * w).sum())
    >>> [step.operation for step in told.steps]
    ['sum', 'multiply']
    >>> str(told.steps[1].outgoing[0].formula)
    '∂L/∂v1 ⊙ w'
    >>> told.leaves[0].value.tolist()
    [2.0, 4.0]
    """

    def text(self, *, columns: int = 100, plain: bool = False) -> str:
        """Return the explanation as text.

        Parameters
        ----------
        columns : int
            Longer lines are broken before a sign.
        plain : bool
            Spell everything in ASCII: dL/dW2 for ∂L/∂W².

        Examples
        --------
        >>> x = ag.tensor(0.0, name="x", requires_grad=True)
        >>> print(ag.explain(ag.tanh(x)).text(plain=True).splitlines()[4])
             dL/dx += dL/dL * (1 - L^2) = 1.0000
        """
        return as_text(self, columns=columns, plain=plain)

    def write(self, stream: TextIO | None = None) -> None:
        """Write the text to a stream, as wide and in the spelling that it can take; by default to standard output."""
        writer = Writer(stream)
        writer.write(self.text(columns=writer.columns, plain=writer.plain))

    def to_latex(self, standalone: bool = False) -> str:
        """Return the explanation in LaTeX that needs amsmath only, in ASCII.

        Parameters
        ----------
        standalone : bool
            Give a whole document rather than a part of one.

        Examples
        --------
        >>> x = ag.tensor(0.0, name="x", requires_grad=True)
        >>> print(ag.explain(ag.tanh(x)).to_latex().splitlines()[5])
        \\frac{\\partial L}{\\partial x} & \\mathrel{+}= \\frac{\\partial L}{\\partial L} \\cdot (1 - L^2) = 1.0000
        """
        return as_latex(self, standalone=standalone)

    def __str__(self) -> str:
        writer = Writer()
        return self.text(columns=writer.columns, plain=writer.plain)

    def __repr__(self) -> str:
        count = len(self.steps) + self.left_out
        return f"<Explanation of {self.result}: {count} operation{'s' if count != 1 else ''}>"

    def _repr_html_(self) -> str:
        """Show the explanation in a notebook; whatever happens, no error."""
        try:
            return as_page(self)
        except Exception as error:
            return f"<pre>Explanation: {escape(str(error))}</pre>"
