"""Initial weights: arrays of a shape, drawn from one Generator; with an underscore, drawn into a parameter.

Every one is called as ``init(shape, *, dtype=np.float64, rng=None)``. A weight has the shape (out, in, ...).
"""

from typing import TYPE_CHECKING

from autograd_lite.errors import refusing
from nn.init.choosing import INITIALIZERS as INITIALIZERS
from nn.init.choosing import Initializer as Initializer
from nn.init.choosing import initializer as initializer
from nn.init.fans import he_normal, he_uniform, lecun_normal, lecun_uniform, xavier_normal, xavier_uniform
from nn.init.filling import (
    constant_,
    he_normal_,
    he_uniform_,
    kaiming_normal_,
    kaiming_uniform_,
    lecun_normal_,
    lecun_uniform_,
    normal_,
    ones_,
    orthogonal_,
    trunc_normal_,
    truncated_normal_,
    uniform_,
    xavier_normal_,
    xavier_uniform_,
    zeros_,
)
from nn.init.gains import calculate_gain
from nn.init.gains import he_gain as he_gain
from nn.init.orthogonality import orthogonal
from nn.init.plain import constant, normal, ones, truncated_normal, uniform, zeros

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "he_normal",
    "he_normal_",
    "he_uniform",
    "he_uniform_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "lecun_normal",
    "lecun_normal_",
    "lecun_uniform",
    "lecun_uniform_",
    "normal",
    "normal_",
    "ones",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "trunc_normal_",
    "truncated_normal",
    "truncated_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros",
    "zeros_",
]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:
    __getattr__ = refusing("nn.init", __all__)
