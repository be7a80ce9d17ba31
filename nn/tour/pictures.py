"""The third chapter: the worked example in pictures, its operations before and after backward() and its recursion."""

import autograd_lite as ag
from nn.examples import worked_example
from nn.tour.stage import Stage
from nn.views.network import draw


def show(stage: Stage) -> None:
    """Write the pictures as SVG and PNG; the graph also as a page that plays it step by step."""
    stage.chapter("tour.pictures")
    model, x, y, loss = worked_example()
    value = loss(model(x), y)
    stage.picture(ag.draw(value, lang=stage.lang), "graph.svg", "graph.png", "graph.html")
    value.backward()
    stage.picture(ag.draw(value, lang=stage.lang), "graph_after_backward.svg", "graph_after_backward.png")
    stage.picture(draw(model, x, y, loss, view="delta", lang=stage.lang), "delta.svg", "delta.png")
