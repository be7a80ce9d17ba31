"""BatchNorm1d, BatchNorm2d and LayerNorm: what passes is brought to mean 0 and variance 1, then scaled.

The gradient flows through mean and variance, which are functions of the batch or of the example.
"""

import math
from typing import Any, ClassVar

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError
from nn.arguments import as_tensor, number_between, parameter_dtype, positive_integer
from nn.module import Buffer, Module, Parameter, misfit

_FEATURES = "Give the number of features, nn.{}(8), for example."


class BatchNormalization(Module):
    """The base of BatchNorm1d and BatchNorm2d: statistics of the batch in training, running ones in evaluation."""

    forms: ClassVar[tuple[str, ...]]
    # The class for other numbers of axes, and these.
    other: ClassVar[tuple[str, tuple[int, ...]]]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: Any = np.float64,
    ) -> None:
        self.num_features = positive_integer("num_features", num_features, _FEATURES.format(type(self).__name__))
        self.eps = number_between("eps", eps, 0.0, example=1e-5)
        if momentum is not None and number_between("momentum", momentum, 0.0, example=0.1) > 1:
            raise ArgumentError(
                f"momentum must be from 0 to 1, got {momentum!r}.",
                "It is the new batch's share; PyTorch's 0.1 is 0.9 elsewhere. None is the mean over all batches.",
            )
        self.momentum = momentum
        self.affine = bool(affine)
        self.track_running_stats = bool(track_running_stats)
        dtype, one_each = _real(type(self).__name__, dtype), (self.num_features,)
        self.weight = Parameter(np.ones(one_each, dtype)) if affine else None
        self.bias = Parameter(np.zeros(one_each, dtype)) if affine else None
        self.running_mean = Buffer(np.zeros(one_each, dtype)) if track_running_stats else None
        self.running_var = Buffer(np.ones(one_each, dtype)) if track_running_stats else None
        self.num_batches_tracked = Buffer(0) if track_running_stats else None

    def reset_running_stats(self) -> None:
        """Forget the batches seen: mean 0, variance 1."""
        for buffer, start in ((self.running_mean, 0.0), (self.running_var, 1.0), (self.num_batches_tracked, 0)):
            if buffer is not None:
                buffer[...] = start

    def forward(self, x: Any) -> ag.Tensor:
        held = self.weight if self.weight is not None else self.running_mean
        x = as_tensor(x, None if held is None else held.dtype, name="x")
        self._check(x.shape)
        # An empty batch has no statistics.
        if x.size and (self.training or self.running_mean is None):
            self._learn(x)
            z: ag.Tensor = ag.batch_norm(x, self.weight, self.bias, eps=self.eps)
            return z
        mean, variance = self.running_mean, self.running_var
        if mean is None or variance is None:
            mean, variance = Buffer(np.zeros(self.num_features, x.dtype)), Buffer(np.ones(self.num_features, x.dtype))
        z = ag.fixed_batch_norm(x, mean, variance, self.weight, self.bias, eps=self.eps)
        return z

    def _learn(self, x: ag.Tensor) -> None:
        """Take the batch into the running statistics, if it has a variance."""
        count = x.size // self.num_features
        if count == 1:
            raise misfit(
                self,
                f"expects more than 1 value per channel in training, got {x.shape}.",
                "Give larger batches (drop_last=True leaves out a last batch of one), or call model.eval() to predict.",
            )
        if self.training and self.track_running_stats:
            self._track(x.numpy())

    def _track(self, x: Any) -> None:
        """Move the running statistics towards those of the batch, its variance the unbiased one."""
        assert self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None
        self.num_batches_tracked[...] = seen = int(self.num_batches_tracked.item()) + 1
        share = 1 / seen if self.momentum is None else self.momentum
        axes = (0, *range(2, x.ndim))
        for running, now in ((self.running_mean, x.mean(axes)), (self.running_var, x.var(axes, ddof=1))):
            running[...] = (1 - share) * running.numpy() + share * now

    def _check(self, shape: tuple[int, ...]) -> None:
        features, numbers = self.num_features, [form.count(",") + 1 for form in self.forms]
        wanted = " or ".join(form.replace("C", str(features)) for form in self.forms)
        if len(shape) not in numbers:
            one = len(shape) + 1 in numbers and shape[:1] == (features,)
            mend = "Pass x[None]: a batch of one, in evaluation." if one else f"Pass x of shape {wanted}."
            name, axes = self.other
            if not one and len(shape) in axes and shape[1] == features:
                mend = f"Write nn.{name}({features}), which takes {'images' if len(shape) == 4 else 'such x'}."
            raise misfit(self, f"expects {wanted}, got {shape}.", mend)
        if shape[1] == features:
            return
        mend = f"Make the layer for {shape[1]} channels, or let the one before give {features}."
        if shape[-1] == features:
            order = ", ".join(map(str, (0, len(shape) - 1, *range(1, len(shape) - 1))))
            mend = f"Pass x.transpose({order}): the channels come second, here they are last."
        raise misfit(self, f"expects {wanted}, got {shape}.", mend)

    def title(self) -> str:
        parts = [str(self.num_features)]
        for name, usual in (("eps", 1e-5), ("momentum", 0.1), ("affine", True), ("track_running_stats", True)):
            parts += [f"{name}={getattr(self, name)!r}"] if getattr(self, name) != usual else []
        return f"{type(self).__name__}({', '.join(parts)})"


