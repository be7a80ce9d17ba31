"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import matmul_left, matmul_right, product
from autograd_lite.primitives import primitive


def _samples(x: Any) -> Any:
    shapes = (
        ((2, 3), (3, 4)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((3,), (3,)),
        ((5, 2, 3), (5, 3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 2, 3), (3,)),
        ((3,), (5, 3, 4)),
        ((1, 2, 3), (5, 3, 1)),
        ((0, 3), (3, 2)),
    )
    return [((x(*a), x(*b)), {}) for a, b in shapes]


# d(A B) = dA B + A dB
matmul = primitive(
    product,
    answers_to=(np.matmul,),
    name="matmul",
    views=False,
    doc=np.matmul.__doc__,
    a=lambda g, like_a, b: matmul_left(g, like_a, b),
    b=lambda g, a, like_b: matmul_right(g, a, like_b),
    infix="@",
    samples=_samples,
    tex=(r"g\,b^{\mathsf T}", r"a^{\mathsf T}\,g"),
)
