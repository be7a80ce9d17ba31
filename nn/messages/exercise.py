"""What nn.exercise says."""

from autograd_lite.messages import Messages

EXERCISE: Messages = {
    "exercise.title": (
        "Backpropagation by hand: exercise {seed}",
        "Propagación hacia atrás a mano: ejercicio {seed}",
    ),
    "exercise.network": (
        "A {sizes} network. Activation of the hidden layers: {hidden}; of the output layer: {output}.",
        "Una red {sizes}. Activación de las capas ocultas: {hidden}; de la capa de salida: {output}.",
    ),
    "exercise.network_of_two": (
        "A {sizes} network. Activation of the hidden layer: {hidden}; of the output layer: {output}.",
        "Una red {sizes}. Activación de la capa oculta: {hidden}; de la capa de salida: {output}.",
    ),
    "exercise.network_of_one": (
        "A {sizes} network without a hidden layer. Activation of the output layer: {output}.",
        "Una red {sizes} sin capa oculta. Activación de la capa de salida: {output}.",
    ),
    "exercise.loss_is": ("The loss is {formula}.", "La pérdida es {formula}."),
    "exercise.loss_of": ("The loss is {formula} with {p}.", "La pérdida es {formula} con {p}."),
    "exercise.given": ("Given", "Datos"),
    "exercise.label": (
        "The class is {y}; classes count from 0.",
        "La clase es {y}; las clases se cuentan desde 0.",
    ),
    "exercise.compute": ("Compute", "Calcule"),
    "exercise.forward": (
        "forward, layer by layer, the weighted sums and activations {names};",
        "hacia adelante, capa por capa, las sumas ponderadas y las activaciones {names};",
    ),
    "exercise.loss": ("the loss {loss};", "la pérdida {loss};"),
    "exercise.output": (
        "backward, the error of the output layer, {delta}, and its gradients {weight} and {bias};",
        "hacia atrás, el error de la capa de salida, {delta}, y sus gradientes {weight} y {bias};",
    ),
    "exercise.only": (
        "backward, the error {delta}, and the gradients {weight} and {bias}.",
        "hacia atrás, el error {delta} y los gradientes {weight} y {bias}.",
    ),
    "exercise.hidden": (
        "the error of layer {number}, {delta}, and its gradients {weight} and {bias};",
        "el error de la capa {number}, {delta}, y sus gradientes {weight} y {bias};",
    ),
    "exercise.last": (
        "the error of layer 1, {delta}, and its gradients {weight} and {bias}.",
        "el error de la capa 1, {delta}, y sus gradientes {weight} y {bias}.",
    ),
    "exercise.decimals": (
        "Write computed numbers with four decimals.",
        "Escriba los números calculados con cuatro decimales.",
    ),
    "exercise.relu": (
        "The derivative of ReLU is 1 where {positive}, else 0.",
        "La derivada de ReLU es 1 donde {positive}, si no 0.",
    ),
    "exercise.solution": ("Solution", "Solución"),
}  # fmt: skip