class BatchNorm1d(BatchNormalization):
    """z = (x − μ)/σ · weight + bias for each feature, or for each channel of signals; σ² = variance + eps.

    In training μ and the variance are those of the batch, the gradient flows through them, and they move the running
    statistics; in evaluation (`Module.eval`) the running statistics take their place. An empty batch moves nothing.

    Parameters
    ----------
    num_features : int
        C.
    eps : float
        Keeps the division from exploding where a channel is constant.
    momentum : float or None
        The share of a new batch in the running statistics: running ← (1 − momentum) running + momentum · batch.
        None gives all batches the same share.
    affine : bool
        Learn weight and bias, which start at 1 and 0.
    track_running_stats : bool
        Without running statistics, evaluation normalises by the batch as well.
    dtype : dtype
        Of the parameters and the running statistics.

    Attributes
    ----------
    weight, bias : Parameter, shape (num_features,), or None
    running_mean, running_var : Buffer, shape (num_features,), or None
        The variance is the unbiased one, with N − 1.
    num_batches_tracked : Buffer, an integer, or None
        How many batches moved them.

    Shapes
    ------
    x : (N, C) or (N, C, L)
    z : the same

    Raises
    ------
    ShapeError
        When called with another number of channels, or in training with one value per channel.
    DtypeError
        When x is no array of real numbers, or made with a dtype that is not real.
    ArgumentError, UsageError
        When made with impossible numbers.

    References
    ----------
    S. Ioffe, C. Szegedy: Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
    Shift. ICML 2015.

    Examples
    --------
    >>> layer = nn.BatchNorm1d(2, eps=0.0)
    >>> layer([[1.0, 10.0], [3.0, 30.0]])
    tensor([[-1., -1.],
            [ 1.,  1.]], requires_grad=True)
    >>> layer.running_mean
    tensor([0.2, 2. ])
    """

    forms = ("(N, C)", "(N, C, L)")
    other = ("BatchNorm2d", (4,))


class BatchNorm2d(BatchNormalization):
    """z = (x − μ)/σ · weight + bias for each channel of images; σ² = variance + eps.

    Mean and variance are over the batch and all pixels. Parameters, attributes, errors and source are those of
    `BatchNorm1d`.

    Shapes
    ------
    x : (N, C, H, W)
    z : the same

    Examples
    --------
    >>> nn.BatchNorm2d(8)(np.ones((5, 8, 6, 6))).shape
    (5, 8, 6, 6)
    """

    forms = ("(N, C, H, W)",)
    other = ("BatchNorm1d", (2, 3))


