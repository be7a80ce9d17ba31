"""Module: a model is an object; it computes in `forward`, and what its attributes hold is what it consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, UnknownNameError, UsageError
from autograd_lite.spelling import spelled
from nn.assignment import as_buffer, check_class, check_found, check_parameter_stays, check_spelling, check_trained
from nn.calling import refuse_call, returned_nothing
from nn.conversion import converted, dtype_wanted
from nn.habits import HABITS
from nn.holder import KINDS, Holder
from nn.hooks import Hooked
from nn.misfits import locate, misfit
from nn.parameters import Buffer, Parameter
from nn.state import IncompatibleKeys, compared

if TYPE_CHECKING:
    from nn.summary_table import Summary

__all__ = ["Buffer", "Module", "Parameter", "locate", "misfit"]


class Module(Hooked, Holder["Module"]):
    """The base of layers, losses and models.

    A subclass makes its Parameters and Modules in ``__init__`` and computes in ``forward``; calling the module runs
    ``forward``. What it holds is found in its attributes and in lists, tuples and dicts among them, in the order in
    which they were assigned. A Parameter held in two places is one parameter.

    Attributes
    ----------
    training : bool
        Whether the module is being trained; `train` and `eval` switch it.

    Examples
    --------
    >>> class Classifier(nn.Module):
    ...     def __init__(self, features, classes):
    ...         self.layers = [nn.Linear(features, 8), nn.Linear(8, classes)]
    ...
    ...     def forward(self, x):
    ...         return self.layers[1](np.tanh(self.layers[0](x)))
    >>> model = Classifier(2, 3)
    >>> [name for name, _ in model.named_parameters()]
    ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias']
    >>> model(np.ones((5, 2))).shape
    (5, 3)
    """

    training: bool = True
    _noun = "model"  # in messages

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        check_class(cls, KINDS)
        if "__init__" in vars(cls):
            spelled(cls)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the module's result; every subclass defines it."""
        raise UsageError(
            f"{type(self).__name__} has no forward method.", "Write `def forward(self, x): ...` in the class."
        )

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        try:
            if self._forward_hooks is None:
                result = self.forward(*inputs, **options)
            else:
                result = self._forward_hooks.around(self.forward, self, inputs, options)
        except AutogradError as error:
            locate(error, self, inputs)
            raise
        except TypeError:
            refuse_call(self, inputs, options)
            raise
        if result is None:
            raise returned_nothing(self)
        return result

    def __setattr__(self, name: str, value: Any) -> None:
        held = vars(self).get(name)
        if isinstance(held, Parameter):
            check_parameter_stays(type(self).__name__, name, held, value)
        elif isinstance(held, Buffer):
            value = as_buffer(type(self).__name__, name, held, value)
        if isinstance(value, (np.ndarray, ag.Tensor)) and not isinstance(value, (Parameter, Buffer)):
            if name not in vars(self) and not hasattr(type(self), name):
                check_spelling(type(self).__name__, name, value, vars(self))
            check_trained(type(self).__name__, name, value)
        check_found(type(self).__name__, name, value, KINDS)
        if name in _METHODS:
            raise UsageError(
                f"{type(self).__name__}.{name} = ... would hide the method {name}() of every Module.",
                f"Choose another name, self.{name}_ for example.",
            )
        super().__setattr__(name, value)

    # Kept from type checkers, which find unknown names by themselves.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if hasattr(type(self), name):  # a property that failed: its own error says why
                return object.__getattribute__(self, name)
            if name in HABITS:
                raise UnknownNameError(type(self).__name__, name, mend=HABITS[name])
            raise UnknownNameError(type(self).__name__, name, lambda: _public_names(self), namespace="model")

    @spelled
    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Make values an attribute that belongs to the model and is not trained: ``self.name = nn.Buffer(tensor)``.

        Parameters
        ----------
        name : str
        tensor : array_like or None
            Copied; None for a buffer that there is not.
        persistent : bool
            Whether it is part of `state_dict`.

        Raises
        ------
        ArgumentError
            When the name cannot be that of a new attribute.
        """
        if not isinstance(name, str) or not name.isidentifier() or (hasattr(self, name) and name not in vars(self)):
            raise ArgumentError(
                f"{type(self).__name__} cannot have a buffer of the name {name!r}.",
                "Choose a name that an attribute can have and no method has: 'running_mean'.",
            )
        setattr(self, name, None if tensor is None else Buffer(tensor, persistent=persistent))

    @spelled
    def train(self, mode: bool = True) -> Self:
        """Switch this module and all below it to training (or, with False, to evaluation); return it."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Switch this module and all below it to evaluation; return it."""
        return self.train(False)

    @spelled
    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call a function with each module below this one and then with this one; return it.

        Examples
        --------
        >>> def start_at_zero(module):
        ...     if isinstance(module, nn.Linear):
        ...         module.weight.data[...] = 0.0
        >>> nn.Sequential(nn.Linear(2, 1), nn.ReLU()).apply(start_at_zero)[0].weight
        tensor([[0., 0.]], requires_grad=True)
        """
        for module in self._inner_first():
            fn(module)
        return self

    @spelled
    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let all parameters be trained, or with False frozen; return the model."""
        for each in self.parameters():
            each.requires_grad = requires_grad
        return self

    @spelled
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters; they become None, whatever is asked for."""
        for each in self.parameters():
            each.grad = None

    @spelled
    def to(self, dtype: Any) -> Self:
        """Convert all floating and complex parameters and buffers to a dtype; return the model.

        They are converted where they stand: optimizers and others that hold them go on holding them.

        Parameters
        ----------
        dtype : dtype
            Floating or complex: np.float32.

        Raises
        ------
        DtypeError
            When it is another, or a complex tensor would have to become real.
        UsageError
            When it is a device.

        Examples
        --------
        >>> model = nn.MLP([2, 3, 1]).to(np.float32)
        >>> model([1.0, 2.0]).dtype
        dtype('float32')
        """
        wanted = dtype_wanted(type(self).__name__, dtype)
        converted([*self.named_parameters(), *self.named_buffers()], wanted)
        return self

    def float(self) -> Self:
        """Convert to float32, as `to`; return the model."""
        return self.to(np.float32)

    def double(self) -> Self:
        """Convert to float64, as `to`; return the model."""
        return self.to(np.float64)

    def half(self) -> Self:
        """Convert to float16, as `to`; return the model."""
        return self.to(np.float16)

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return a copy of the values of every parameter and persistent buffer by its path.

        Training on does not change it. A module's parameters come first, then its buffers, then the modules below.

        Returns
        -------
        dict of str to ndarray

        Examples
        --------
        >>> nn.Linear(2, 1).state_dict().keys()
        dict_keys(['weight', 'bias'])
        """
        return {path: np.array(each.numpy()) for path, each in self._saved().items()}

    @spelled
    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Write saved values into the parameters and buffers: all of them, or after an error none.

        Parameters
        ----------
        state_dict : mapping of str to array_like
            As `state_dict` gives it; values become the dtype of what they are written into. A shared parameter may
            be there under any of its paths.
        strict : bool
            False takes what fits by name, and leaves the rest as it is.

        Returns
        -------
        IncompatibleKeys
            The lists ``missing_keys`` and ``unexpected_keys``, which are empty unless `strict` is False.

        Raises
        ------
        ArgumentError
            When entries are missing, unexpected or of another shape: all of them are listed.
        UsageError
            When the state is no mapping.
        DtypeError
            When an entry holds no numbers, or complex ones for a real parameter.

        Examples
        --------
        >>> trained, fresh = nn.Linear(2, 1), nn.Linear(2, 1)
        >>> fresh.load_state_dict(trained.state_dict())
        IncompatibleKeys(missing_keys=[], unexpected_keys=[])
        >>> bool((fresh.weight == trained.weight).all())
        True
        """
        wanted = self._saved()
        first = {id(each): path for path, each in wanted.items()}
        further = {path: first[id(each)] for path, each in self._saved(remove_duplicate=False).items()}
        arrays, names = compared(
            state_dict,
            wanted,
            owner=type(self).__name__,
            strict=strict,
            other_names={path: known for path, known in further.items() if path not in wanted},
        )
        for path, values in arrays.items():
            wanted[path].data = values
        return names

    @spelled
    def summary(self, *inputs: Any, lang: str = "en") -> Summary:
        """Return a table of the modules: path, type, output shape, parameters, and how many of these are trained.

        One forward pass of a copy, in evaluation mode, tells the output shapes: the model stays as it is.

        Parameters
        ----------
        *inputs : array_like, or tuple of int
            What the model is called with; a tuple of integers is the shape of a batch of zeros.
        lang : {"en", "es"}

        Returns
        -------
        Summary
            Prints as a table, in notebooks too. A shared parameter is counted once, where it comes first.

        Raises
        ------
        ShapeError
            When the input does not fit the model.

        Examples
        --------
        >>> nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).summary((32, 4))
        path  type          output shape  parameters  trainable
        ────  ────────────  ────────────  ──────────  ─────────
              Sequential()  (32, 3)                –          –
           0  Linear(4, 8)  (32, 8)               40         40
           1  ReLU()        (32, 8)                –          –
           2  Linear(8, 3)  (32, 3)               27         27
        <BLANKLINE>
        67 parameters, 67 trainable, 0 frozen; 536 B
        """
        # Imported on first use: what training does not need does not slow the start.
        summary: Summary = import_module("nn.summary_table").summarised(self, inputs, lang)
        return summary

    def __repr__(self) -> str:
        lines = [_line(self)]
        for name, child in self.named_children():
            if self in child.modules():
                raise UsageError(
                    f"{type(self).__name__}.{name} holds the module that it is part of.",
                    "Keep only what is below a module in its attributes.",
                )
            first, *more = repr(child).splitlines()
            lines += [f"  {name}: {first}", *(f"  {line}" for line in more)]
        return "\n".join(lines)


_METHODS = frozenset(name for name in dir(Module) if not name.startswith("_")) - {"training", "forward"}


def _public_names(module: Module) -> list[str]:
    return [name for name in dir(module) if not name.startswith("_")]


def _line(module: Module) -> str:
    """Return a module's line in repr: its title, the shapes of its own tensors, and how many parameters it has."""
    own = [f"{name} {each.shape}" for name, each in module._own(Parameter)]
    total = sum(each.size for _, each in module._tensors(Parameter))
    buffers = [f"{name} {each.shape}" for name, each in module._own(Buffer)]
    parts = [
        *own,
        *([f"{total:,} parameters"] if total else []),
        *(["buffers " + ", ".join(buffers)] if buffers else []),
    ]
    return f"{module.title()}: {', '.join(parts)}" if parts else module.title()
