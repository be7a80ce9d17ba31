"""What the chart of a training run says."""

from autograd_lite.messages import Messages

HISTORY: Messages = {
    "history.title": ("Training", "Entrenamiento"),
    "history.epoch": ("epoch", "época"),
    "history.loss": ("loss", "pérdida"),
    "history.validation_loss": ("validation loss", "pérdida de validación"),
    "history.accuracy": ("validation accuracy", "exactitud de validación"),
    "history.of_validation": ("validation {name}", "{name} de validación"),
    "curve.logarithmic": ("{name} (logarithmic)", "{name} (logarítmica)"),
    "curve.dashed": ("{name} (dashed)", "{name} (línea discontinua)"),
    "curve.described": (
        "{name} over {count} {steps}: from {first} to {last}, lowest {low}, highest {high}.",
        "{name} en {count} {steps}: de {first} a {last}; mínimo, {low}; máximo, {high}.",
    ),
}
