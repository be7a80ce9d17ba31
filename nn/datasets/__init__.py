"""Real data that come with the package."""

from typing import TYPE_CHECKING

from autograd_lite.errors import refusing
from nn.datasets.digits import Digits, load_digits

__all__ = ["Digits", "load_digits"]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:
    __getattr__ = refusing("nn.datasets", __all__)
