"""What the grading of homework says."""

from autograd_lite.messages import Messages

HOMEWORK: Messages = {
    "homework.right": ("right", "correcto"),
    "homework.wrong": ("wrong", "incorrecto"),
    "homework.could_not_run": ("could not run", "no se ejecutó"),
    "homework.column_file": ("file", "archivo"),
    "homework.column_verdict": ("verdict", "veredicto"),
    "homework.column_score": ("score", "nota"),
    "homework.column_first": ("first error", "primer error"),
    "homework.column_diagnosis": ("diagnosis", "diagnóstico"),
    "homework.summary": (
        "Of {count}: {right} right, {wrong} wrong, {failed} could not run; mean score {mean} of {points}.",
        "De {count}: {right} bien, {wrong} mal, {failed} no se ejecutaron; nota media {mean} de {points}.",
    ),
    "homework.frequent": ("Most frequent mistakes: {listed}.", "Errores más frecuentes: {listed}."),
    "homework.one_score": ("Score: {score} of {points}.", "Nota: {score} de {points}."),
    "homework.progress": ("grading", "corrigiendo"),
    "homework.missing": ("Not given: {names}.", "Falta: {names}."),
    "homework.line": ("line {number}: {code}", "línea {number}: {code}"),
    "homework.quits": ("it ends itself (sys.exit).", "termina por sí mismo (sys.exit)."),
    "homework.no_hand": ("it defines no 'hand'.", "no define 'hand'."),
    "homework.define_hand": (
        "Define hand: a function of the net's values, nn.Recursion(...) or nn.Printed(...).",
        "Defina hand: una función de los valores de la red, nn.Recursion(...) o nn.Printed(...).",
    ),
    "homework.engine": ("hand calls the engine.", "hand llama al motor de derivación."),
    "homework.by_hand": ("Write the formula by hand, in NumPy.", "Escriba la fórmula a mano, en NumPy."),
    "homework.too_long": ("it ran for longer than {seconds} s.", "tardó más de {seconds} s."),
    "homework.ended": ("it ended before it gave an answer ({how}).", "terminó antes de dar una respuesta ({how})."),
    "homework.exit_code": ("exit code {code}", "código de salida {code}"),
    "homework.signal": ("signal {name}", "señal {name}"),
    "homework.silent": ("it closed its streams", "cerró sus canales"),
    "homework.garbled": ("its answers could not be read.", "sus respuestas no se pudieron leer."),
    "homework.not_started": (
        "the process for it did not start. {reason}",
        "el proceso que lo ejecuta no arrancó. {reason}",
    ),
    "homework.no_seed": ("the table has no seed for {name!r}.", "la tabla no tiene semilla para {name!r}."),
    "homework.no_file": ("it is no file", "no es un archivo"),
    "homework.too_large": ("the file is too large for homework.", "el archivo es demasiado grande para una tarea."),
    "homework.unreadable": ("cannot read {file!r}: {reason}.", "no se puede leer {file!r}: {reason}."),
    "homework.give_task": (
        "Give the file that defines model, x, y and loss: --task task.py.",
        "Indique el archivo que define model, x, y y loss: --task task.py.",
    ),
    "homework.lacks": ("{file} does not define {names}.", "{file} no define {names}."),
    "homework.define_parts": (
        "Define model, x, y and loss there, or in a task file: --task task.py.",
        "Defina allí model, x, y y loss, o en un archivo de la tarea: --task task.py.",
    ),
    "homework.task_raised": ("{file} raised {error}", "{file} produjo {error}"),
    "homework.bad_task": (
        "task in {file} gives an object of type {got}.",
        "task en {file} da un objeto de tipo {got}.",
    ),
    "homework.return_parts": (
        "Let it return model, x, y, loss, as nn.exercise(seed=seed) does.",
        "Haga que devuelva model, x, y, loss, como nn.exercise(seed=seed).",
    ),
    "homework.bad_required": ("required in {file} is {got}.", "required en {file} es {got}."),
    "homework.list_required": (
        'Write a list of names: required = ["delta2", "dW2"].',
        'Escriba una lista de nombres: required = ["delta2", "dW2"].',
    ),
    "homework.seed_columns": (
        "{file!r} needs the columns file and seed, got: {got}.",
        "{file!r} necesita las columnas file y seed; tiene: {got}.",
    ),
    "homework.bad_seed": (
        "line {line} of {file!r}: the seed of {name!r} is {got!r}, no integer.",
        "línea {line} de {file!r}: la semilla de {name!r} es {got!r}, que no es un entero.",
    ),
    "homework.seed_twice": (
        "line {line} of {file!r} gives {name!r} a second seed, {got!r}.",
        "la línea {line} de {file!r} da a {name!r} una segunda semilla, {got!r}.",
    ),
    "homework.give_seeds": (
        "Write a table in CSV, UTF-8: file,seed and below it a line like ana.py,17 for each student.",
        "Escriba una tabla CSV en UTF-8: file,seed y debajo una línea como ana.py,17 por estudiante.",
    ),
    "homework.seeds_unused": (
        "--seeds needs a task that takes a seed.",
        "--seeds necesita una tarea que tome una semilla.",
    ),
    "homework.define_task": (
        "Give --task a file that defines task(seed); or leave --seeds out.",
        "Dé a --task un archivo que defina task(seed), o quite --seeds.",
    ),
    "homework.no_path": ("there is no {got!r}.", "no existe {got!r}."),
    "homework.no_files": ("no homework in {got}.", "no hay tareas en {got}."),
    "homework.give_files": (
        "Give files of Python, or a folder that holds some.",
        "Indique archivos de Python o una carpeta que los contenga.",
    ),
    "homework.nothing_given": ("verify needs homework to grade.", "verify necesita tareas que corregir."),
    "homework.begin": (
        "Write autograd-lite verify hw/ --task task.py; --example writes files to begin with.",
        "Escriba autograd-lite verify hw/ --task task.py; --example escribe archivos con los que empezar.",
    ),
    "homework.no_csv_folder": ("cannot write {got!r}: {reason}.", "no se puede escribir {got!r}: {reason}."),
    "homework.no_such_folder": ("there is no such directory", "no existe ese directorio"),
    "homework.is_folder": ("it is a directory", "es un directorio"),
    "homework.give_csv": (
        "Give a file name in a directory that exists: --csv grades.csv.",
        "Indique un nombre de archivo en un directorio que exista: --csv notas.csv.",
    ),
    "homework.other_csv": (
        "It is no table of grades, and stays as it is: give another name.",
        "No es una tabla de notas, y se queda como está: dé otro nombre.",
    ),
    "homework.file_failed": ("{file} could not run: {what}", "{file} no se pudo ejecutar: {what}"),
    "homework.is_there": ("{got!r} is there already.", "{got!r} ya existe."),
    "homework.other_folder": (
        "Nothing was written. Give another directory: --example --out DIR.",
        "No se escribió nada. Indique otro directorio: --example --out DIR.",
    ),
    "homework.wrote": ("wrote {path}", "se escribió {path}"),
    "homework.try": (
        "Grade it: autograd-lite verify {hand} --task {task}",
        "Corríjalo: autograd-lite verify {hand} --task {task}",
    ),
    "homework.template_task": (
        "The exercise: model, x, y and loss.",
        "El ejercicio: model, x, y y loss.",
    ),
    "homework.template_seeded": (
        "To give each student other numbers, define a function of the student's seed in their place:",
        "Para dar a cada estudiante otros números, defina en su lugar una función de su semilla:",
    ),
    "homework.template_required": (
        "What must be handed in; left out, every δ, ∂L/∂W and ∂L/∂b.",
        "Lo que hay que entregar; si se omite, todas las δ, ∂L/∂W y ∂L/∂b.",
    ),
    "homework.template_hand": (
        "The homework: backpropagation written by hand, in NumPy.",
        "La tarea: la propagación hacia atrás escrita a mano, en NumPy.",
    ),
    "homework.template_names": (
        "The parameters of hand name what it takes: x, y, W1, b1, z1, a1, sp1 = σ′(z1), W2, ...",
        "Los parámetros de hand nombran lo que toma: x, y, W1, b1, z1, a1, sp1 = σ′(z1), W2, ...",
    ),
    "homework.template_grade": (
        "Grade it: autograd-lite verify hand.py --task task.py",
        "Corríjala: autograd-lite verify hand.py --task task.py",
    ),
}  # fmt: skip
