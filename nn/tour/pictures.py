"""The third chapter: the computation graph of the worked example as pictures, before and after backward()."""

import autograd_lite as ag
from nn.examples import worked_example
from nn.tour.stage import Stage


def show(stage: Stage) -> None:
    """Write the graph as SVG and PNG, twice."""
    stage.chapter("tour.pictures")
    model, x, y, loss = worked_example()
    value = loss(model(x), y)
    stage.picture(ag.draw(value), "graph.svg", "graph.png")
    value.backward()
    stage.picture(ag.draw(value), "graph_after_backward.svg", "graph_after_backward.png")
