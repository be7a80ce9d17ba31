"""Texts in the languages that people read: how a table of messages is kept, and the engine's own.

Symbols and formulas are the same in every language and stay where they are computed.
"""

from __future__ import annotations

from collections.abc import Mapping

from autograd_lite.errors import ArgumentError

LANGUAGES = ("en", "es")
# A key for each sentence or title; its texts in the order of LANGUAGES, with {names} to be filled in.
Messages = dict[str, tuple[str, str]]

MESSAGES: Messages = {
    "mistakes.sign": ("the sign is reversed", "el signo está cambiado"),
    "mistakes.twice": ("twice as large as it should be", "es el doble de lo que debe ser"),
    "mistakes.half": ("half as large as it should be", "es la mitad de lo que debe ser"),
    "mistakes.sum": ("{number} times too large ({name}): a sum in place of a mean",
                     "{number} veces mayor de lo debido ({name}): una suma en lugar de una media"),
    "mistakes.mean": ("divided by {number} ({name}): a mean in place of a sum",
                      "dividido entre {number} ({name}): una media en lugar de una suma"),
    "mistakes.transpose": ("transposed", "está transpuesto"),
    "mistakes.axes": ("its axes stand in another order; transposing by {order} would mend it",
                      "sus ejes están en otro orden; transponer con {order} lo corregiría"),
    "mistakes.flipped": ("reversed along axis {axis}", "está invertido a lo largo del eje {axis}"),
    "mistakes.unsummed": ("not summed over axis {axis}", "falta sumar sobre el eje {axis}"),
    "mistakes.oversummed": ("summed over axis {axis}, which should stay",
                            "está sumado sobre el eje {axis}, que debe quedar"),
    "mistakes.filled": ("the right numbers, filled in by columns in place of rows",
                        "los números correctos, colocados por columnas en lugar de por filas"),
    "mistakes.shape": ("the right numbers in the shape {found} in place of {right}",
                       "los números correctos con la forma {found} en lugar de {right}"),
    "mistakes.missing": ("zero everywhere", "es cero en todas partes"),
    "mistakes.nan": ("NaN or infinite where the derivative is a number",
                     "es NaN o infinito donde la derivada es un número"),
    "mistakes.rounded": ("rounded to {decimals} decimals, too few to judge",
                         "redondeado a {decimals} decimales, muy pocos para juzgar"),
    "mistakes.factor": ("{number} times what it should be", "es {number} veces lo que debe ser"),
    "mistakes.offset": ("what it should be plus {number} in every element",
                        "es lo que debe ser más {number} en cada elemento"),
    "mistakes.parallel": ("right but for a factor that changes with the point, from {low} to {high}",
                          "es correcto salvo un factor que cambia con el punto, de {low} a {high}"),
    "mistakes.and": (", and ", ", y "),
    "mistakes.only": ("wrong only in {place}: {said}", "está mal solo en {place}: {said}"),
    "slopes.kink": ("a kink: the slope is {behind} on one side and {ahead} on the other",
                    "un punto anguloso: la pendiente es {behind} a un lado y {ahead} al otro"),
    "slopes.jump": ("a jump: the differences are {behind} on one side and {ahead} on the other",
                    "un salto: las diferencias son {behind} a un lado y {ahead} al otro"),
    "slopes.edge": ("the edge of the domain: the slope is {behind} on one side and {ahead} on the other",
                    "el borde del dominio: la pendiente es {behind} a un lado y {ahead} al otro"),
    "formula.title_right": ("The formula by hand is right.", "La fórmula a mano es correcta."),
    "formula.title_wrong": ("The formula by hand is wrong.", "La fórmula a mano es incorrecta."),
    "formula.title_undecided": ("The formula by hand could not be judged.", "La fórmula a mano no se pudo juzgar."),
    "formula.row_right": ("right at {right} of {points} points", "correcta en {right} de {points} puntos"),
    "formula.row_wrong": ("wrong at {wrong} of {points} points", "incorrecta en {wrong} de {points} puntos"),
    "formula.row_undecided": ("not judged", "sin juzgar"),
    "formula.by_hand": ("by hand", "a mano"),
    "formula.autodiff": ("autodiff", "autodiff"),
    "formula.differences": ("differences", "diferencias"),
    "formula.ratio": ("by hand / autodiff", "a mano / autodiff"),
    "formula.here": ("at the point given", "en el punto dado"),
    "formula.elsewhere": ("at the random point {number}", "en el punto aleatorio {number}"),
    "formula.worst": ("{place} is {by_hand} by hand, {autodiff} by autodiff, {where}.",
                      "{place} es {by_hand} a mano, {autodiff} por autodiff, {where}."),
    "formula.shape": ("{name}: the gradient by hand has the shape {found}, expected {expected}.",
                      "{name}: el gradiente a mano tiene la forma {found}, se esperaba {expected}."),
    "formula.shape_transposed": (
        "{name}: the gradient by hand has the shape {found}, expected {expected}; its transpose would fit.",
        "{name}: el gradiente a mano tiene la forma {found}, se esperaba {expected}; su transpuesta encajaría.",
    ),
    "formula.unknown": ("{names}: no known mistake gives these numbers.",
                        "{names}: ningún error conocido da estos números."),
    "formula.several": ("{names}: cannot be told apart here: {listed}.",
                        "{names}: aquí no se pueden distinguir: {listed}."),
    "formula.undecided": ("the gradient of {names} could not be judged.",
                          "el gradiente de {names} no se pudo juzgar."),
    "formula.broken": ("Not judged: {place}, at {broken}.", "Sin juzgar: {place}, en {broken}."),
    "formula.broken_elsewhere": ("Not judged at the random point {number}: {place}, at {broken}.",
                                 "Sin juzgar en el punto aleatorio {number}: {place}, en {broken}."),
    "formula.fault": (
        "Autodiff ({autodiff}) and the differences ({differences}) disagree at {place}, where there is no kink: "
        "the fault is in f or in a rule of its operations, not in the formula.",
        "Autodiff ({autodiff}) y las diferencias ({differences}) no coinciden en {place}, donde no hay punto anguloso: "
        "el fallo está en f o en una regla de sus operaciones, no en la fórmula.",
    ),
    "formula.zero_here": ("The gradient of {name} is zero at this point, which cannot tell: give another.",
                          "El gradiente de {name} es cero en este punto, que no permite juzgar: dé otro."),
    "formula.zero": ("The gradient of {name} is zero at every point tried.",
                     "El gradiente de {name} es cero en todos los puntos probados."),
    "formula.data": ("{name} is right for the data given, and wrong for others of the same shape.",
                     "{name} es correcto para los datos dados, e incorrecto para otros de la misma forma."),
    "formula.dropped": ("Points left out because {what} is not defined there: {count}.",
                        "Puntos omitidos porque {what} no está definida en ellos: {count}."),
    "formula.kept": ("Kept as given at every point: {names}.", "Igual que lo dado en todos los puntos: {names}."),
    "formula.signs": ("Not tested: {names} with elements of other signs.",
                      "Sin probar: {names} con elementos de otros signos."),
    "formula.symmetry": ("Not tested: {names} without its symmetry.", "Sin probar: {names} sin su simetría."),
    "formula.shapes": ("Not tested: other shapes than these.", "Sin probar: otras formas que estas."),
    "places.element": ("element {index}", "el elemento {index}"),
    "places.elements": ("elements {indices}", "los elementos {indices}"),
    "places.many": ("{count} of {size} elements, the first {index}", "{count} de {size} elementos, el primero {index}"),
    "places.row": ("row {number}", "la fila {number}"),
    "places.column": ("column {number}", "la columna {number}"),
    "places.diagonal": ("the diagonal", "la diagonal"),
    "places.off_diagonal": ("all but the diagonal", "todo salvo la diagonal"),
    "places.above_diagonal": ("the part above the diagonal", "la parte sobre la diagonal"),
    "places.below_diagonal": ("the part below the diagonal", "la parte bajo la diagonal"),
    "explain.title": ("Backward pass of {name} = {value}, from the result to the leaves",
                      "Propagación hacia atrás de {name} = {value}, del resultado a las hojas"),
    "explain.freed": ("intermediate values freed: explain before backward(), or retain_graph=True",
                      "valores intermedios liberados: explique antes de backward(), o con retain_graph=True"),
    "explain.complex": (
        "Complex numbers: the gradients are conjugated, and so are the factors that the formulas multiply them by.",
        "Números complejos: los gradientes están conjugados, y también los factores que los multiplican."),
    "explain.hooks": (
        "Hooks may change gradients on the way: they are not called here, and the numbers are those without them.",
        "Los hooks pueden cambiar los gradientes por el camino: aquí no se llaman, y los números son sin ellos."),
    "explain.from": (" (from {name})", " (desde {name})"),
    "explain.terms": ("… {count} more terms", "… {count} términos más"),
    "explain.table": ("(the rule of {operation} in the table of derivatives)",
                      "(la regla de {operation} en la tabla de derivadas)"),
    "explain.own": ("(the rule of {operation} that ag.primitive was given)",
                    "(la regla de {operation} que se dio a ag.primitive)"),
    "explain.summed": ("   (summed over axis {axes}, along which {name} was repeated)",
                       "   (sumado sobre el eje {axes}, a lo largo del cual se repitió {name})"),
    "explain.constant": (" gets none: a constant.", " no recibe ninguno: es constante."),
    "explain.several_constants": (" get none: constants.", " no reciben ninguno: son constantes."),
    "explain.left_out": (
        "… {count} more operations are left out: max_steps=None tells them all; or explain an intermediate result.",
        "… se omiten {count} operaciones más: max_steps=None las cuenta todas; o explique un resultado intermedio."),
    "explain.leaves": ("Leaves: what backward() adds to .grad", "Hojas: lo que backward() suma a .grad"),
    "explain.kept": ("Leaves: what stands in .grad", "Hojas: lo que hay en .grad"),
    "explain.none": (": no gradient", ": ningún gradiente"),
    "explain.more": ("… and {count} more", "… y {count} más"),
    "explain.constants": ("No gradient, because they require none: ", "Sin gradiente, porque no lo requieren: "),
    "draw.title": ("The operations that compute {name}", "Las operaciones que calculan {name}"),
    "draw.description": ("A computation graph of {count} operations that ends in {result}",
                         "Un grafo de cálculo de {count} operaciones que termina en {result}"),
    "draw.single": ("A computation graph of one operation that ends in {result}",
                    "Un grafo de cálculo de una operación que termina en {result}"),
    "draw.named": ("Named tensors: {names}", "Tensores con nombre: {names}"),
    "draw.more": ("{names} and {count} more", "{names} y {count} más"),
    "draw.parts": ("Parts: {names}", "Partes: {names}"),
    "draw.unrecorded": (
        "nothing recorded: no input has requires_grad=True, or it was computed inside no_grad()",
        "nada registrado: ninguna entrada tiene requires_grad=True, o se calculó dentro de no_grad()"),
    "draw.not_scalar": ("no gradients: the result is no scalar", "sin gradientes: el resultado no es un escalar"),
    "draw.freed": ("intermediate values freed: draw before backward(), or retain_graph=True",
                   "valores intermedios liberados: dibuje antes de backward(), o con retain_graph=True"),
    "draw.value": ("value", "valor"),
    "draw.at_left": ("at the left", "a la izquierda"),
    "draw.gradient": ("gradient", "gradiente"),
    "draw.at_right": ("at the right, slanted", "a la derecha, en cursiva"),
    "draw.thick": ("thick frame: parameter", "marco grueso: parámetro"),
    "draw.dashed": ("dashed: the gradients on their way back, each with its rule",
                    "a trazos: los gradientes en su camino de vuelta, cada uno con su regla"),
    "draw.adds": ("+= where they add up", "+= donde se suman"),
    "draw.summed": ("summed over axis {axes}", "sumado sobre el eje {axes}"),
    "draw.through": ("by the chain rule through {count} operations",
                     "por la regla de la cadena a través de {count} operaciones"),
    "draw.rule_of": ("the rule of {operation}", "la regla de {operation}"),
    "draw.backward": ("Backward: {rules}", "Hacia atrás: {rules}"),
    "draw.kind_input": ("input", "entrada"),
    "draw.kind_parameter": ("parameter", "parámetro"),
    "draw.kind_constant": ("constant", "constante"),
    "draw.kind_intermediate": ("intermediate", "valor intermedio"),
    "draw.kind_root": ("result", "resultado"),
    "draw.kind_operation": ("operation", "operación"),
    "draw.legend": ("Legend", "Leyenda"),
    "draw.tensor": ("{kind}, shape {shape}, {dtype}", "{kind}, forma {shape}, {dtype}"),
    "draw.by": ("by {operation}", "por {operation}"),
    "draw.call": ("{operation} of {operands}: shape {shape}, {dtype}",
                  "{operation} de {operands}: forma {shape}, {dtype}"),
    "draw.first": ("1st", "1.º"),
    "draw.second": ("2nd", "2.º"),
    "draw.operations": ("{count} operations", "{count} operaciones"),
    "draw.each": ("each of {operations}, {count} times", "{operations}, {count} veces cada una"),
    "draw.empty": ("empty", "vacío"),
    "draw.not_finite": ("not finite", "no finitos"),
    "page.steps": ("Steps of the computation", "Pasos del cálculo"),
    "page.first": ("First step", "Primer paso"),
    "page.back": ("Step back", "Paso atrás"),
    "page.play": ("Play", "Reproducir"),
    "page.pause": ("Pause", "Pausa"),
    "page.next": ("Step on", "Paso adelante"),
    "page.last": ("Last step", "Último paso"),
    "page.position": ("Step", "Paso"),
    "page.whole": ("Whole picture", "Todo el dibujo"),
    "page.zoom": ("Size of the picture", "Tamaño del dibujo"),
    "page.zoom_in": ("Enlarge", "Ampliar"),
    "page.zoom_out": ("Make smaller", "Reducir"),
    "page.fit": ("Fit", "Ajustar"),
    "page.details": ("Details", "Detalles"),
    "page.picture": ("Picture. Arrow keys move it, plus and minus change its size, 0 fits it into the window.",
                     "Dibujo. Las flechas lo mueven, más y menos cambian su tamaño, 0 lo ajusta a la ventana."),
    "primitive.title_right": ("{name}: all right", "{name}: todo correcto"),
    "primitive.title_wrong": ("{name}: {count} wrong", "{name}: {count} mal"),
    "primitive.value": ("finite value", "valor finito"),
    "primitive.writes": ("operands left as they were", "operandos intactos"),
    "primitive.first": ("first derivative", "primera derivada"),
    "primitive.second": ("second derivative", "segunda derivada"),
    "primitive.float32": ("float32", "float32"),
    "primitive.broadcast": ("broadcasting", "difusión (broadcasting)"),
    "primitive.layout": ("layout in memory", "disposición en memoria"),
    "primitive.scalar": ("operands without axes", "operandos sin ejes"),
    "primitive.empty": ("operands without elements", "operandos sin elementos"),
    "primitive.definition": ("same as its definition", "igual a su definición"),
    "primitive.calls": ("{count} calls", "{count} llamadas"),
    "primitive.one_call": ("{count} call", "{count} llamada"),
    "primitive.at_call": ("wrong at call {call}", "mal en la llamada {call}"),
    "primitive.untried": ("not tried", "sin probar"),
    "page.hint": ("→ and ← step through the computation, the space bar plays it. "
                  "Click an operation for its rule, a card for its numbers; drag to move, turn the wheel to enlarge.",
                  "→ y ← recorren el cálculo paso a paso, la barra espaciadora lo reproduce. Pulse una operación para "
                  "ver su regla y una tarjeta para ver sus números; arrastre para mover, gire la rueda para ampliar."),
    "page.hint_nodes": ("Click a card for its numbers; drag to move, turn the wheel to enlarge.",
                        "Pulse una tarjeta para ver sus números; arrastre para mover, gire la rueda para ampliar."),
    "page.hint_still": ("Drag to move, turn the wheel to enlarge.", "Arrastre para mover, gire la rueda para ampliar."),
    "page.noscript": ("Without JavaScript this page shows the picture alone.",
                      "Sin JavaScript esta página muestra solo el dibujo."),
    "page.forward": ("Forward", "Hacia adelante"),
    "page.backward": ("Backward", "Hacia atrás"),
    "page.given": ("given are {names}", "están dados {names}"),
    "page.result": ("result of shape {shape}, {dtype}", "resultado de forma {shape}, {dtype}"),
    "page.passes": ("from {gradient} to {names}", "de {gradient} a {names}"),
    "page.ends": ("{gradient} is passed on to nobody", "{gradient} no pasa a nadie"),
}  # fmt: skip


