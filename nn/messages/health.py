"""What nn.diagnose says."""

from autograd_lite.messages import Messages

HEALTH: Messages = {
    "health.title": (
        "Diagnosis of a network of {layers} on {examples}: {verdict}",
        "Diagnóstico de una red de {layers} con {examples}: {verdict}",
    ),
    "health.one_layer": ("one layer", "una capa"),
    "health.depth": ("{count} layers", "{count} capas"),
    "health.one_example": ("one example", "un ejemplo"),
    "health.batch": ("a batch of {count}", "un lote de {count}"),
    "health.verdict.vanishing": ("the gradient vanishes", "el gradiente se desvanece"),
    "health.verdict.exploding": ("the gradient explodes", "el gradiente explota"),
    "health.verdict.healthy": ("the gradient is healthy", "gradiente sano"),
    "health.verdict.units": (
        "the gradient gets through, but some units hardly learn",
        "el gradiente llega, pero hay neuronas que apenas aprenden",
    ),
    "health.verdict.not_finite": ("the numbers are not finite", "hay números no finitos"),
    "health.trend": (
        "On its way back from layer {last} to layer 1, δ changes by a factor of {factor} a layer, of {total} in all "
        "(healthy: {low} to {high}).",
        "En su camino de vuelta de la capa {last} a la capa 1, δ cambia por un factor de {factor} por capa, de "
        "{total} en total (sano: de {low} a {high}).",
    ),
    "health.stopped": (
        "No error reaches layer 1: δ is 0 in {layers}.",
        "Ningún error llega a la capa 1: δ es 0 en {layers}.",
    ),
    "health.nan": ("NaN", "NaN"),
    "health.infinity": ("infinity", "infinito"),
    "health.found": (
        "The first {kind} of the pass appears in {place}.",
        "El primer {kind} de la pasada aparece en {place}.",
    ),
    "health.found_in_layer": (
        "The first {kind} of the pass appears in layer {number} ({path!r}), in {place}.",
        "El primer {kind} de la pasada aparece en la capa {number} ({path!r}), en {place}.",
    ),
    "health.layer": ("layer", "capa"),
    "health.activation": ("activation", "activación"),
    "health.units": ("units", "neuronas"),
    "health.rms": ("RMS δ", "RMS δ"),
    "health.saturated": ("saturated", "saturadas"),
    "health.dead": ("dead", "muertas"),
    "health.bars": ("log RMS δ", "log RMS δ"),
    "health.mends": ("What helps", "Qué ayuda"),
    "health.every": (
        "One layer in {stride} is shown; .layers has them all.",
        "Se muestra una de cada {stride} capas; .layers las tiene todas.",
    ),
    "health.one": ("layer {numbers}", "la capa {numbers}"),
    "health.several": ("layers {numbers}", "las capas {numbers}"),
    "health.to": ("{first} to {last}", "{first} a {last}"),
    "health.note.single": (
        "Dead ReLUs cannot be judged from a single example: a unit is dead when it is off for every example. "
        "Pass a batch.",
        "Con un solo ejemplo no se puede juzgar si hay ReLU muertas: una neurona está muerta cuando no se activa con "
        "ningún ejemplo. Use un lote.",
    ),
    "health.note.no_error": (
        "The loss has no slope here, so that there is no error to follow back. Use data that the model does not fit.",
        "Aquí la pérdida no tiene pendiente, así que no hay error que seguir hacia atrás. Use datos a los que el "
        "modelo no se ajuste.",
    ),
    "health.mend.sigmoid": (
        "The sigmoid's slope is at most ¼, so that every layer shrinks δ. Use ReLU with He's initialisation "
        "(activation=\"relu\", init=\"he_uniform\"), or tanh with Xavier's (activation=\"tanh\", "
        "init=\"xavier_uniform\").",
        "La pendiente de la sigmoide es como mucho ¼, así que cada capa encoge δ. Use ReLU con la inicialización de "
        "He (activation=\"relu\", init=\"he_uniform\") o tanh con la de Xavier (activation=\"tanh\", "
        "init=\"xavier_uniform\").",
    ),
    "health.mend.initialisation": (
        "The weights of {layers} have {ratio} times the spread that {name}'s initialisation would give them. Start "
        "again with init=\"{init}\".",
        "Los pesos de {layers} tienen {ratio} veces la dispersión que les daría la inicialización de {name}. Empiece "
        "de nuevo con init=\"{init}\".",
    ),
    "health.mend.depth": (
        "The weights have the spread that they should have: use fewer or wider layers.",
        "La dispersión de los pesos es la adecuada: use menos capas, o capas más anchas.",
    ),
    "health.mend.clip": (
        "Until the cause is mended, clip the gradient before each step: nn.clip_grad_norm_(model.parameters(), 1.0) "
        "scales it down where its norm exceeds 1.",
        "Mientras no se corrija la causa, recorte el gradiente antes de cada paso: "
        "nn.clip_grad_norm_(model.parameters(), 1.0) lo reduce cuando su norma supera 1.",
    ),
    "health.mend.inputs": (
        "The inputs have an RMS of {rms}. Normalise each feature to mean 0 and standard deviation 1.",
        "Las entradas tienen un RMS de {rms}. Normalice cada característica a media 0 y desviación típica 1.",
    ),
    "health.mend.dead": (
        "Dead ReLUs in {layers}, up to {share} of a layer: no example gives them a slope, so they learn no more. Use a "
        "smaller learning rate, He's initialisation with biases of 0, or LeakyReLU.",
        "ReLU muertas en {layers}, hasta un {share} de una capa: ningún ejemplo les da pendiente y ya no aprenden. Use "
        "una tasa de aprendizaje menor, la inicialización de He con sesgos 0 o LeakyReLU.",
    ),
    "health.mend.saturated": (
        "Saturated units in {layers}, up to {share} of a layer: there σ′ < {slope}. Scale the inputs and the weights "
        "down (init=\"xavier_uniform\").",
        "Neuronas saturadas en {layers}, hasta un {share} de una capa: allí σ′ < {slope}. Reduzca la escala de las "
        "entradas y de los pesos (init=\"xavier_uniform\").",
    ),
    "health.mend.stuck": (
        "Outputs are saturated at the wrong end, up to {share} of them: σ′ hides their error. Give the loss the last z "
        "instead (output_activation=None with nn.BCEWithLogitsLoss or nn.CrossEntropyLoss).",
        "Hay salidas saturadas en el extremo equivocado, hasta un {share}: σ′ oculta su error. Dé a la pérdida la "
        "última z (output_activation=None con nn.BCEWithLogitsLoss o nn.CrossEntropyLoss).",
    ),
    "health.mend.data": (
        "Leave out the examples that hold it, or fill the gaps: np.nan_to_num({place}).",
        "Descarte los ejemplos que lo contienen o rellene los huecos: np.nan_to_num({place}).",
    ),
    "health.mend.parameters": (
        "An earlier step spoiled the parameters: load or initialise them anew, and train with a smaller learning rate.",
        "Un paso anterior estropeó los parámetros: cárguelos o inicialícelos de nuevo y entrene con una tasa de "
        "aprendizaje menor.",
    ),
    "health.mend.forward": (
        "The forward pass overflows there: start with smaller weights (init=\"auto\"), normalise the inputs, and use "
        "float64.",
        "La propagación hacia adelante se desborda ahí: empiece con pesos menores (init=\"auto\"), normalice las "
        "entradas y use float64.",
    ),
    "health.mend.loss": (
        "The loss leaves its domain or overflows: normalise the targets, and for probabilities use "
        "nn.BCEWithLogitsLoss or nn.CrossEntropyLoss, which take the last z.",
        "La pérdida sale de su dominio o se desborda: normalice los valores deseados y, para probabilidades, use "
        "nn.BCEWithLogitsLoss o nn.CrossEntropyLoss, que toman la última z.",
    ),
    "health.mend.backward": (
        "The backward pass overflows there: start with smaller weights (init=\"auto\"), and normalise inputs and "
        "targets.",
        "La propagación hacia atrás se desborda ahí: empiece con pesos menores (init=\"auto\") y normalice las "
        "entradas y los valores deseados.",
    ),
    "health.picture.title": ("The error δ, layer by layer", "El error δ, capa por capa"),
    "health.picture.rms": (
        "RMS of the elements of δ, logarithmic scale",
        "RMS de los elementos de δ, escala logarítmica",
    ),
    "health.picture.band": (
        "healthy: {low} to {high} times that of the last layer",
        "sano: de {low} a {high} veces el de la última capa",
    ),
    "health.picture.back": ("backward pass", "hacia atrás"),
    "health.picture.shares": ("share of a layer's units:", "proporción de las neuronas de cada capa:"),
    "health.picture.share": ("{kind} (at most {share})", "{kind} (máx. {share})"),
    "health.picture.summary": (
        "δ changes by a factor of {factor} a layer, of {total} in all",
        "δ cambia por un factor de {factor} por capa, de {total} en total",
    ),
}  # fmt: skip
