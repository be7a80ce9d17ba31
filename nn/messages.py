"""What people read, in one table: every sentence and title in English and in Spanish.

Symbols and formulas are the same in both languages and stay where they are computed.
"""

from autograd_lite.errors import ArgumentError

LANGUAGES = ("en", "es")

MESSAGES: dict[str, tuple[str, str]] = {
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
    "record.one_hot": ("e_y (1 at the label, else 0)", "e_y (1 en la etiqueta, si no 0)"),
    "record.sigmoid": ("sigmoid", "sigmoide"),
    "record.linear": ("linear", "lineal"),
    "record.relu_slope": ("1 if {z} > 0, else 0", "1 si {z} > 0, si no 0"),
    "tour.title": ("autograd-lite {version}: the tour", "autograd-lite {version}: la visita"),
    "tour.systems": (
        "Python {python}, NumPy {numpy}, {renderer} Graphviz {version}",
        "Python {python}, NumPy {numpy}, Graphviz {version} ({renderer})",
    ),
    "tour.embedded": ("embedded", "incluido"),
    "tour.system": ("system", "del sistema"),
    "tour.none": ("no", "ninguno"),
    "tour.wrote": ("wrote {path}", "escrito {path}"),
    "tour.layer": ("Layer {number}: {activation}", "Capa {number}: {activation}"),
    "tour.autodiff": ("autodiff", "autodiff"),
    "tour.recursion": ("recursion", "recursión"),
    "tour.differences": ("differences", "diferencias"),
    "tour.note": ("note", "apuntes"),
    "tour.by_hand": ("by hand", "a mano"),
    "tour.difference": ("max diff", "dif. máx."),
    "tour.first.title": (
        "1. The first lecture note: ReLU, then sigmoid, L = ½(a² − y)²",
        "1. Los primeros apuntes: ReLU, luego sigmoide, L = ½(a² − y)²",
    ),
    "tour.first.text": (
        "A 2-3-1 network, every gradient four ways: by autodiff, which knows only the derivative of each operation; "
        "by the δ recursion written out in NumPy; by central differences of the loss; and as the note prints it. "
        "Autodiff may differ by {recursion} from the recursion, by {differences} from the differences, and from the "
        "note by half a unit of its last decimal.",
        "Una red 2-3-1 y cada gradiente de cuatro maneras: por autodiff, que solo conoce la derivada de cada "
        "operación; por la recursión de δ escrita en NumPy; por diferencias centrales de la pérdida; y como lo "
        "imprimen los apuntes. Autodiff puede diferir en {recursion} de la recursión, en {differences} de las "
        "diferencias y de los apuntes en media unidad de su último decimal.",
    ),
    "tour.second.title": (
        "2. The second lecture note: Err = Σ(y − ŷ)², no biases",
        "2. Los segundos apuntes: Err = Σ(y − ŷ)², sin sesgos",
    ),
    "tour.second.text": (
        "The same weights, now called θ. The first table checks the errors δ and the gradients. In the second the "
        "optimizer takes one step of gradient descent, θ ← θ − η δ o with η = {rate}, checked against the recursion.",
        "Los mismos pesos, que ahora se llaman θ. La primera tabla comprueba los errores δ y los gradientes. En la "
        "segunda el optimizador da un paso de descenso por gradiente, θ ← θ − η δ o con η = {rate}, que se compara con "
        "la recursión.",
    ),
    "tour.err": ("Err falls from {before} to {after}", "Err baja de {before} a {after}"),
    "tour.err_falls": ("Err falls", "Err baja"),
    "tour.pictures.title": ("3. The computation graph", "3. El grafo de cálculo"),
    "tour.pictures.text": (
        "The first example's operations as pictures: before backward() with every value and every gradient, and "
        "after it, when the intermediate values have been freed and the parameters hold their .grad.",
        "Las operaciones del primer ejemplo en imágenes: antes de backward() con cada valor y cada gradiente, y "
        "después, cuando los valores intermedios se han liberado y los parámetros guardan su .grad.",
    ),
    "tour.digits.title": (
        "4. Handwritten digits: a 64-32-10 network on {count:,} real images",
        "4. Dígitos manuscritos: una red 64-32-10 con {count} imágenes reales",
    ),
    "tour.digits.text": (
        "Trained by Adam on {train:,} images, tested on the {test} that were held out. The seed is fixed; over twelve "
        "seeds the result varied from {low} to {high}.",
        "Se entrena con Adam en {train} imágenes y se prueba en las {test} apartadas. La semilla es fija; con doce "
        "semillas el resultado varió del {low} al {high}.",
    ),
    "tour.trained": (
        "{epochs} epochs in {seconds} s, loss {first} → {last}",
        "{epochs} épocas en {seconds} s, pérdida {first} → {last}",
    ),
    "tour.accuracy": (
        "{accuracy} of the held-out images are recognised ({right} of {count})",
        "se reconoce el {accuracy} de las imágenes apartadas ({right} de {count})",
    ),
    "tour.accuracy_check": ("held-out accuracy ≥ {wanted}", "acierto en las apartadas ≥ {wanted}"),
    "tour.digits_gradients": (
        "All {parameters:,} gradients on a batch of {batch}, softmax + cross-entropy, against the δ recursion:",
        "Los {parameters} gradientes en un lote de {batch}, softmax + entropía cruzada, frente a la recursión de δ:",
    ),
    "tour.digits_name": ("digits", "dígitos"),
    "tour.gradient": ("gradient", "gradiente"),
    "tour.shape": ("shape", "forma"),
    "tour.norm": ("norm", "norma"),
    "tour.curve": ("Training on handwritten digits", "Entrenamiento con dígitos manuscritos"),
    "tour.epoch": ("epoch", "época"),
    "tour.curve_loss": ("training loss", "pérdida de entrenamiento"),
    "tour.curve_accuracy": ("held-out accuracy", "acierto en las apartadas"),
    "tour.summary": ("Summary", "Resumen"),
    "tour.passed": ("{count} checks, all passed", "{count} comprobaciones, todas superadas"),
    "tour.failed": ("{failed} of {count} checks failed:", "{failed} de {count} comprobaciones fallaron:"),
    "tour.files": ("{count} files in {folder}", "{count} archivos en {folder}"),
    "tour.time": ("{seconds} s", "{seconds} s"),
    "cli.help": (
        "autograd-lite: reverse-mode autodiff on NumPy, checked against the hand formulas\n"
        "\n"
        "Usage: autograd-lite COMMAND [OPTIONS]\n"
        "\n"
        "Commands\n"
        "  tour           check and draw the lecture notes' example and a trained network\n"
        "\n"
        "Options\n"
        "  --lang en|es   language of the text\n"
        "  --version      versions of autograd-lite, Python, NumPy and Graphviz\n"
        "  -h, --help     this page; after a command, that command's",
        "autograd-lite: derivación automática en modo inverso sobre NumPy,\n"
        "contrastada con las fórmulas hechas a mano\n"
        "\n"
        "Uso: autograd-lite ORDEN [OPCIONES]\n"
        "\n"
        "Órdenes\n"
        "  tour           comprueba y dibuja el ejemplo de los apuntes y una red entrenada\n"
        "\n"
        "Opciones\n"
        "  --lang en|es   idioma del texto\n"
        "  --version      versiones de autograd-lite, Python, NumPy y Graphviz\n"
        "  -h, --help     esta página; tras una orden, la suya",
    ),
    "cli.help.tour": (
        "autograd-lite tour: the main job in under a minute\n"
        "\n"
        "Checks every gradient of the lecture notes' example by autodiff, the δ recursion,\n"
        "central differences and the printed numbers; carries out one update; draws the\n"
        "computation graph; trains a network on handwritten digits and checks its gradients.\n"
        "Exits with 1 when a check fails.\n"
        "\n"
        "Usage: autograd-lite tour [--out DIR] [--lang en|es]\n"
        "\n"
        "Options\n"
        "  --out DIR      directory for the pictures and texts (autograd-lite-tour)\n"
        "  --lang en|es   language of the text\n"
        "  -h, --help     this page",
        "autograd-lite tour: lo principal en menos de un minuto\n"
        "\n"
        "Comprueba cada gradiente del ejemplo de los apuntes por autodiff, la recursión de δ,\n"
        "diferencias centrales y los números impresos; da un paso de actualización; dibuja el\n"
        "grafo de cálculo; entrena una red con dígitos manuscritos y comprueba sus gradientes.\n"
        "Termina con 1 si falla una comprobación.\n"
        "\n"
        "Uso: autograd-lite tour [--out DIR] [--lang en|es]\n"
        "\n"
        "Opciones\n"
        "  --out DIR      directorio para las imágenes y los textos (autograd-lite-tour)\n"
        "  --lang en|es   idioma del texto\n"
        "  -h, --help     esta página",
    ),
    "cli.unknown_command": ("unknown command {got!r}.", "orden desconocida {got!r}."),
    "cli.unknown_option": ("unknown option {got!r}.", "opción desconocida {got!r}."),
    "cli.unknown_argument": ("unknown argument {got!r}.", "argumento desconocido {got!r}."),
    "cli.unknown_lang": ("unknown language {got!r}.", "idioma desconocido {got!r}."),
    "cli.known_langs": ("Write --lang with one of {known}.", "Escriba --lang con uno de {known}."),
    "cli.commands": ("Known: {known}. See autograd-lite --help.", "Se conoce: {known}. Véase autograd-lite --help."),
    "cli.options": (
        "See autograd-lite --help; a command's options stand after it.",
        "Véase autograd-lite --help; las opciones de una orden van después de ella.",
    ),
    "cli.see_help": ("See autograd-lite {command} --help.", "Véase autograd-lite {command} --help."),
    "cli.bad_out": ("cannot write to {got!r}: {reason}.", "no se puede escribir en {got!r}: {reason}."),
    "cli.is_file": ("there is a file of that name", "hay un archivo con ese nombre"),
    "cli.give_out": (
        "Give a directory that you may write to: --out DIR.",
        "Indique un directorio en el que pueda escribir: --out DIR.",
    ),
    "cli.hidden": (
        "autograd-lite: {got!r} hides the package nn: a program that says `import nn` here finds that file.",
        "autograd-lite: {got!r} oculta el paquete nn: un programa que aquí diga `import nn` halla ese archivo.",
    ),
    "cli.rename": ("Rename it, to my_nn.py for example.", "Cámbiele el nombre, por ejemplo a mi_nn.py."),
    "cli.interrupted": ("Interrupted.", "Interrumpido."),
}  # fmt: skip


def message(key: str, lang: str = "en", **values: object) -> str:
    """Return a message in a language, with its places filled.

    Parameters
    ----------
    key : str
        Of `MESSAGES`.
    lang : {"en", "es"}
    values : object
        What its {names} stand for.

    Raises
    ------
    ArgumentError
        When the language is not known.

    Examples
    --------
    >>> message("record.backward", "es")
    'Propagación hacia atrás'
    """
    return MESSAGES[key][LANGUAGES.index(checked_language(lang))].format(**values)


def percent(share: float, decimals: int, lang: str = "en") -> str:
    """Return a share in percent: in Spanish the sign stands apart.

    Examples
    --------
    >>> percent(0.978, 1), percent(0.978, 1, "es")
    ('97.8%', '97.8 %')
    """
    return f"{100 * share:.{decimals}f}{' %' if checked_language(lang) == 'es' else '%'}"


def checked_language(lang: str) -> str:
    """Return a language that the table has.

    Examples
    --------
    >>> checked_language("es")
    'es'
    """
    if lang not in LANGUAGES:
        raise ArgumentError(f"unknown language {lang!r}.", f"The languages are {', '.join(map(repr, LANGUAGES))}.")
    return lang
