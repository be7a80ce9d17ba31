"""What people who come from PyTorch ask a model for out of habit, and what to write here."""

_MEMORY = "Leave it out: models lie in the computer's memory."
_HALF = "Write model.half() for float16, or model.float() for float32."

# An attribute of models there, and the mend.
HABITS: dict[str, str] = {
    "add_module": "Assign it: model.name = module.",
    "bfloat16": _HALF,
    "compile": "Leave it out: call the model as it is.",
    "cpu": _MEMORY,
    "cuda": _MEMORY,
    "fit": "Write nn.fit(model, x, y, loss=nn.MSELoss(), optimizer=optimizer, epochs=10), for example.",
    "mps": _MEMORY,
    "predict": "Call it: model.eval(), then model(x).",
    "register_backward_hook": "Put it on the output: z = layer(x), z.register_hook(hook).",
    "register_full_backward_hook": "Put it on the output: z = layer(x), z.register_hook(hook).",
    "register_module": "Assign it: model.name = module.",
    "register_parameter": "Assign it: model.name = nn.Parameter(values).",
    "share_memory": _MEMORY,
    "type": "Write model.to(np.float32), for example.",
    "xpu": _MEMORY,
}
