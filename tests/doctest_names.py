"""The examples in docstrings: every one may use np, ag and nn without importing them, and each is one of ours."""

from inspect import cleandoc
from typing import Any

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def short_names(doctest_namespace: dict[str, Any]) -> None:
    """Give the examples the names under which users know the packages."""
    import autograd_lite as ag
    import nn

    doctest_namespace.update(np=np, ag=ag, nn=nn)


def borrowed(item: pytest.Item) -> bool:
    """Whether an example is NumPy's, in the docstring of a method that is NumPy's function."""
    example = getattr(item, "dtest", None)
    function = getattr(np, item.name.rpartition(".")[2], None)
    return example is not None and function is not None and _opening(example.docstring) == _opening(function.__doc__)


def _opening(docstring: str | None) -> str:
    """Return what stands above the parameters; SciPy sets further parts of np.sinc's docstring anew."""
    return cleandoc(docstring or "").partition("Parameters\n")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """NumPy tests its own examples."""
    items[:] = [item for item in items if not borrowed(item)]
