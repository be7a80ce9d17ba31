"""What the table of a model's modules says."""

from autograd_lite.messages import Messages

SUMMARY: Messages = {
    "summary.path": ("path", "ruta"),
    "summary.type": ("type", "tipo"),
    "summary.output": ("output shape", "forma de la salida"),
    "summary.parameters": ("parameters", "parámetros"),
    "summary.trainable": ("trainable", "entrenables"),
    "summary.total": ("{parameters} parameters, {trainable} trainable, {frozen} frozen; {memory}",
                      "{parameters} parámetros, {trainable} entrenables, {frozen} congelados; {memory}"),
    "summary.buffers": ("{numbers} numbers in buffers; {memory}", "{numbers} números en búferes; {memory}"),
    "summary.shared": ("Shared, and counted once: {paths}.", "Compartidos, y contados una sola vez: {paths}."),
}  # fmt: skip