def message(key: str, lang: str = "en", **values: object) -> str:
    """Return a message of the engine in a language, with its places filled.

    Examples
    --------
    >>> message("mistakes.unsummed", "es", axis=0)
    'falta sumar sobre el eje 0'
    """
    return filled(MESSAGES[key], lang, values)


def filled(texts: tuple[str, str], lang: str, values: Mapping[str, object]) -> str:
    """Return a message in a language, with its places filled.

    Raises
    ------
    ArgumentError
        When the language is not known.

    Examples
    --------
    >>> filled(("{count} values", "{count} valores"), "es", {"count": 3})
    '3 valores'
    """
    return texts[LANGUAGES.index(checked_language(lang))].format(**values)


class Phrase(str):
    """A name in English that knows its Spanish, for what is named where it is made and read in either language.

    Examples
    --------
    >>> scope = Phrase("loss", "pérdida")
    >>> scope, scope.told("es"), scope == "loss"
    ('loss', 'pérdida', True)
    """

    spanish: str

    def __new__(cls, english: str, spanish: str) -> Phrase:
        """Make one of both texts."""
        made = super().__new__(cls, english)
        made.spanish = spanish
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.spanish

    def told(self, lang: str) -> str:
        """Return the text in a language."""
        return (str(self), self.spanish)[LANGUAGES.index(checked_language(lang))]


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
