"""What nn.verify says: how each step stands, the mistakes, and what could not be tested."""

from autograd_lite.messages import Messages

GRADING: Messages = {
    "verify.title": (
        "Hand formula against autodiff and differences: {sizes}, {examples}",
        "Fórmula a mano frente a autodiff y diferencias: {sizes}, {examples}",
    ),
    "verify.one_example": ("one example", "un ejemplo"),
    "verify.batch": ("a batch of {count}", "un lote de {count}"),
    "verify.probes": ("and {count} random points", "y {count} puntos aleatorios"),
    "verify.right": ("right", "correcto"),
    "verify.followed": ("right given your {before}", "correcto según su {before}"),
    "verify.at_kink": ("not judged: a kink", "no se juzga: punto anguloso"),
    "verify.wrong": ("wrong", "incorrecto"),
    "verify.misshapen": ("wrong shape", "forma incorrecta"),
    "verify.failed": ("raised an error", "produjo un error"),
    "verify.few": ("too few digits to judge", "demasiado pocas cifras para juzgar"),
    "verify.missing": ("not given", "no se dio"),
    "verify.step": ("step", "paso"),
    "verify.verdict": ("verdict", "veredicto"),
    "verify.where": ("element", "elemento"),
    "verify.hand": ("by hand", "a mano"),
    "verify.autodiff": ("autodiff", "autodiff"),
    "verify.difference": ("differences", "diferencias"),
    "verify.all_right": ("Everything that was given is right.", "Todo lo que se dio es correcto."),
    "verify.nothing": ("Nothing that was given could be judged.", "Nada de lo que se dio se pudo juzgar."),
    "verify.more_digits": (
        "Print at least two significant digits (three decimals of zeros): a 0 for everything is no answer.",
        "Escriba al menos dos cifras significativas (tres decimales si todo es cero): un 0 para todo no es respuesta.",
    ),
    "verify.first": ("First error: {name}.", "Primer error: {name}."),
    "verify.should_be": ("It should be {formula}.", "Debería ser {formula}."),
    "verify.unknown": (
        "No known mistake explains {name}; the largest difference is at {where}.",
        "Ningún error conocido explica {name}; la mayor diferencia está en {where}.",
    ),
    "verify.few_to_name": (
        "{name} has too few digits to tell what went wrong.",
        "{name} tiene demasiado pocas cifras para decir qué falló.",
    ),
    "verify.not_finite": ("{name} holds NaN or infinite numbers.", "{name} contiene NaN o números infinitos."),
    "verify.lacking": ("Not given: {names}.", "No se dio: {names}."),
    "verify.count": (
        "{name} has {got} numbers, expected {expected}.",
        "{name} tiene {got} números; se esperaban {expected}.",
    ),
    "verify.unknown_hint": ("No known mistake explains {name}.", "Ningún error conocido explica {name}."),
    "verify.several": (
        "These cannot be told apart here; each explains every number:",
        "Estos no se pueden distinguir aquí; cada uno explica todos los números:",
    ),
    "verify.elsewhere": (
        "Here {name} is right, but not with other parameters and data: fixed numbers, or chance?",
        "Aquí {name} está bien, pero no con otros parámetros y datos: ¿números fijos, o azar?",
    ),
    "verify.no_matter_here": (
        "Here {name} comes out right all the same; with other parameters and data it does not.",
        "Aquí {name} sale bien de todos modos; con otros parámetros y datos, no.",
    ),
    "verify.shape": (
        "{name} has shape {got}, expected {expected}.",
        "{name} tiene forma {got}; se esperaba {expected}.",
    ),
    "verify.transpose_fits": ("Its transpose would fit.", "Su traspuesta encajaría."),
    "verify.raised": (
        "The rule for {name} raised {error} on operands of shapes {operands}; it should give shape {expected}.",
        "La regla de {name} produjo {error} con operandos de formas {operands}; debería dar la forma {expected}.",
    ),
    "verify.rounded": (
        "The numbers follow from values that were rounded on the way: carry more digits until the end.",
        "Los números salen de valores redondeados por el camino: conserve más cifras hasta el final.",
    ),
    "verify.kink": (
        "{name}: the loss has a kink at {where}; its slope jumps there, so no derivative is right or wrong.",
        "{name}: la pérdida tiene un punto anguloso en {where}; ahí la pendiente salta y ninguna derivada es correcta "
        "ni incorrecta.",
    ),
    "verify.engine": (
        "{name}: autodiff ({autodiff}) and differences ({numeric}) disagree; this is no fault of the hand formula.",
        "{name}: autodiff ({autodiff}) y diferencias ({numeric}) discrepan; no es culpa de la fórmula a mano.",
    ),
    "verify.engine_hint": (
        "{name}: autodiff and differences disagree; this is no fault of the hand formula.",
        "{name}: autodiff y diferencias discrepan; no es culpa de la fórmula a mano.",
    ),
    "verify.untested": ("Could not be tested here:", "No se pudo comprobar aquí:"),
    "verify.untested_point": (
        "other points: the numbers of one point alone were judged.",
        "otros puntos: solo se juzgaron los números de un punto.",
    ),
    "verify.unrepeatable": (
        "Only these numbers are right: with any others the formula could not be carried out.",
        "Solo son correctos estos números: con otros la fórmula no se pudo ejecutar.",
    ),
    "verify.untested_count": (
        "another number of examples: there the formula could not be carried out.",
        "otro número de ejemplos: con él la fórmula no se pudo ejecutar.",
    ),
    "verify.untested_batch": (
        "sums and means over the examples: that needs a batch of several.",
        "las sumas y medias sobre los ejemplos: hace falta un lote de varios.",
    ),
    "verify.untested_outputs": (
        "a division by the number of outputs: that needs several outputs.",
        "una división por el número de salidas: hacen falta varias salidas.",
    ),
    "verify.untested_slope": (
        "the factor σ′ of {name}: it is 1 wherever it counts here; take data with units that are off or saturated.",
        "el factor σ′ de {name}: aquí vale 1 donde cuenta; tome datos con unidades apagadas o saturadas.",
    ),
    "verify.equivalent": (
        "σ′ taken at {a} instead of {z}: for ReLU both are the same, so either is right.",
        "σ′ tomada en {a} en vez de {z}: con ReLU son iguales, así que ambas valen.",
    ),
    "verify.zero": (
        "{name}: it is 0 throughout at this point.",
        "{name}: es 0 en todas partes en este punto.",
    ),
    "mistake.missing_slope": ("{name} lacks the factor {slope}.", "A {name} le falta el factor {slope}."),
    "mistake.missing_slope_note": (
        "δ = {error} without σ′ is right for a sigmoid with binary cross-entropy, and for softmax with cross-entropy.",
        "δ = {error} sin σ′ es correcto para sigmoide con entropía cruzada binaria y softmax con entropía cruzada.",
    ),
    "mistake.other_loss": (
        "{name} belongs to another loss, {other}; the model uses {loss}.",
        "{name} es de otra pérdida, {other}; el modelo usa {loss}.",
    ),
    "mistake.as_for_loss": (
        "So it would be for the loss {other}; the model uses {loss}.",
        "Así sería con la pérdida {other}; el modelo usa {loss}.",
    ),
    "mistake.extra_slope": (
        "{name} has a factor p(1 − p) too many: with this loss p − y already is ∂{L}/∂{sum}.",
        "A {name} le sobra un factor p(1 − p): con esta pérdida p − y ya es ∂{L}/∂{sum}.",
    ),
    "mistake.slope_at_a": (
        "{name} takes σ′ at {a} instead of {z}.",
        "{name} toma σ′ en {a} en lugar de {z}.",
    ),
    "mistake.value_for_slope": (
        "{name} multiplies by σ({z}) = {a} instead of by σ′({z}).",
        "{name} multiplica por σ({z}) = {a} en lugar de por σ′({z}).",
    ),
    "mistake.sum_for_slope": (
        "{name} multiplies by {z} instead of by σ′({z}).",
        "{name} multiplica por {z} en lugar de por σ′({z}).",
    ),
    "mistake.squared_slope": ("{name} has the factor {slope} twice.", "{name} tiene el factor {slope} dos veces."),
    "mistake.other_slope": (
        "{name} takes the derivative of {other}; layer {layer} has {activation}.",
        "{name} toma la derivada de {other}; la capa {layer} tiene {activation}.",
    ),
    "mistake.missing_target": ("{name} lacks the target y.", "A {name} le falta el objetivo y."),
    "mistake.missing_error": ("{name} lacks the factor ∂{L}/∂{a}.", "A {name} le falta el factor ∂{L}/∂{a}."),
    "mistake.missing_transpose": (
        "{name} multiplies by {W} instead of by its transpose.",
        "{name} multiplica por {W} en lugar de por su traspuesta.",
    ),
    "mistake.transposed_sum": (
        "{name} multiplies by the transpose of {W}.",
        "{name} multiplica por la traspuesta de {W}.",
    ),
    "mistake.missing_weights": (
        "{name} passes the later δ back without the weights {W}.",
        "{name} propaga la δ posterior sin los pesos {W}.",
    ),
    "mistake.wrong_layer_slope": (
        "{name} takes σ′ of layer {other} instead of layer {layer}.",
        "{name} toma σ′ de la capa {other} en lugar de la {layer}.",
    ),
    "mistake.wrong_layer_weights": (
        "{name} takes the weights of layer {layer} instead of {W}.",
        "{name} toma los pesos de la capa {layer} en lugar de {W}.",
    ),
    "mistake.wrong_layer_delta": ("{name} takes the δ of another layer.", "{name} toma la δ de otra capa."),
    "mistake.transposed": ("{name} is transposed.", "{name} aparece en su forma traspuesta."),
    "mistake.sum_for_activation": (
        "{name} takes the weighted sum of the layer before instead of its activation {before}.",
        "{name} toma la suma ponderada de la capa anterior en lugar de su activación {before}.",
    ),
    "mistake.wrong_layer_activation": (
        "{name} takes {a} instead of {before}: the activation of the layer before.",
        "{name} toma {a} en lugar de {before}: la activación de la capa anterior.",
    ),
    "mistake.input_for_activation": (
        "{name} takes the input x instead of {before}.",
        "{name} toma la entrada x en lugar de {before}.",
    ),
    "mistake.not_summed": (
        "{name} is not summed over the examples of the batch.",
        "{name} no se suma sobre los ejemplos del lote.",
    ),
    "mistake.times_biases": (
        "{name} is multiplied by the biases; ∂{sum}/∂b is 1.",
        "En {name} sobran los sesgos como factor; ∂{sum}/∂b es 1.",
    ),
    "mistake.mean_for_sum": (
        "{name} is divided by the number of examples.",
        "En {name} sobra una división por el número de ejemplos.",
    ),
    "mistake.sum_for_mean": (
        "{name} is multiplied by the number of examples, as if the loss were no mean.",
        "En {name} sobra un factor, el número de ejemplos, como si la pérdida no fuera una media.",
    ),
    "mistake.over_outputs": (
        "{name} is divided by the number of outputs.",
        "En {name} sobra una división por el número de salidas.",
    ),
    "mistake.times_outputs": (
        "{name} is multiplied by the number of outputs.",
        "En {name} sobra un factor, el número de salidas.",
    ),
    "mistake.sign": ("{name} has the wrong sign.", "{name} tiene el signo contrario."),
    "mistake.factor_two": ("{name} is twice what it should be.", "{name} es el doble de lo que debería."),
    "mistake.factor_half": ("{name} is half of what it should be.", "{name} es la mitad de lo que debería."),
    "mistake.all_zero": ("{name} is 0 throughout.", "{name} es 0 en todas partes."),
    "mistake.missing_biases": ("{name} lacks the biases.", "A {name} le faltan los sesgos."),
    "mistake.missing_activation": (
        "{name} is {z} itself: the activation is missing.",
        "{name} es {z} tal cual: falta la activación.",
    ),
    "mistake.other_activation": (
        "{name} is computed with {other}; layer {layer} has {activation}.",
        "{name} se calcula con {other}; la capa {layer} tiene {activation}.",
    ),
    "mistake.mean": ("mean", "media"),
    "mistake.no_activation": ("no activation", "ninguna activación"),
    "mistake.in_all": ("So in layers {layers}.", "Así en las capas {layers}."),
}  # fmt: skip
