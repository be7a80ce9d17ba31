"""The Kullback-Leibler divergence of a predicted distribution from the true one."""

from typing import Any

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn.functional.checks import REDUCTIONS, alike, check_reduction, reduced, refuse_empty

DIVERGENCE_REDUCTIONS = ("mean", "batchmean", "sum", "none")
# How far above 0 rounding may leave a log-probability, in any dtype.
ROUNDING = 1e-2


@spelled
def kl_div(prediction: Any, target: Any, reduction: str = "mean", *, log_target: bool = False) -> ag.Tensor:
    """The Kullback-Leibler divergence, L = Σ t (log t − x), so that ∂L/∂x = −t; 0 log 0 is 0.

    Parameters
    ----------
    prediction : array_like, any shape
        Log-probabilities x, as `log_softmax` gives them.
    target : array_like of the same shape
        Probabilities t, or with `log_target` their logarithms; becomes the prediction's dtype.
    reduction : {"mean", "batchmean", "sum", "none"}
        "batchmean" divides the sum by the number of examples, which is the divergence; "mean" by the number of
        elements, as in PyTorch; "none" gives one summand an element.
    log_target : bool
        Whether the target is given as logarithms.

    Returns
    -------
    Tensor
        A scalar, or with "none" of the prediction's shape.

    Raises
    ------
    ShapeError
        When the shapes differ, or the mean of nothing is asked for.
    DtypeError
        When the data are complex or no numbers.
    ArgumentError
        When x is no log-probability, t no probability, or the reduction is not known.

    References
    ----------
    S. Kullback, R. A. Leibler: On information and sufficiency. Annals of Mathematical Statistics 22 (1951).

    Examples
    --------
    >>> x = ag.log_softmax(np.zeros((1, 4)))
    >>> nn.functional.kl_div(x, [[0.25, 0.25, 0.5, 0.0]], "batchmean").item().__round__(4)
    0.3466
    """
    check_reduction(reduction, DIVERGENCE_REDUCTIONS)
    x, t = alike(prediction, target)
    check_log_probabilities("KLDivLoss", x)
    if log_target:
        losses: ag.Tensor = ag.kl_divergence_of_logs(x, t)
    else:
        _check_probabilities(t)
        losses = ag.kl_divergence(x, t)
    if reduction in REDUCTIONS:
        return reduced(losses, reduction)
    refuse_empty(losses)
    divergence: ag.Tensor = losses.sum() * (1 / (len(losses) if losses.ndim else 1))
    return divergence


def check_log_probabilities(title: str, x: ag.Tensor) -> None:
    """Raise ArgumentError when logarithms of probabilities are above 0; a NaN passes, to be seen in the loss."""
    values = x.numpy()
    if values.size and values.max() > ROUNDING:
        raise ArgumentError(
            f"{title} takes log-probabilities, none of them above 0; got values from {values.min():.4g} "
            f"to {values.max():.4g}.",
            "Pass ag.log_softmax(logits), or the logits themselves to nn.CrossEntropyLoss().",
        )


def _check_probabilities(t: ag.Tensor) -> None:
    values = t.numpy()
    if values.size and not values.min() >= 0:
        raise ArgumentError(
            f"The target is made of probabilities; got values from {values.min():.4g} to {values.max():.4g}.",
            "Write log_target=True if they are logarithms.",
        )
