"""The activation functions σ as modules, and the names under which an MLP finds them."""

from nn.activations.base import Activation, Identity
from nn.activations.naming import ACTIVATIONS, NAMES, activation_module, key_of, label_of
from nn.activations.probabilities import LogSoftmax, Softmax
from nn.activations.rectified import ELU, SELU, LeakyReLU, PReLU, ReLU
from nn.activations.saturating import Hardtanh, Sigmoid, Softsign, Tanh
from nn.activations.smooth import GELU, LogSigmoid, Mish, SiLU, Softplus

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "NAMES",
    "SELU",
    "Activation",
    "Hardtanh",
    "Identity",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
    "activation_module",
    "key_of",
    "label_of",
]
