"""What people who come from PyTorch, JAX or HIPS autograd write out of habit, and what to write here."""

from __future__ import annotations

from typing import NoReturn

from autograd_lite.errors import UnknownNameError

# A keyword and what it may be called here: the first of these that a function takes is meant.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "dim": ("axis",),
    "dims": ("axis", "axes"),
    "keepdim": ("keepdims",),
    "input": ("x", "prediction", "logits"),
    "tensors": ("arrays",),
    "size": ("shape",),
    "learning_rate": ("lr",),
    "params": ("parameters",),
    "criterion": ("loss",),
    "loss_fn": ("loss",),
    "num_workers": ("prefetch",),
    "num_epochs": ("epochs",),
    "n_epochs": ("epochs",),
    "validation_data": ("validation",),
    "validation_split": ("validation",),
    "val_data": ("validation",),
    "callback": ("callbacks",),
    "scheduler": ("schedule",),
    "verbose": ("progress",),
    "n_splits": ("k",),
    "folds": ("k",),
    "generator": ("rng",),
    "random_state": ("rng",),
    "seed": ("rng",),
    "layers": ("sizes",),
}

_OPTIMIZER = "It belongs to the optimizer: optimizer=nn.optim.SGD(model.parameters(), lr=0.1)."

# A function, a keyword that is none of its own, and where that belongs.
ELSEWHERE: dict[tuple[str, str], str] = {
    ("checkpoint()", "use_reentrant"): "Leave it out: gradients reach arguments and parameters alike.",
    ("checkpoint()", "preserve_rng_state"): "Leave it out: random numbers are always drawn again.",
    ("fit()", "lr"): _OPTIMIZER,
    ("fit()", "learning_rate"): _OPTIMIZER,
    ("fit()", "momentum"): _OPTIMIZER,
    ("fit()", "weight_decay"): _OPTIMIZER,
    ("fit()", "shuffle"): "Leave it out: every epoch has a new order; for another pass nn.DataLoader(x, y) as x.",
}

_SEVERAL = "Write ag.{0}(f)(x), or ag.{0}(f, argnums=(0, 1))(x, y) for several."

# A function that was given more than it takes by position, and the mend.
POSITIONAL: dict[str, str] = {
    "elementwise_grad()": _SEVERAL.format("elementwise_grad"),
    "grad()": _SEVERAL.format("grad"),
    "gradcheck()": "Give several inputs as a tuple, ag.gradcheck(f, (x, y)), and options by name: order=2.",
    "hessian()": _SEVERAL.format("hessian"),
    "hvp()": "Write ag.hvp(f)(x, v): it gives a function of the point and the vector.",
    "jacobian()": _SEVERAL.format("jacobian"),
    "primitive()": "Give the rules by the names of the operands: ag.primitive(f, x=lambda g, x: g * 2 * x).",
    "supported()": "Look for one in the table: [row for row in ag.supported() if row.name == 'np.sin'].",
    "value_and_grad()": _SEVERAL.format("value_and_grad"),
}

_OWN = "Declare an operation with its rule: ag.primitive(f, x=lambda g, x: g * 2 * x)."
_RANDOM = "Draw with NumPy: ag.tensor(np.random.default_rng(0).normal(size=shape))."

# A name in PyTorch, JAX or HIPS autograd, and the mend.
NAMES: dict[str, str] = {
    "Function": _OWN,
    "autograd": "Write ag.gradients(loss, w) for Tensors, ag.grad(f)(x) for functions.",
    "cat": "Write ag.concatenate([a, b], axis=0).",
    "compile": "Leave it out: functions run as they stand.",
    "custom_gradient": _OWN,
    "custom_jvp": _OWN,
    "custom_vjp": _OWN,
    "defvjp": _OWN,
    "derivative": "Write ag.grad(f)(x); of an array, for each element, ag.elementwise_grad(f)(x).",
    "hessian_vector_product": "Write ag.hvp(f)(x, v).",
    "jacfwd": "Write ag.jacobian(f)(x): it goes forward or back as the shapes ask.",
    "jacrev": "Write ag.jacobian(f)(x): it goes forward or back as the shapes ask.",
    "jit": "Leave it out: functions run as they stand.",
    "make_hvp": "Write ag.hvp(f)(x, v).",
    "make_jvp": "Write ag.jvp(f, (x,), (v,)).",
    "make_vjp": "Write ag.vjp(f, x).",
    "manual_seed": "Write nn.manual_seed(0).",
    "numpy": "Write import numpy as np: NumPy's own functions take Tensors.",
    "rand": _RANDOM,
    "randn": _RANDOM,
    "random": _RANDOM,
    "stop_gradient": "Write t.detach().",
    "vmap": "Leave it out: NumPy's functions take batches, A @ B the leading axes, np.sum(x, axis=-1) the last.",
}

