"""What pictures of networks say."""

from autograd_lite.messages import Messages

VIEWS: Messages = {
    "views.delta": ("The δ recursion of a {sizes} network", "La recursión de δ de una red {sizes}"),
    "views.neurons": ("The neurons of a {sizes} network", "Las neuronas de una red {sizes}"),
    "views.layers": ("The layers of a {sizes} network", "Las capas de una red {sizes}"),
    "views.layers_of": ("The layers of {name}", "Las capas de {name}"),
    "views.in_order": (
        "the layers in the order in which they ran; how they hang together is not shown",
        "las capas en el orden en que se ejecutaron; no se muestra cómo se conectan",
    ),
    "views.hooks": (
        "gradient hooks are not called here: the norms are those without them",
        "aquí no se llama a los hooks de los gradientes: las normas son sin ellos",
    ),
    "views.branches": (
        "Branches around blocks: {count}.",
        "Ramas que rodean bloques: {count}.",
    ),
    "views.same_weights": ("the weights of layer {number}", "los pesos de la capa {number}"),
    "views.layers_described": (
        "A network of {count} layers and {parameters} parameters with loss {loss}.",
        "Una red de {count} capas y {parameters} parámetros con pérdida {loss}.",
    ),
    "views.layers_from": ("layers {first} to {last}", "capas {first} a {last}"),
    "views.layer": ("layer", "capa"),
    "views.parameters": ("parameter|parameters", "parámetro|parámetros"),
    "views.features": ("feature|features", "característica|características"),
    "views.samples": ("sample|samples", "ejemplo|ejemplos"),
    "views.mean": ("mean", "media de"),
    "views.frozen": ("frozen", "congelada"),
    "views.bars": ("of each layer, logarithmic scale", "de cada capa, escala logarítmica"),
    "views.all_zero": ("every gradient is 0", "todos los gradientes son 0"),
    "views.not_finite": ("not finite in {count} of {total} layers", "no es finita en {count} de {total} capas"),
    "views.vanishes": ("the gradient vanishes on its way back", "el gradiente se desvanece al propagarse hacia atrás"),
    "views.explodes": ("the gradient explodes on its way back", "el gradiente explota al propagarse hacia atrás"),
    "views.told_forward": ("Forward: {steps}.", "Hacia adelante: {steps}."),
    "views.told_backward": ("Backward: {steps}.", "Hacia atrás: {steps}."),
    "views.recursion": (
        "The error δ of the output layer comes from the loss. Every other layer's δ is the next layer's δ, carried "
        "back through that layer's transposed weights, times the slope of its own activation, element by element. The "
        "gradient of the weights is δ times what the layer took; the gradient of the biases is δ.",
        "El error δ de la capa de salida viene de la pérdida. El δ de cada una de las demás capas es el δ de la capa "
        "siguiente, llevado hacia atrás por los pesos traspuestos de esta, por la derivada de su propia activación, "
        "elemento a elemento. El gradiente de los pesos es δ por lo que la capa recibió; el de los sesgos es δ.",
    ),
    "views.marked": ("Marked: {steps}.", "Marcado: {steps}."),
    "views.story_given": ("given are {names}", "están dados {names}"),
    "views.forward": ("forward", "hacia adelante"),
    "views.backward": ("backward", "hacia atrás"),
    "views.reused": ("reused", "se reutiliza"),
    "views.value": ("value", "valor"),
    "views.gradient": ("gradient (slanted)", "gradiente (inclinado)"),
    "views.thickness": ("thickness: |{weight}|", "grosor: |{weight}|"),
    "views.parameter": ("thick frame: parameter", "marco grueso: parámetro"),
    "views.to_layer": ("to layer {number}", "a la capa {number}"),
    "views.from_layer": ("from layer {number}", "de la capa {number}"),
    "views.continued": ("in a rounded frame: goes on in another row", "en marco redondeado: sigue en otra fila"),
    "views.fault": ("wrong by hand, with the number given", "incorrecto a mano, con el número dado"),
    "views.wrong": ("wrong by hand", "incorrecto a mano"),
    "views.misshapen": ("wrong shape by hand", "forma incorrecta a mano"),
    "views.failed": ("by hand: an error", "a mano: un error"),
}  # fmt: skip
