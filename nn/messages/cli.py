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
