"""The table of derivatives: one declaration an operation. Importing it fills the registry."""

from autograd_lite.derivatives import elementwise, fused, indexing, products, reductions, shaping, special, windows

__all__ = ["elementwise", "fused", "indexing", "products", "reductions", "shaping", "special", "windows"]
