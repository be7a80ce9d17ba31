"""Schedules: how the learning rate changes in the course of training."""

from typing import TYPE_CHECKING

from autograd_lite.errors import refusing
from nn.schedule.combined import ChainedScheduler, SequentialLR
from nn.schedule.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from nn.schedule.cycle import OneCycleLR
from nn.schedule.factors import ExponentialLR, LambdaLR, LinearLR, MultiStepLR, StepLR
from nn.schedule.plateau import ReduceLROnPlateau
from nn.schedule.scheduler import LRScheduler

__all__ = [
    "ChainedScheduler",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:
    __getattr__ = refusing("nn.schedule", __all__)
