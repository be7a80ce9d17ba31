"""The table of derivatives: one declaration an operation. Importing it fills the registry."""

from autograd_lite.derivatives import (
    activations,
    convolution,
    divergence,
    elementwise,
    fused,
    indexing,
    normalization,
    pooling,
    products,
    reductions,
    robust,
    shaping,
    smooth,
    special,
    two_classes,
)

__all__ = [
    "activations",
    "convolution",
    "divergence",
    "elementwise",
    "fused",
    "indexing",
    "normalization",
    "pooling",
    "products",
    "reductions",
    "robust",
    "shaping",
    "smooth",
    "special",
    "two_classes",
]
