"""The activations that take more than the engine's operation: a learnt slope a channel, a scaled softplus."""

import math
from typing import Any

import autograd_lite as ag
from autograd_lite.errors import ShapeError
from autograd_lite.spelling import spelled
from nn.arguments import as_tensor, number_between, positive_number


@spelled
def prelu(x: Any, weight: Any) -> ag.Tensor:
    """x where x > 0, and w x where x ≤ 0, with one slope w for all, or one for each channel.

    Parameters
    ----------
    x : array_like, any shape
        Channels lie on axis 1: (N, C), (N, C, H, W).
    weight : array_like, shape (1,) or (C,)

    Raises
    ------
    ShapeError
        When there is not one slope a channel.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun: Delving deep into rectifiers. ICCV 2015, equation 1.

    Examples
    --------
    >>> nn.functional.prelu([[-2.0, -2.0]], [0.25, 0.5])
    tensor([[-0.5, -1. ]])
    """
    z = as_tensor(x)
    w = as_tensor(weight, z.dtype)
    channels = z.shape[1] if z.ndim > 1 else 1
    if w.shape not in ((), (1,), (channels,)):
        raise ShapeError(
            f"PReLU has slopes of shape {w.shape} for x of shape {z.shape}, expected (1,) or ({channels},).",
            "Give one slope for all, or one a channel; channels lie on axis 1: nn.PReLU(num_parameters=C).",
        )
    slopes = w.reshape((w.size,) + (1,) * (z.ndim - 2)) if w.size > 1 else w.reshape(())
    a: ag.Tensor = ag.prelu(z, slopes)
    return a


@spelled
def softplus(x: Any, beta: float = 1.0, threshold: float | None = None) -> Any:
    """log(1 + e^(β x))/β, a ReLU without a corner, whose slope is the sigmoid of β x; the larger β, the sharper.

    Parameters
    ----------
    x : array_like, any shape
    beta : float
        β, positive.
    threshold : float, optional
        Where β x is larger the result is x itself. It is not needed, since nothing overflows; PyTorch's is 20, which
        is off by up to 2e-9.

    Raises
    ------
    ArgumentError, UsageError
        When β is no positive number, or the threshold no number.

    References
    ----------
    C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia: Incorporating second-order functional knowledge for better
    option pricing. NIPS 2000.

    Examples
    --------
    >>> nn.functional.softplus(np.array([-1000.0, 0.0, 1000.0])).round(4).tolist()
    [0.0, 0.6931, 1000.0]
    """
    given = threshold is not None
    bound = number_between("threshold", threshold, -math.inf, example=20.0) if given else None
    if beta == 1:
        return ag.softplus(x, bound)
    β = positive_number("beta", beta, example=1.0)
    return ag.softplus(as_tensor(x) * β, bound) * (1 / β)
