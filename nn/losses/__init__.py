"""The losses as modules: what is minimised, under its formula."""

from nn.losses.base import Loss
from nn.losses.classes import CrossEntropyLoss, NLLLoss
from nn.losses.divergence import KLDivLoss
from nn.losses.robust import HuberLoss, L1Loss
from nn.losses.squared import HalfSSELoss, MSELoss, SSELoss
from nn.losses.two_classes import BCELoss, BCEWithLogitsLoss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HalfSSELoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "Loss",
    "MSELoss",
    "NLLLoss",
    "SSELoss",
]
