"""What the tour says."""

from autograd_lite.messages import Messages

TOUR: Messages = {
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
        "The first example's operations as pictures: before backward() with every value and every gradient, and after "
        "it, when the intermediate values have been freed and the parameters hold their .grad. graph.html plays them "
        "step by step in a browser. Then the δ recursion, each factor with its numbers.",
        "Las operaciones del primer ejemplo en imágenes: antes de backward() con cada valor y cada gradiente, y "
        "después, cuando los valores intermedios se han liberado y los parámetros guardan su .grad. graph.html las "
        "recorre paso a paso en un navegador. Luego la recursión de δ, cada factor con sus números.",
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
    "tour.summary": ("Summary", "Resumen"),
    "tour.passed": ("{count} checks, all passed", "{count} comprobaciones, todas superadas"),
    "tour.failed": ("{failed} of {count} checks failed:", "{failed} de {count} comprobaciones fallaron:"),
    "tour.files": ("{count} files in {folder}", "{count} archivos en {folder}"),
    "tour.time": ("{seconds} s", "{seconds} s"),
}  # fmt: skip
