"""Layers: what has weights or changes shapes on the way from x to the prediction."""

from nn.layers.linear import Linear

__all__ = ["Linear"]