_MEMORY = "Leave it out: tensors lie in the computer's memory"

# An attribute of Tensors there, and the mend.
ATTRIBUTES: dict[str, str] = {
    "abs": "Write abs(t).",
    "add": "Write a + b.",
    "add_": "Write t += other.",
    "base": "Write t.numpy().base.",
    "byteswap": "Write t.numpy().byteswap().",
    "clamp": "Write np.clip(t, low, high).",
    "clone": "Write t.copy().",
    "contiguous": "Leave it out: every operation takes any order in memory.",
    "copy_": "Write t[...] = other.",
    "cpu": f"{_MEMORY}.",
    "ctypes": "Write t.numpy().ctypes.",
    "cuda": f"{_MEMORY}.",
    "data_ptr": "Write t.numpy().ctypes.data.",
    "detach_": "Write t = t.detach().",
    "dim": "Write t.ndim.",
    "div": "Write a / b.",
    "div_": "Write t /= other.",
    "double": "Write t.astype(np.float64).",
    "dump": "Pickle it: pickle.dump(t, file).",
    "dumps": "Pickle it: pickle.dumps(t).",
    "expand": "Write np.broadcast_to(t, shape).",
    "fill_": "Write t[...] = value.",
    "flags": "Write t.numpy().flags.",
    "float": "Write t.astype(np.float32).",
    "getfield": "Write t.numpy().getfield(dtype).",
    "itemset": "Write t[...] = value.",
    "long": "Write t.astype(np.int64).",
    "masked_fill": "Write np.where(mask, value, t).",
    "matmul": "Write a @ b.",
    "mm": "Write a @ b.",
    "mul": "Write a * b.",
    "mul_": "Write t *= other.",
    "neg": "Write -t.",
    "norm": "Write np.sqrt((t * t).sum()).",
    "normal_": "Write w.data = rng.normal(size=w.shape).",
    "numel": "Write t.size.",
    "permute": "Write t.transpose(1, 0), for example: all axes in their new order.",
    "pow": "Write t ** 2, for example.",
    "resize": "Write t = np.resize(t, shape).",
    "setfield": "Write t[...] = value.",
    "setflags": "Leave it out: t.numpy() cannot be written into.",
    "stride": "Write t.numpy().strides.",
    "strides": "Write t.numpy().strides.",
    "sub": "Write a - b.",
    "sub_": "Write t -= other.",
    "t": "Write t.T.",
    "to": f"{_MEMORY}; for another dtype write t.astype(dtype).",
    "tobytes": "Write t.numpy().tobytes().",
    "tofile": "Save the values: np.save(file, t.numpy()).",
    "type": "Write t.astype(dtype).",
    "uniform_": "Write w.data = rng.uniform(low, high, w.shape).",
    "unsqueeze": "Write np.expand_dims(t, axis).",
    "view": "Write t.reshape(shape).",
    "view_as": "Write t.reshape(other.shape).",
    "zero_": "Write w.zero_grad() to clear a gradient, t[...] = 0 to write zeros.",
}


class Habit:
    """Stands where a Tensor's attribute would be, and answers whoever asks for it with what to write instead.

    What it raises is an AttributeError, so that hasattr() says no. A ``__getattr__`` could do the same, but a class
    that has one finds all its attributes more slowly.
    """

    def __init__(self, name: str, mend: str) -> None:
        self.name = name
        self.mend = mend
        self.__doc__ = f"Another library's name. {mend}"

    def __get__(self, owner: object, kind: type | None = None) -> NoReturn:
        raise UnknownNameError("Tensor", self.name, mend=self.mend)
