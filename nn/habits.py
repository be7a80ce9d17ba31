"""What people who come from other libraries ask for out of habit, and what to write here."""

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

# A function of torch.nn.functional, and the mend.
FUNCTIONS: dict[str, str] = {
    "batch_norm": "Write nn.BatchNorm1d(8)(x), or nn.BatchNorm2d: the layer keeps the running statistics.",
    "dropout": "Write nn.Dropout(0.5)(x): the layer knows whether the model is being trained.",
    "embedding": "Write nn.Embedding(1000, 16)(indices).",
    "flatten": "Write x.reshape(len(x), -1), or nn.Flatten()(x).",
    "layer_norm": "Write nn.LayerNorm(8)(x).",
    "one_hot": "Write np.eye(classes)[labels].",
    "pad": "Write np.pad(x, width).",
    "smooth_l1_loss": "Write nn.functional.huber_loss(prediction, target).",
}

# What scikit-learn and others call a metric, and the mend.
METRICS: dict[str, str] = {
    "accuracy_score": "Write nn.metrics.accuracy(prediction, target).",
    "mae": "Write nn.metrics.mean_absolute_error(prediction, target).",
    "mse": "Write nn.metrics.mean_squared_error(prediction, target).",
    "r2": "Write nn.metrics.r2_score(prediction, target).",
}
