"""A pass in words, for those who cannot see its picture."""

from __future__ import annotations

from collections.abc import Mapping

from nn.messages import message
from nn.passes import Pass
from nn.telling.parts import Telling
from nn.views.typesetting import Typesetter


def sizes_of(told: Pass) -> str:
    """Return the sizes of a network as they are spoken.

    Examples
    --------
    >>> sizes_of(nn.backprop(*nn.worked_example()))
    '2-3-1'
    """
    return "-".join(map(str, [told.x.shape[-1], *(len(layer.W) for layer in told.layers)]))


def described(
    title: str, telling: Telling, setter: Typesetter, lang: str, marks: Mapping[str, str] | None = None
) -> str:
    """Return what is drawn, every formula with its result, what the recursion says, and the marks by their symbols."""
    forward, backward = (
        "; ".join(setter.spoken(step) for section in chapter.sections for step in section.steps)
        for chapter in telling.chapters
    )
    sentences = [
        f"{title}. {telling.title}.",
        message("views.told_forward", lang, steps=forward),
        message("views.told_backward", lang, steps=backward),
        message("views.recursion", lang),
    ]
    if marks:
        steps = "; ".join(f"{symbol} {word}" for symbol, word in marks.items())
        sentences.append(message("views.marked", lang, steps=steps))
    return " ".join(sentences)
