"""Derivatives asked for by name, and the transforms of functions: grad, vjp, jvp, jacobian, hessian."""

from autograd_lite.transforms.requested import gradients

__all__ = ["gradients"]
