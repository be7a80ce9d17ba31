"""What nn.backprop says."""

from autograd_lite.messages import Messages

RECORD: Messages = {
    "record.title": (
        "Backpropagation of one example",
        "Propagación hacia atrás de un ejemplo",
    ),
    "record.title_batch": (
        "Backpropagation of a batch of {count}, one example a row",
        "Propagación hacia atrás de un lote de {count}, un ejemplo por fila",
    ),
    "record.forward": ("Forward pass", "Propagación hacia adelante"),
    "record.backward": ("Backward pass", "Propagación hacia atrás"),
    "record.hidden": ("Layer {number}: {activation}, {inputs} → {outputs}",
                      "Capa {number}: {activation}, {inputs} → {outputs}"),
    "record.output": ("Layer {number} (output): {activation}, {inputs} → {outputs}",
                      "Capa {number} (salida): {activation}, {inputs} → {outputs}"),
    "record.loss": ("Loss", "Pérdida"),
    "record.one_hot": ("1 at the label, else 0", "1 en la etiqueta, si no 0"),
    "record.sigmoid": ("sigmoid", "sigmoide"),
    "record.linear": ("linear", "lineal"),
    "record.leaky_slope": ("1 if {z} > 0, else {below}", "1 si {z} > 0, si no {below}"),
    "record.relu_slope": ("1 if {z} > 0, else 0", "1 si {z} > 0, si no 0"),
}  # fmt: skip
