"""The letters of the two notes: a network's own names follow them, names of the user's stay."""

import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError
from tests.drawing.reading import texts


def test_a_network_is_drawn_in_the_letters_of_the_second_note(loss):
    shown = set(texts(ag.draw(loss, notation="u-o")))
    assert {"θ¹", "b¹", "u¹", "o¹", "θ²", "u²", "o²", "Err", "∂Err/∂θ²", "∂Err/∂o¹", "δ¹", "½(o² − y)²"} <= shown
    assert not {"W¹", "z¹", "a¹", "L", "∂L/∂W¹"} & shown
    assert ag.draw(loss, notation="u-o").title == "The operations that compute Err"


def test_the_first_note_is_the_default(loss):
    assert ag.draw(loss, notation="z-a").source == ag.draw(loss).source


def test_the_rules_on_the_way_back_follow(loss):
    shown = set(texts(ag.draw(loss, notation="u-o", backward=True, lang="es")))
    assert {"∂Err/∂θ² = δ² o¹ᵀ", "δ² = ∂Err/∂o² ⊙ o² (1 − o²)", "∂Err/∂o¹ = θ²ᵀ δ²"} <= shown


def test_names_of_the_users_own_stay():
    a = ag.tensor(2.0, requires_grad=True, name="a¹")
    z = ag.tensor(3.0, requires_grad=True)
    loss = a * z
    loss.name = "W²"
    assert {"a¹", "z¹", "W²"} <= set(texts(ag.draw(loss, names={"z¹": z}, notation="u-o")))
    model, x, y, criterion = nn.worked_example()
    value = criterion(model(x), y)
    value.name = "my loss"
    shown = set(texts(ag.draw(value, notation="u-o")))
    assert {"my loss", "∂(my loss)/∂θ¹"} <= shown


def test_two_tensors_never_come_to_one_name():
    w = ag.tensor(2.0, requires_grad=True, name="Err")
    shown = texts(ag.draw(w * w, notation="u-o"))
    assert shown.count("Err") == 1 and "L" in shown


def test_folded_layers_follow_too():
    model = nn.MLP([4] * 12 + [1], activation="sigmoid", rng=0)
    loss = nn.HalfSSELoss()(model([1.0, 2.0, 3.0, 4.0]), [1.0])
    assert "θ¹ … θ¹¹" in texts(ag.draw(loss, fold=True, notation="u-o"))


@pytest.mark.parametrize("notation", ["uo", "z", "", None, 3])
def test_an_unknown_notation_is_answered_in_two_lines(loss, notation):
    with pytest.raises(ArgumentError, match=r"unknown notation .*\n.*Known: 'z-a', 'u-o'"):
        ag.draw(loss, notation=notation)
