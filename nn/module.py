"""Module and Parameter: a model is an object, and its parameters are whatever Parameters its attributes hold.

Nothing is registered. Attributes are read when they are asked for, and lists, tuples and dicts are looked through, so
that a layer appended to a plain list later is found like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ShapeError, UnknownNameError, UsageError
from autograd_lite.spelling import refuse, spelled
from nn.state import fitted

# Numbers that a message still quotes.
LARGEST_QUOTED = 4
# From here on two names are one, misspelt: 'bais' and 'bias' are 0.75 alike.
LIKE = 0.75


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


class Module:
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
    >>> class Residual(nn.Module):
    ...     def __init__(self, size):
    ...         self.inner = nn.Linear(size, size)
    ...
    ...     def forward(self, x):
    ...         return x + self.inner(x)
    >>> model = Residual(2)
    >>> [name for name, _ in model.named_parameters()]
    ['inner.weight', 'inner.bias']
    >>> model(np.ones((5, 2))).shape
    (5, 2)
    """

    training: bool = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            spelled(cls)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the module's result; every subclass defines it."""
        raise UsageError(
            f"{type(self).__name__} has no forward method.", "Write `def forward(self, x): ...` in the class."
        )

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        try:
            return self.forward(*inputs, **options)
        except ShapeError as error:
            locate(error, self)
            raise
        except TypeError:
            refuse(f"{type(self).__name__}.forward()", self.forward, inputs, options)
            raise

    def __setattr__(self, name: str, value: Any) -> None:
        held = vars(self).get(name)
        if isinstance(held, Parameter) and value is not None and not isinstance(value, Parameter):
            raise UsageError(
                f"{type(self).__name__}.{name} is a Parameter of shape {held.shape}, got {_kind(value)}.",
                f"Write new values into it, layer.{name}.data = values, or assign nn.Parameter(values).",
            )
        if isinstance(value, (np.ndarray, ag.Tensor)) and not isinstance(value, Parameter):
            _refuse_misspelling(self, name, value)
            _refuse_untrained(self, name, value)
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
            raise UnknownNameError(type(self).__name__, name, lambda: _public_names(self), namespace="model")

    def members(self) -> Iterable[tuple[str, Any]]:
        """Yield the names and values in which Parameters and Modules are looked for."""
        return vars(self).items()

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules that this one holds itself, with their names."""
        return ((name, each) for name, each in _held(self) if isinstance(each, Module))

    def children(self) -> Iterator[Module]:
        """Yield the modules that this one holds itself."""
        return (each for _, each in self.named_children())

    @spelled
    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Yield this module and all below it, each once, with their paths.

        Examples
        --------
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
        >>> [path for path, _ in model.named_modules()]
        ['', '0', '1']
        """
        seen: set[int] = set()
        waiting = [(prefix, self)]
        while waiting:
            path, module = waiting.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield path, module
            below = [(_joined(path, name), child) for name, child in module.named_children()]
            waiting.extend(reversed(below))

    def modules(self) -> Iterator[Module]:
        """Yield this module and all below it, each once."""
        return (each for _, each in self.named_modules())

    @spelled
    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """Yield every Parameter once, with the first path that leads to it.

        A module's own parameters come before those of the modules that it holds.

        Raises
        ------
        UsageError
            When a module holds a leaf that requires a gradient and is no Parameter.
        """
        for _, module in self.named_modules(prefix):
            for name, value in module.members():
                _refuse_untrained(module, name, value)
        yield from _parameters(self, prefix)

    def parameters(self) -> Iterator[Parameter]:
        """Yield every Parameter once.

        Examples
        --------
        >>> sum(each.size for each in nn.Linear(64, 10).parameters())
        650
        """
        return (each for _, each in self.named_parameters())

    @spelled
    def train(self, mode: bool = True) -> Self:
        """Switch this module and all below it to training (or, with False, to evaluation); return it."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Switch this module and all below it to evaluation; return it."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for each in self.parameters():
            each.grad = None

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return a copy of every parameter's values by its path; training on does not change it.

        Returns
        -------
        dict of str to ndarray

        Examples
        --------
        >>> nn.Linear(2, 1).state_dict().keys()
        dict_keys(['weight', 'bias'])
        """
        return {path: np.array(each.numpy()) for path, each in self.named_parameters()}

    @spelled
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Write saved values into the parameters: all of them, or after an error none.

        Parameters
        ----------
        state : mapping of str to array_like
            One entry a parameter, as `state_dict` gives it; values become the parameter's dtype.

        Raises
        ------
        ArgumentError
            When entries are missing, unexpected or of another shape: all of them are listed.
        UsageError
            When `state` is no mapping.
        DtypeError
            When an entry holds no numbers, or complex ones for a real parameter.

        Examples
        --------
        >>> trained, fresh = nn.Linear(2, 1), nn.Linear(2, 1)
        >>> fresh.load_state_dict(trained.state_dict())
        >>> bool((fresh.weight == trained.weight).all())
        True
        """
        parameters = dict(self.named_parameters())
        for path, values in fitted(state, parameters, owner=type(self).__name__).items():
            parameters[path].data = values

    def title(self) -> str:
        """Return what messages and repr call this module: its class and what it was made with."""
        return f"{type(self).__name__}()"

    def __repr__(self) -> str:
        lines = [_summary(self)]
        for name, child in self.named_children():
            if self in child.modules():
                raise UsageError(
                    f"{type(self).__name__}.{name} holds the module that it is part of.",
                    "Keep only what is below a module in its attributes.",
                )
            first, *more = repr(child).splitlines()
            lines += [f"  {name}: {first}", *(f"  {line}" for line in more)]
        return "\n".join(lines)


_METHODS = frozenset(name for name in vars(Module) if not name.startswith("_")) - {"training", "forward"}


class _Fault(NamedTuple):
    """What a layer cannot take, kept beside the error until the model around it has said where that layer is."""

    layer: Module
    what: str
    mend: str
    got: int | None


def misfit(layer: Module, what: str, mend: str, *, got: int | None = None) -> ShapeError:
    """Return the error of a layer whose input does not fit.

    Parameters
    ----------
    layer : Module
        Named by its title here, and by its path once a model around it has seen the error.
    what, mend : str
        The message without its subject, "expects (..., 64), got (32, 10).", and how to mend it.
    got : int, optional
        The number of features that came, by which the layer before is recognised.
    """
    error = ShapeError(f"{layer.title()} {what}", mend)
    vars(error)["fault"] = _Fault(layer, what, mend, got)
    return error


def locate(error: ShapeError, model: Module) -> None:
    """Put the path of the layer that raised the error into its message; layers count from 1."""
    fault: _Fault | None = vars(error).get("fault")
    if fault is None or fault.layer is model:
        return
    before: Module | None = None
    layers = [(path, each) for path, each in model.named_modules() if _owns_parameters(each)]
    for number, (path, layer) in enumerate(layers, 1):
        if layer is fault.layer:
            mend = _mend_before(fault, before) or fault.mend
            error.args = (f"layer {number} ({path!r}) {fault.what}\n{mend}",)
            return
        before = layer


def _mend_before(fault: _Fault, before: Module | None) -> str | None:
    """Return how to mend a misfit of two neighbouring layers; None when it is not one."""
    if fault.got is None or getattr(before, "out_features", None) != fault.got:
        return None
    return (
        f"The layer before gives {fault.got} features: write {type(fault.layer).__name__}({fault.got}, ...), "
        f"or change its out_features to {getattr(fault.layer, 'in_features', '?')}."
    )


def _parameters(model: Module, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
    """Yield every Parameter once, with the first path that leads to it."""
    seen: set[int] = set()
    for path, module in model.named_modules(prefix):
        for name, each in _held(module):
            if isinstance(each, Parameter) and id(each) not in seen:
                seen.add(id(each))
                yield _joined(path, name), each


def _owns_parameters(module: Module) -> bool:
    return any(isinstance(each, Parameter) for _, each in _held(module))


def _held(module: Module) -> Iterator[tuple[str, Parameter | Module]]:
    """Yield the Parameters and Modules of a module's attributes, lists, tuples and dicts looked through."""
    for name, value in module.members():
        yield from _inside(name, value)


