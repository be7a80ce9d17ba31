"""Real data that come with the package."""

from nn.datasets.digits import Digits, load_digits

__all__ = ["Digits", "load_digits"]
