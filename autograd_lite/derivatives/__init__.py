"""The table of derivatives: one declaration an operation. Importing it fills the registry."""

from autograd_lite.derivatives import (
    activations,
    elementwise,
    fused,
    indexing,
    products,
    reductions,
    shaping,
    special,
    two_classes,
    windows,
)

__all__ = [
    "activations",
    "elementwise",
    "fused",
    "indexing",
    "products",
    "reductions",
    "shaping",
    "special",
    "two_classes",
    "windows",
]
