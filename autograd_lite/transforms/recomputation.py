"""Checkpoints: memory is saved by computing parts of the forward pass again on the way back."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any

from autograd_lite.errors import UsageError
from autograd_lite.graph import current_mode
from autograd_lite.spelling import spelled
from autograd_lite.transforms.checkpointed import Checkpointed, is_in_full
from autograd_lite.transforms.rerun import Rerun


@spelled
def checkpoint(f: Callable[..., Any], *others: Any) -> Checkpointed:
    """Return f as a function whose graph is thrown away after the forward pass, and made again on the way back.

    Of a call only the arguments and results are kept, not what f computes in between. backward() runs f a second time
    when it comes to it: a third of the time more for memory that no longer grows with what f computes.

    Parameters
    ----------
    f : callable
        Takes and returns Tensors, alone or in nested tuples, lists and dicts, and anything else. Gradients reach the
        arguments, and the Tensors that it closes over, the parameters of a module for example. As a decorator it may
        stand above a method: a Module's ``forward``.

    Returns
    -------
    callable
        Called as f is. Inside `no_grad` it is f as it stands.

    Raises
    ------
    UsageError
        When f is no function, or one whose body runs only later: a generator or a coroutine.
    GradientError
        When f writes into its arguments; on the way back, when it gives another number of results than before, or
        other shapes, dtypes or values.
    StaleValueError
        On the way back, when something that f read has been overwritten.

    Notes
    -----
    A chain of n layers in blocks of √n holds √n results between blocks and, on the way back, the √n layers of one
    block: O(√n) memory for one more forward pass [1]_ [2]_. Checkpoints may be nested: a chain cut in two halves, each
    of which is cut in two again, holds O(log n) for O(log n) forward passes. A Module may hold checkpointed layers,
    ``self.blocks = [ag.checkpoint(block) for block in blocks]``: their parameters are its own.

    Random numbers are drawn again: those of layers, of NumPy's own functions, and of Generators that are arguments of
    f, or that it closes over. Tensors that f writes into besides, running statistics for example, are left as the
    forward pass left them, values and history; one whose old values are part of f's result cannot be computed again,
    and backward() says so. Whatever else f does happens twice. A leaf that it makes and throws away gets no `.grad`.

    References
    ----------
    .. [1] A. Griewank, A. Walther: Algorithm 799: revolve: an implementation of checkpointing for the reverse or
       adjoint mode of computational differentiation. ACM Transactions on Mathematical Software 26(1), 2000.
    .. [2] T. Chen, B. Xu, C. Zhang, C. Guestrin: Training deep nets with sublinear memory cost. arXiv:1604.06174, 2016.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> w = ag.tensor([0.5, -1.0], requires_grad=True)
    >>> def block(x):
    ...     return np.tanh(w * x) + x
    >>> x = ag.tensor([1.0, 2.0], requires_grad=True)
    >>> ag.checkpoint(block)(x).sum().backward()
    >>> w.grad.numpy().round(4), x.grad.numpy().round(4)
    (array([0.7864, 0.1413]), array([1.3932, 0.9293]))

    A chain of 1,000 layers in blocks of 32:

    >>> def layers(x, count):
    ...     for _ in range(count):
    ...         x = np.sin(x)
    ...     return x
    >>> y = x
    >>> for start in range(0, 1000, 32):
    ...     y = ag.checkpoint(layers)(y, min(32, 1000 - start))
    >>> plain = layers(x, 1000)
    >>> ag.gradients(y.sum(), x)[0].tolist() == ag.gradients(plain.sum(), x)[0].tolist()
    True
    """
    if others:
        raise UsageError(
            f"checkpoint() takes a function alone, got {len(others) + 1} arguments.",
            "It returns a function, to be called with the arguments: ag.checkpoint(f)(x).",
        )
    if not callable(f):
        raise UsageError(
            f"checkpoint() takes a function, got {type(f).__name__}.", "Write ag.checkpoint(f)(x), and not f(x) inside."
        )
    if isgeneratorfunction(f) or iscoroutinefunction(f) or isasyncgenfunction(f):
        raise UsageError(
            f"checkpoint: the body of {f.__name__}() runs only later: it is a generator or coroutine.",
            "Give a function that returns its results.",
        )
    return Checkpointed(f, _called)


def _called(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if not current_mode.get().recording or is_in_full():
        return function(*args, **kwargs)
    return Rerun(function, args, kwargs).first(args, kwargs)
