"""What the tests of memory share: a leaf, and a reference that does not keep its array alive."""

import weakref

import autograd_lite as ag


def leaf(data: object) -> ag.Tensor:
    return ag.tensor(data, dtype=float, requires_grad=True)


def memory_of(tensor: ag.Tensor) -> weakref.ref:
    """Return a weak reference to a tensor's own array."""
    return weakref.ref(tensor.numpy().base)
