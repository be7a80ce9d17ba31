"""What the command line says."""

from autograd_lite.messages import Messages

CLI: Messages = {
    "cli.help": (
        "autograd-lite: reverse-mode autodiff on NumPy, checked against the hand formulas\n"
        "\n"
        "Usage: autograd-lite COMMAND [OPTIONS]\n"
        "\n"
        "Commands\n"
        "  tour           check and draw the lecture notes' example and a trained network\n"
        "  verify         grade homework: formulas written by hand\n"
        "  draw           draw the graph or the network that a file of Python defines\n"
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
        "  verify         corrige tareas: fórmulas escritas a mano\n"
        "  draw           dibuja el grafo o la red que define un archivo de Python\n"
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
    "cli.help.verify": (
        "autograd-lite verify: grade formulas of backpropagation written by hand\n"
        "\n"
        "Each file of homework defines hand: a function of the net's values, nn.Recursion or\n"
        "nn.Printed. The task file defines model, x, y and loss, or task(seed) that returns\n"
        "them, and perhaps required = [\"delta2\", \"dW2\", ...]; without --task each file of\n"
        "homework defines all five. A folder stands for all its *.py but the task.\n"
        "\n"
        "Usage: autograd-lite verify FILE|DIR ... [--task FILE] [OPTIONS]\n"
        "       autograd-lite verify --example [--out DIR]\n"
        "\n"
        "Options\n"
        "  --task FILE    what the homework is graded against\n"
        "  --seeds FILE   CSV with the columns file (or id) and seed, for task(seed); left out,\n"
        "                 a seed is the first 8 hexadecimal digits of the SHA-256 of the\n"
        "                 file's name without .py, modulo 1000000\n"
        "  --points N     what a right homework scores (10)\n"
        "  --hints-only   tell steps and kinds of mistakes, but no number and no formula\n"
        "  --csv FILE     write the grades for a spreadsheet\n"
        "  --json         print the grades as JSON, and nothing else\n"
        "  --jobs N       how many run at a time (as many as there are processors)\n"
        "  --timeout S    seconds for each file (20)\n"
        "  --example      write task.py and hand.py to begin with, --out DIR into a directory\n"
        "  --lang en|es   language of the text\n"
        "  -h, --help     this page\n"
        "\n"
        "Exits with 0 when all are right, 1 when some are wrong, 2 when some could not run.\n"
        "Each file runs in a process of its own, with limits of time and memory; what it prints\n"
        "is thrown away. That keeps accidents apart, but is no sandbox against malice: grade\n"
        "files of strangers on a machine or in a container that has nothing to lose.",
        "autograd-lite verify: corrige fórmulas de retropropagación escritas a mano\n"
        "\n"
        "Cada archivo entregado define hand: una función de los valores de la red,\n"
        "nn.Recursion o nn.Printed. El archivo de la tarea define model, x, y y loss, o\n"
        "task(seed), que los devuelve, y quizá required = [\"delta2\", \"dW2\", ...]; sin --task\n"
        "cada archivo define los cinco. Una carpeta vale por todos sus *.py menos la tarea.\n"
        "\n"
        "Uso: autograd-lite verify ARCHIVO|DIR ... [--task ARCHIVO] [OPCIONES]\n"
        "     autograd-lite verify --example [--out DIR]\n"
        "\n"
        "Opciones\n"
        "  --task ARCHIVO   con qué se corrige\n"
        "  --seeds ARCHIVO  CSV con las columnas file (o id) y seed, para task(seed); si se\n"
        "                   omite, la semilla son las 8 primeras cifras hexadecimales del\n"
        "                   SHA-256 del nombre del archivo sin .py, módulo 1000000\n"
        "  --points N       nota de una tarea correcta (10)\n"
        "  --hints-only     dice pasos y clases de error, pero ningún número ni fórmula\n"
        "  --csv ARCHIVO    escribe las notas para una hoja de cálculo\n"
        "  --json           imprime las notas en JSON, y nada más\n"
        "  --jobs N         cuántos se ejecutan a la vez (tantos como procesadores)\n"
        "  --timeout S      segundos para cada archivo (20)\n"
        "  --example        escribe task.py y hand.py para empezar; --out DIR, en un directorio\n"
        "  --lang en|es     idioma del texto\n"
        "  -h, --help       esta página\n"
        "\n"
        "Termina con 0 si todo es correcto, 1 si algo es incorrecto, 2 si algo no se ejecutó.\n"
        "Cada archivo se ejecuta en un proceso propio, con límites de tiempo y memoria; lo que\n"
        "imprime se descarta. Eso separa los accidentes, pero no es una caja de arena contra la\n"
        "malicia: corrija archivos de desconocidos en una máquina o contenedor prescindible.",
    ),
    "cli.help.draw": (
        "autograd-lite draw: draw the graph or the network that a file of Python defines\n"
        "\n"
        "Runs FILE and draws the Tensor called NAME, with all that computed it; without NAME\n"
        "the only one, or the one called loss or L. A file that defines model, x, y and loss\n"
        "(as in loss = nn.MSELoss()) is drawn as a network.\n"
        "\n"
        "Usage: autograd-lite draw FILE [NAME] [-o PATH] [OPTIONS]\n"
        "\n"
        "Options\n"
        "  -o, --out PATH  the picture: svg, png, jpg, pdf, html, json or dot by its suffix;\n"
        "                  left out, FILE's name with .svg, in this directory\n"
        "  --format F      the format, for a PATH without that suffix\n"
        "  --view V        of a network: layers (left out), delta, neurons or ops\n"
        "  --theme T       light (left out), dark, print, or auto: as the reader's system\n"
        "  --width W       of the page, 17cm or 6.7in: arranged so that its text can be read there\n"
        "  --decimals N    of computed numbers; left out, 4\n"
        "  --lang en|es    language of the text\n"
        "  -h, --help      this page\n"
        "\n"
        "PDF needs a Graphviz on the system, or pip install 'autograd-lite[pdf]'.",
        "autograd-lite draw: dibuja el grafo o la red que define un archivo de Python\n"
        "\n"
        "Ejecuta ARCHIVO y dibuja el Tensor llamado NOMBRE con todo lo que lo calculó; sin\n"
        "NOMBRE, el único, o el que se llame loss o L. Un archivo que define model, x, y y loss\n"
        "(como loss = nn.MSELoss()) se dibuja como red.\n"
        "\n"
        "Uso: autograd-lite draw ARCHIVO [NOMBRE] [-o RUTA] [OPCIONES]\n"
        "\n"
        "Opciones\n"
        "  -o, --out RUTA  la imagen: svg, png, jpg, pdf, html, json o dot según la extensión;\n"
        "                  si se omite, el nombre de ARCHIVO con .svg, en este directorio\n"
        "  --format F      el formato, para una RUTA sin esa extensión\n"
        "  --view V        de una red: layers (si se omite), delta, neurons u ops\n"
        "  --theme T       light (si se omite), dark, print o auto: como el sistema del lector\n"
        "  --width W       de la página, 17cm o 6.7in: dispuesta para que su texto se pueda leer ahí\n"
        "  --decimals N    de los números calculados; si se omite, 4\n"
        "  --lang en|es    idioma del texto\n"
        "  -h, --help      esta página\n"
        "\n"
        "PDF necesita un Graphviz en el sistema, o pip install 'autograd-lite[pdf]'.",
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
    "cli.did_you_mean": ("Did you mean {near!r}?", "¿Quiso decir {near!r}?"),
    "cli.bad_number": (
        "{option} takes a number above 0, got {got!r}.",
        "{option} toma un número mayor que 0, no {got!r}.",
    ),
    "cli.bad_count": (
        "{option} takes an integer from {least} on, got {got!r}.",
        "{option} toma un entero desde {least}, no {got!r}.",
    ),
    "cli.needs_file": ("{option} needs the name of a file.", "{option} necesita el nombre de un archivo."),
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
