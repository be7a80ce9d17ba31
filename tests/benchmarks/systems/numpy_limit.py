"""The limit: the best hand-written NumPy, without automatic differentiation."""

import numpy as np

from tests.benchmarks.limit.convolution import convolution
from tests.benchmarks.limit.elementwise import elementwise
from tests.benchmarks.limit.small import chain, expression, hessian_vector_product
from tests.benchmarks.limit.training import train

VERSION = f"NumPy {np.__version__}"

__all__ = ["VERSION", "chain", "convolution", "elementwise", "expression", "hessian_vector_product", "train"]
