"""There is one device, the CPU; the array API's functions take it by name."""

from __future__ import annotations

from typing import Any

from autograd_lite.errors import ArgumentError

DEVICE = "cpu"


def on_cpu(call: str, device: Any) -> None:
    """Raise ArgumentError when a call asks for another device than there is."""
    if device not in (None, DEVICE):
        raise ArgumentError(f"{call}: device={device!r}.", f"Leave it out, or write device={DEVICE!r}.")
