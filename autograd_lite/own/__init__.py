"""Operations of the user's own, declared as those of the table are: a function on arrays, and a rule an operand."""

from autograd_lite.own.declaration import primitive

__all__ = ["primitive"]