class LayerNorm(Module):
    """z = (x − μ)/σ · weight + bias, with μ and σ² = variance + eps of each example by itself.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The lengths of the last axes of x, over which mean and variance are taken.
    eps : float
        Keeps the division from exploding where all features are equal.
    elementwise_affine : bool
        Learn weight and bias, which start at 1 and 0.
    bias : bool
        False leaves out the bias alone.
    dtype : dtype
        Of the parameters.

    Attributes
    ----------
    weight, bias : Parameter, shape normalized_shape, or None

    Shapes
    ------
    x : (..., *normalized_shape)
    z : the same

    Raises
    ------
    ShapeError
        When called with an x that does not end in `normalized_shape`.
    DtypeError
        When x is no array of real numbers, or made with a dtype that is not real.
    ArgumentError, UsageError
        When made with impossible numbers.

    References
    ----------
    J. L. Ba, J. R. Kiros, G. E. Hinton: Layer Normalization. 2016.

    Examples
    --------
    >>> nn.LayerNorm(3, eps=0.0)([1.0, 2.0, 3.0]).numpy().round(4)
    array([-1.2247,  0.    ,  1.2247])
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: Any = np.float64,
    ) -> None:
        lengths = normalized_shape if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
        if not lengths:
            raise ShapeError("LayerNorm got no axes: normalized_shape is ().", _FEATURES.format("LayerNorm"))
        self.normalized_shape = tuple(
            positive_integer("normalized_shape", each, _FEATURES.format("LayerNorm")) for each in lengths
        )
        self.eps = number_between("eps", eps, 0.0, example=1e-5)
        self.elementwise_affine = bool(elementwise_affine)
        real = _real("LayerNorm", dtype)
        self.weight = Parameter(np.ones(self.normalized_shape, real)) if elementwise_affine else None
        biased = elementwise_affine and bias
        self.bias = Parameter(np.zeros(self.normalized_shape, real)) if biased else None

    def forward(self, x: Any) -> ag.Tensor:
        x = as_tensor(x, None if self.weight is None else self.weight.dtype, name="x")
        self._check(x.shape)
        z: ag.Tensor = ag.layer_norm(x, self.weight, self.bias, normalized_shape=self.normalized_shape, eps=self.eps)
        return z

    def _check(self, shape: tuple[int, ...]) -> None:
        lengths = self.normalized_shape
        if shape[-len(lengths) :] == lengths:
            return
        expected = f"(..., {', '.join(map(str, lengths))})"
        mend = f"Make the layer for the last {'axis' if len(lengths) == 1 else 'axes'}: "
        mend += f"LayerNorm({shape[-1] if len(lengths) == 1 and shape else shape[-len(lengths) :]})."
        if math.prod(shape[1:]) == math.prod(lengths):
            mend = f"Pass x.reshape(-1, {', '.join(map(str, lengths))})."
        raise misfit(self, f"expects {expected}, got {shape}.", mend)

    def title(self) -> str:
        lengths = self.normalized_shape
        parts = [str(lengths[0] if len(lengths) == 1 else lengths)]
        parts += [f"eps={self.eps!r}"] if self.eps != 1e-5 else []
        parts += ["elementwise_affine=False"] if not self.elementwise_affine else []
        parts += ["bias=False"] if self.elementwise_affine and self.bias is None else []
        return f"LayerNorm({', '.join(parts)})"


def _real(layer: str, dtype: Any) -> np.dtype[Any]:
    known = parameter_dtype(dtype)
    if known.kind != "f":
        raise DtypeError(f"{layer} normalises real numbers, got dtype {known}.", "Write dtype=np.float64, for example.")
    return known
