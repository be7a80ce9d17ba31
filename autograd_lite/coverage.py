"""The table of supported functions, read from the table of derivatives, and why the rest of NumPy is not in it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.derivatives.composition import COMPOSITES, Composite, composites
from autograd_lite.derivatives.further import whole_table
from autograd_lite.derivatives.scipy_special import installed_functions
from autograd_lite.methods import public_primitives
from autograd_lite.mutators import MUTATORS
from autograd_lite.primitives import REGISTRY, Primitive
from autograd_lite.spelling import spelled
from autograd_lite.undifferentiated import PIECEWISE_CONSTANT

NAMESPACES: dict[str, ModuleType] = {"": np, "linalg.": np.linalg, "fft.": np.fft, "emath.": np.emath}

# Why a function of NumPy's namespaces has no row, and the functions of which that is true.
REASONS: dict[str, str] = {
    "makes an array of shapes and numbers alone; ag has those that make Tensors": """
        arange bartlett blackman diag_indices diag_indices_from empty eye fft.fftfreq fft.rfftfreq from_dlpack
        frombuffer fromfile fromfunction fromiter fromregex fromstring hamming hanning identity indices ix_ kaiser
        mask_indices ones tri tril_indices tril_indices_from triu_indices triu_indices_from zeros
    """,
    "converts to an array, which would lose the gradient; ag.asarray and t.numpy() are meant": """
        array asanyarray asarray asarray_chkfinite ascontiguousarray asfortranarray asmatrix bmat require
    """,
    "is for whole numbers and bits, which carry no gradient": """
        bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift
        bitwise_xor gcd invert lcm left_shift packbits ravel_multi_index right_shift unpackbits unravel_index
    """,
    "is deprecated; np.isin, np.trapezoid and np.vstack are meant": "in1d trapz row_stack",
    "is about dates": "busday_count busday_offset datetime_as_string datetime_data is_busday isnat",
    "reads, writes or prints": """
        base_repr binary_repr format_float_positional format_float_scientific genfromtxt get_printoptions
        info load loadtxt printoptions save savetxt savez savez_compressed set_printoptions
    """,
    "is about types, shapes or settings, not about values": """
        broadcast_shapes common_type get_include getbufsize geterr geterrcall isdtype isfortran isscalar
        issubdtype iterable linalg.test fft.test mintypecode nested_iters promote_types setbufsize seterr seterrcall
        show_config show_runtime test typename
    """,
    "calls Python for each element; write the function in NumPy's operations": "frompyfunc",
    "finds where to count, which has no derivative here: give np.histogram edges, or t.detach()": "histogram_bin_edges",
}
NOT_SUPPORTED: dict[str, str] = {name: reason for reason, names in REASONS.items() for name in names.split()}


class Supported(NamedTuple):
    """One row of the table.

    Attributes
    ----------
    name : str
        As one writes it: "np.tanh", "np.linalg.inv", "np.add.reduce", "ag.relu".
    kind : str
        "operation" with a rule of its own, "composite" of operations, "constant", which has no gradient because it
        does not change when its operands change a little, or "in place".
    differentiable : tuple of str
        The operands that get a gradient.
    note : str
        What there is to know besides.
    """

    name: str
    kind: str
    differentiable: tuple[str, ...]
    note: str


class SupportTable(list[Supported]):
    """The rows; printed as columns."""

    def __repr__(self) -> str:
        cells = [(row.name, row.kind, ", ".join(row.differentiable) or "-", row.note) for row in self]
        heads = ("name", "kind", "differentiable in", "note")
        widths = [max(len(row[k]) for row in (heads, *cells)) for k in range(3)]
        lines = [
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip()
            for row in (heads, *cells)
        ]
        return "\n".join(lines)


@spelled
def supported() -> SupportTable:
    """Return what of NumPy, and besides it, Tensors can be given to, and in which operands it is differentiable.

    Returns
    -------
    list of Supported
        Rows of name, kind, differentiable and note, which prints as columns.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> table = {row.name: row for row in ag.supported()}
    >>> table["np.divide"].differentiable
    ('a', 'b')
    >>> table["np.floor"].kind
    'constant'
    """
    whole_table()
    rows = [_row(f"np.{name}", function) for name, function in numpy_functions()]
    found = [row for row in rows if row is not None]
    found += [_composite_row(f"np.{each.name}", each) for each in composites().values() if _is_method(each)]
    ours: list[Any] = [*public_primitives().values(), *(each for each in composites().values() if not _is_method(each))]
    known = {id(_entry(function)) for _, function in numpy_functions()}
    for each in ours:
        if id(each) not in known:
            name = each.__name__ if isinstance(each, Primitive) else each.name
            row = _primitive_row if isinstance(each, Primitive) else _composite_row
            found.append(row(f"ag.{name}", each))
    found += [_primitive_row(f"scipy.special.{name}", each) for name, each in installed_functions().items()]
    return SupportTable(sorted(found))


def numpy_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public function of NumPy's namespaces, with its name there."""
    for prefix, module in NAMESPACES.items():
        for name in sorted(vars(module)):
            function = getattr(module, name) if not name.startswith("_") else None
            if callable(function) and not isinstance(function, type) and name not in _NO_FUNCTIONS:
                yield prefix + name, function


# Indexing helpers, which are called with brackets.
_NO_FUNCTIONS = frozenset({"c_", "r_", "s_", "index_exp", "mgrid", "ogrid"})


def _is_method(each: Composite) -> bool:
    return each.name.endswith((".outer", ".reduce", ".accumulate", ".reduceat"))


def _entry(function: Callable[..., Any]) -> Primitive | Composite | None:
    return REGISTRY.get(function) or COMPOSITES.get(function)


def _row(name: str, function: Callable[..., Any]) -> Supported | None:
    entry = _entry(function)
    if isinstance(entry, Primitive):
        return _primitive_row(name, entry)
    if entry is not None:
        return _composite_row(name, entry)
    if function in MUTATORS:
        return Supported(name, "in place", _parameters(MUTATORS[function])[:1], "writes into a Tensor")
    if name.removeprefix("np.") in PIECEWISE_CONSTANT:
        return Supported(name, "constant", (), "")
    return None


def _primitive_row(name: str, each: Any) -> Supported:
    return Supported(name, "operation", ("arrays",) if each.variadic else each.ruled, "")


def _composite_row(name: str, each: Any) -> Supported:
    return Supported(name, "composite", _differentiable(each), each.note)


def _differentiable(each: Composite) -> tuple[str, ...]:
    """Return the parameters for which the samples that the tests differentiate give floating arrays."""
    found: dict[str, None] = {}
    for args, kwargs in each.samples(lambda *shape: np.zeros(shape)):
        bound = inspect.signature(each.call).bind(*args, **kwargs).arguments
        found |= {name: None for name, value in bound.items() if _has_floats(value)}
    return tuple(found) or tuple(_parameters(each.call)[:2])


def _has_floats(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_has_floats, value))
    return isinstance(value, np.ndarray) and value.dtype.kind in "fc"


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
