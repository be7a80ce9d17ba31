"""The pictures of the worked example, reviewed as text, with the numbers of the notes."""

import pytest

from tests.nn.golden import VIEWS, drawn, golden, told


@pytest.mark.parametrize("view", VIEWS)
def test_a_picture_is_as_it_was_reviewed(view):
    assert told(drawn(view)) == golden(view).read_text(encoding="utf-8")


def card(view, key):
    """The words of a card in a reviewed picture."""
    lines = golden(view).read_text(encoding="utf-8").splitlines()
    (line,) = [each for each in lines if f"  {key} (" in each]
    return [each.strip() for each in line.split(")  ", 1)[1].split(" | ")]


def test_the_reviewed_delta_view_has_the_numbers_of_the_first_note():
    # z¹ = (0.8, 0.6, −0.8), z² = 0.15, a² = σ(0.15), L = ½(a² − 1)²
    assert card("delta", "z1")[-3:] == ["0.8000", "0.6000", "−0.8000"]
    assert card("delta", "z2")[-1] == "0.1500" and card("delta", "a2")[-1] == "0.5374"
    assert card("delta", "L")[-1] == "0.1070"
    # δ² = (0.5374 − 1) ⊙ 0.2486, δ¹ = (−0.0230, 0.0115, −0.0345) ⊙ (1, 1, 0)
    assert card("delta", "delta2")[-5:] == ["−0.4626", "⊙", "0.2486", "=", "−0.1150"]
    assert " ".join(card("delta", "delta1")).endswith("= −0.0230 0.0115 −0.0345 ⊙ 1 1 0 = −0.0230 0.0115 0.0000")
    assert "−0.0230 −0.0460" in card("delta", "gradients1") and "0.0115 0.0230" in card("delta", "gradients1")
    assert "−0.0920 −0.0690 0.0000" in card("delta", "gradients2")


def test_the_reviewed_neurons_view_has_the_numbers_of_the_first_note():
    assert card("neurons", "n2_0") == ["z²₁", "0.1500", "a²₁", "0.5374", "δ²₁", "−0.1150"]
    assert [card("neurons", f"n1_{j}")[-1] for j in range(3)] == ["−0.0230", "0.0115", "0.0000"]
    assert card("neurons", "w1_0_1") == ["w¹₁₂", "0.3", "∂w", "−0.0460"]
    assert [card("neurons", f"w2_0_{i}")[-1] for i in range(3)] == ["−0.0920", "−0.0690", "0.0000"]


def test_the_reviewed_layers_view_has_the_norms_of_the_notes_gradients():
    # ‖∂L/∂W¹‖ = √(0.0230² + 0.0460² + 0.0115² + 0.0230²) = 0.0575, ‖∂L/∂W²‖ = √(0.0920² + 0.0690²) = 0.1150
    assert card("layers", "layer1")[-1] == "5.7×10⁻²" and card("layers", "layer2")[-1] == "1.1×10⁻¹"
    assert card("layers", "L")[-1] == "0.1070"
