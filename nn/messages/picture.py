"""What autograd-lite draw says."""

from autograd_lite.messages import Messages

PICTURE: Messages = {
    "picture.wrote": ("wrote {path}", "se escribió {path}"),
    "picture.no_file": ("draw needs a file of Python.", "draw necesita un archivo de Python."),
    "picture.usage": (
        "Write autograd-lite draw model.py -o figure.svg.",
        "Escriba autograd-lite draw modelo.py -o figura.svg.",
    ),
    "picture.unreadable": ("cannot read {file!r}: {reason}.", "no se puede leer {file!r}: {reason}."),
    "picture.meant": ("Did you mean {near!r}?", "¿Quiso decir {near!r}?"),
    "picture.raised": ("{file} raised {error}", "{file} produjo {error}"),
    "picture.quits": ("{file} ends itself by sys.exit().", "{file} termina por sí mismo con sys.exit()."),
    "picture.mend_file": ("Mend it until python {file} runs.", "Corríjalo hasta que python {file} funcione."),
    "picture.no_name": ("{file} defines no {name!r}.", "{file} no define {name!r}."),
    "picture.names": ("It defines the Tensors {names}.", "Define los Tensors {names}."),
    "picture.nothing": (
        "{file} defines neither a Tensor nor model, x, y and loss.",
        "{file} no define ni un Tensor ni model, x, y y loss.",
    ),
    "picture.define": (
        "Define the result of a computation, as in L = loss(model(x), y), or all four.",
        "Defina el resultado de un cálculo, como L = loss(model(x), y), o los cuatro.",
    ),
    "picture.no_tensor": (
        "{name!r} in {file} is no Tensor but {got}.",
        "{name!r} en {file} no es un Tensor sino {got}.",
    ),
    "picture.several": (
        "{file} defines several Tensors, none of them called loss or L.",
        "{file} define varios Tensors, ninguno llamado loss o L.",
    ),
    "picture.pick": (
        "Name the one to draw: autograd-lite draw {file} {name}. There are {names}.",
        "Indique cuál dibujar: autograd-lite draw {file} {name}. Hay {names}.",
    ),
    "picture.no_view": (
        "--view is for model, x, y and loss; {name!r} in {file} is a Tensor.",
        "--view es para model, x, y y loss; {name!r} en {file} es un Tensor.",
    ),
    "picture.leave_view": (
        "Leave --view out, or define loss as a function, as in loss = nn.MSELoss().",
        "Quite --view, o defina loss como función, por ejemplo loss = nn.MSELoss().",
    ),
    "picture.exists": ("{target!r} exists already.", "{target!r} ya existe."),
    "picture.give_out": (
        "Write autograd-lite draw {file} -o {target} to replace it, or give another name.",
        "Escriba autograd-lite draw {file} -o {target} para reemplazarlo, o dé otro nombre.",
    ),
    "picture.hidden": ("{got!r} hides the package {name}.", "{got!r} oculta el paquete {name}."),
    "picture.rename": ("Rename it, to my_{name}.py for example.", "Cámbiele el nombre, por ejemplo a mi_{name}.py."),
}
