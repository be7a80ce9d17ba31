"""The generated stubs say what the table says."""

from pathlib import Path

import numpy as np
import pytest

from autograd_lite import fft, linalg, stubs


@pytest.mark.skipif(not hasattr(np, "matvec"), reason="written with all functions of NumPy, some of which came later")
def test_the_stubs_are_current(root: Path) -> None:
    assert (root / "autograd_lite/__init__.pyi").read_text(encoding="utf-8") == stubs.package_stub()
    assert (root / "autograd_lite/methods.pyi").read_text(encoding="utf-8") == stubs.methods_stub()
    for module in (linalg, fft):
        stub = (root / f"{module.__name__.replace('.', '/')}.pyi").read_text(encoding="utf-8")
        assert stub == stubs.namespace_stub(module)