def _inside(name: str, value: Any) -> Iterator[tuple[str, Parameter | Module]]:
    if isinstance(value, (Parameter, Module)):
        yield name, value
    elif isinstance(value, (list, tuple)):
        for position, each in enumerate(value):
            yield from _inside(_joined(name, str(position)), each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _inside(_joined(name, str(key)), each)


def _public_names(module: Module) -> list[str]:
    return [name for name in dir(module) if not name.startswith("_")]


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _kind(value: Any) -> str:
    if isinstance(value, ag.Tensor):
        return f"a Tensor of shape {value.shape} that is no Parameter"
    if isinstance(value, np.ndarray):
        return f"an ndarray of shape {value.shape}"
    return (
        f"the {type(value).__name__} {value!r}" if np.isscalar(value) else f"an object of type {type(value).__name__}"
    )


def _refuse_untrained(module: Module, name: str, value: Any) -> None:
    """Raise for a leaf that asks for a gradient and is no Parameter, in lists, tuples and dicts as well."""
    if isinstance(value, ag.Tensor):
        if value.requires_grad and value.is_leaf and not isinstance(value, Parameter):
            first, _, position = name.partition(".")
            values = value.tolist() if value.size <= LARGEST_QUOTED else "values"
            write = f"Write self.{first} = nn.Parameter({values})."
            raise UsageError(
                f"{type(module).__name__}.{name} requires a gradient but is no Parameter: no optimizer would move it.",
                f"Put nn.Parameter({values}) into self.{first}." if position else write,
            )
    elif isinstance(value, (list, tuple)):
        for k, each in enumerate(value):
            _refuse_untrained(module, _joined(name, str(k)), each)
    elif isinstance(value, dict):
        for key, each in value.items():
            _refuse_untrained(module, _joined(name, str(key)), each)


def _refuse_misspelling(module: Module, name: str, value: Any) -> None:
    """Raise when an array is given to a new attribute whose name looks like that of a Parameter of its shape."""
    if name in vars(module) or hasattr(type(module), name):
        return
    for known, held in vars(module).items():
        if isinstance(held, Parameter) and held.shape == value.shape and _is_misspelt(name, known):
            raise UsageError(
                f"{type(module).__name__} has no parameter {name!r}; its {known!r} has that shape, {held.shape}.",
                f"Write layer.{known}.data = values.",
            )


def _is_misspelt(name: str, known: str) -> bool:
    """Tell a slip of the pen from a name made on purpose, such as weight_0 or weight_mask beside weight."""
    others = [[each for each in text if not each.isalpha()] for text in (name, known)]
    return (
        others[0] == others[1]
        and abs(len(name) - len(known)) <= 1
        and SequenceMatcher(None, name.lower(), known.lower()).ratio() >= LIKE
    )


def _summary(module: Module) -> str:
    """Return a module's line in repr: its title, the shapes of its own parameters, and how many there are in all."""
    own = [f"{name} {each.shape}" for name, each in _held(module) if isinstance(each, Parameter)]
    total = sum(each.size for _, each in _parameters(module))
    if not total:
        return module.title()
    return f"{module.title()}: {', '.join([*own, f'{total:,} parameters'])}"
