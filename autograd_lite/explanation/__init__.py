"""The backward pass in words, numbers and formulas: one operation after another, from the result to the leaves."""

from autograd_lite.explanation.result import Explanation
from autograd_lite.explanation.steps import Contribution, Incoming, Source, Step
from autograd_lite.explanation.walkthrough import explain

__all__ = ["Contribution", "Explanation", "Incoming", "Source", "Step", "explain"]
