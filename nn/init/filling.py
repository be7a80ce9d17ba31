"""PyTorch's way to initialise: the same draws, written into a parameter that there is already.

Each function below is that of the name without the underscore, with the parameter in the place of the shape.
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import autograd_lite as ag
from autograd_lite.errors import UsageError
from autograd_lite.spelling import spelled
from nn.init.fans import he_normal, he_uniform, lecun_normal, lecun_uniform, xavier_normal, xavier_uniform
from nn.init.gains import calculate_gain
from nn.init.orthogonality import orthogonal
from nn.init.plain import constant, normal, ones, truncated_normal, uniform, zeros
from nn.random import Rng

Filler = Callable[..., ag.Tensor]


def _filling(draw: Callable[..., Any]) -> Filler:
    """Return the function that writes what `draw` gives into a parameter."""
    name = f"{draw.__name__}_"

    @wraps(draw)
    def fill(parameter: ag.Tensor, *args: Any, **options: Any) -> ag.Tensor:
        _check(name, parameter)
        parameter.data = draw(parameter.shape, *args, dtype=parameter.dtype, **options)
        return parameter

    first, *others = signature(draw).parameters.values()
    kept = [each for each in others if each.name != "dtype"]
    taken = first.replace(name="parameter", annotation=ag.Tensor)
    vars(fill)["__signature__"] = signature(draw).replace(parameters=[taken, *kept], return_annotation=ag.Tensor)
    fill.__name__ = fill.__qualname__ = name
    fill.__doc__ = f"""Write what `nn.init.{draw.__name__}` gives into a parameter, and return it.

    Shape and dtype are the parameter's; no gradient is recorded. Options are those of `nn.init.{draw.__name__}`.

    Examples
    --------
    >>> layer = nn.Linear(2, 3)
    >>> nn.init.{name}(layer.weight{", 0.5" if draw is constant else ""}) is layer.weight
    True
    """
    fill.__module__ = __name__
    del vars(fill)["__wrapped__"]
    return spelled(fill)


zeros_ = _filling(zeros)
ones_ = _filling(ones)
constant_ = _filling(constant)
normal_ = _filling(normal)
uniform_ = _filling(uniform)
truncated_normal_ = _filling(truncated_normal)
trunc_normal_ = truncated_normal_
xavier_uniform_ = _filling(xavier_uniform)
xavier_normal_ = _filling(xavier_normal)
he_uniform_ = _filling(he_uniform)
he_normal_ = _filling(he_normal)
lecun_uniform_ = _filling(lecun_uniform)
lecun_normal_ = _filling(lecun_normal)
orthogonal_ = _filling(orthogonal)


@spelled
def kaiming_uniform_(
    parameter: ag.Tensor, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, rng: Rng = None
) -> ag.Tensor:
    """Write what `he_uniform` gives into a parameter, with PyTorch's arguments: a is the slope of leaky ReLU.

    Examples
    --------
    >>> layer = nn.Linear(2, 3)
    >>> nn.init.kaiming_uniform_(layer.weight, a=5**0.5, rng=0) is layer.weight
    True
    """
    return he_uniform_(parameter, gain=_gain(a, nonlinearity), mode=mode, rng=rng)


@spelled
def kaiming_normal_(
    parameter: ag.Tensor, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *, rng: Rng = None
) -> ag.Tensor:
    """Write what `he_normal` gives into a parameter, as `kaiming_uniform_` does.

    Examples
    --------
    >>> layer = nn.Linear(2, 3)
    >>> nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", rng=0) is layer.weight
    True
    """
    return he_normal_(parameter, gain=_gain(a, nonlinearity), mode=mode, rng=rng)


def _gain(a: float, nonlinearity: str) -> float:
    return calculate_gain(nonlinearity, a if nonlinearity == "leaky_relu" else None)


def _check(name: str, parameter: Any) -> None:
    if isinstance(parameter, ag.Tensor) and parameter.is_leaf:
        return
    got = "a computed Tensor" if isinstance(parameter, ag.Tensor) else type(parameter).__name__
    raise UsageError(
        f"nn.init.{name} writes into a parameter, got {got}.",
        f"Pass layer.weight; nn.init.{name.removesuffix('_')}(shape) gives a new array.",
    )
