"""The calls of micrograd and torchviz."""

import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import UnknownKeywordError, UsageError
from tests.drawing.reading import texts


def test_micrograds_call_draws_from_left_to_right(loss, tmp_path):
    drawing = ag.draw_dot(loss)
    assert isinstance(drawing, ag.Drawing) and drawing.source == ag.draw(loss, rankdir="LR").source
    assert drawing.render(tmp_path / "gout").name == "gout.svg"
    assert ag.draw_dot(loss, format="png").render(tmp_path / "gout").name == "gout.png"
    assert ag.draw_dot(loss, format="png").render(tmp_path / "gout.svg").name == "gout.svg"
    assert ag.draw_dot(loss, rankdir="TB").source == ag.draw(loss, rankdir="TB").source


@pytest.mark.parametrize("as_given", [dict, list, iter])
def test_torchvizs_call_names_leaves(as_given, tmp_path):
    model = nn.Linear(2, 1)
    drawing = ag.make_dot(model([1.0, 2.0]).sum(), params=as_given(list(model.named_parameters())))
    assert {"weight", "bias"} <= set(texts(drawing))
    assert drawing.render(tmp_path / "attached", format="png").name == "attached.png"


def test_torchvizs_names_win_over_the_tensors_own(loss):
    w = ag.tensor(2.0, requires_grad=True, name="w")
    assert "kernel" in texts(ag.make_dot(w * w, params={"kernel": w})) and w.name == "w"
    assert "w" in texts(ag.make_dot(w * w))


@pytest.mark.parametrize("params", [3, [1, 2], "weights"])
def test_params_that_map_nothing_are_refused(loss, params):
    with pytest.raises(UsageError, match=r"params must map names to tensors, got \w+\.\nWrite params=dict"):
        ag.make_dot(loss, params=params)


def test_an_option_of_torchviz_that_there_is_not(loss):
    with pytest.raises(UnknownKeywordError, match=r"make_dot\(\) has no keyword 'show_attrs'"):
        ag.make_dot(loss, show_attrs=True)
