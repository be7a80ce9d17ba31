"""Real data that come with the package, problems made from a formula, and MNIST from files that a user has."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.errors import UnknownNameError
from nn.datasets.digits import Digits, load_digits
from nn.datasets.parts import Images, Points

if TYPE_CHECKING:
    from nn.datasets.hyperplane import make_regression as make_regression
    from nn.datasets.idx import load_idx as load_idx
    from nn.datasets.mnist import load_idx_pair as load_idx_pair
    from nn.datasets.mnist import load_mnist as load_mnist
    from nn.datasets.plane import make_circles as make_circles
    from nn.datasets.plane import make_moons as make_moons
    from nn.datasets.plane import make_spirals as make_spirals
    from nn.datasets.plane import make_xor as make_xor

# Imported on first use, so that the start is not slower for what most programs do not need.
_LAZY = {
    "load_idx": "nn.datasets.idx",
    "load_idx_pair": "nn.datasets.mnist",
    "load_mnist": "nn.datasets.mnist",
    "make_circles": "nn.datasets.plane",
    "make_moons": "nn.datasets.plane",
    "make_regression": "nn.datasets.hyperplane",
    "make_spirals": "nn.datasets.plane",
    "make_xor": "nn.datasets.plane",
}

__all__ = [
    "Digits",
    "Images",
    "Points",
    "load_digits",
    "load_idx",
    "load_idx_pair",
    "load_mnist",
    "make_circles",
    "make_moons",
    "make_regression",
    "make_spirals",
    "make_xor",
]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            value = globals()[name] = getattr(import_module(_LAZY[name]), name)
            return value
        raise UnknownNameError("nn.datasets", name, lambda: __all__, namespace="nn.datasets")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
