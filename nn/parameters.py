"""Parameter and Buffer: the Tensors that belong to a model, those that training changes and those that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import autograd_lite as ag
from autograd_lite.rerunning import Checkpointed
from autograd_lite.spelling import spelled


class Parameter(ag.Tensor):
    """A Tensor that training changes: a Module counts it among its parameters.

    Parameters
    ----------
    data : array_like
        Floating or complex numbers of any shape; copied.
    dtype : dtype, optional
        By default that of the data.
    requires_grad : bool
        False freezes it: it stays a parameter, but no gradient is computed.
    name : str, optional
        A name for pictures and messages.

    Raises
    ------
    DtypeError
        When the data are integers or no numbers.

    Examples
    --------
    >>> nn.Parameter([0.5, -0.5], name="w")
    tensor([ 0.5, -0.5], name='w', requires_grad=True)
    """

    __slots__ = ()

    @spelled
    def __init__(self, data: Any, *, dtype: Any = None, requires_grad: bool = True, name: str | None = None) -> None:
        super().__init__(data, dtype=dtype, requires_grad=requires_grad, name=name)

    def zero_grad(self) -> None:
        """Forget the gradient; a frozen parameter has none."""
        self.grad = None


class Buffer(ag.Tensor):
    """A Tensor that belongs to a model and is not trained, such as a running mean: saved, copied and converted with it.

    Parameters
    ----------
    data : array_like
        Numbers of any kind and shape; copied.
    persistent : bool
        Whether it is part of `Module.state_dict`.
    dtype : dtype, optional
        By default that of the data.
    name : str, optional
        A name for pictures and messages.

    Raises
    ------
    DtypeError
        When the data are no numbers.

    Examples
    --------
    >>> class Centred(nn.Module):
    ...     def __init__(self, size):
    ...         self.mean = nn.Buffer(np.zeros(size))
    ...
    ...     def forward(self, x):
    ...         return x - self.mean
    >>> model = Centred(2)
    >>> model.mean[...] = [1.0, 2.0]
    >>> model.state_dict()
    {'mean': array([1., 2.])}
    >>> list(model.parameters())
    []
    """

    __slots__ = ("persistent",)

    @spelled
    def __init__(self, data: Any, *, persistent: bool = True, dtype: Any = None, name: str | None = None) -> None:
        super().__init__(data, dtype=dtype, name=name)
        self.persistent = bool(persistent)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "persistent": self.persistent}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.persistent = state["persistent"]


def inside(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value with its name, or what lies in it if it is a list, a tuple or a dict, with longer names.

    A checkpointed layer counts as the layer itself.
    """
    if isinstance(value, Checkpointed):
        value = value.__wrapped__
    if isinstance(value, (list, tuple)):
        for position, each in enumerate(value):
            yield from inside(joined(name, str(position)), each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from inside(joined(name, str(key)), each)
    else:
        yield name, value


def joined(path: str, name: str) -> str:
    """Return the path of what has a name in the module at a path."""
    return f"{path}.{name}" if path else name
