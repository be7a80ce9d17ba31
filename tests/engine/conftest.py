"""Fixtures of the engine's tests."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def _by_reference_counts_alone() -> Iterator[None]:
    """Whatever is freed in the test is freed without the garbage collector."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
