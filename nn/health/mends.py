"""What helps against what a diagnosis found, and what it could not judge."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from autograd_lite.messages import percent
from nn.health.measures import SATURATED_SLOPE, Findings, LayerHealth, can_die
from nn.init import he_gain
from nn.messages import message

# A third of a layer's units with hardly any slope: more than a good initialisation makes, where |z| is about 1.
SATURATED_SHARE = 1 / 3
# Deep in a ReLU network all examples look alike, and a unit with symmetric weights is off for all of them as often as
# a coin falls on one side. Only a share that is this many standard deviations above one half has another cause.
DEAD_DEVIATIONS = 4
# Initialisations assume inputs whose elements have a size of about 1 (LeCun et al., Efficient BackProp, 1998, 4.3).
LARGE_INPUTS = 10
# How far weights may be from a good initialisation before they are named as the cause, up or down.
WEIGHT_RATIO = 1.5
# How far random weights are from their spread by chance alone.
WEIGHT_NOISE = 1.15
# The share of the whole factor, as a logarithm, that the weights of all layers together must account for to be named.
WEIGHTS_SHARE = 0.5


def mends(found: Findings) -> tuple[str, ...]:
    """Return what helps, a sentence each, the cause first."""
    return tuple(_mends(found))


def notes(found: Findings) -> tuple[str, ...]:
    """Return what could not be judged."""
    return tuple(_notes(found))


def listed(layers: Sequence[LayerHealth], lang: str) -> str:
    """Return layers by their numbers, those in a row by the first and the last: "layers 1, 3 to 5"."""
    runs: list[list[int]] = []
    for layer in layers:
        if runs and layer.number == runs[-1][-1] + 1:
            runs[-1].append(layer.number)
        else:
            runs.append([layer.number])
    parts = [
        message("health.to", lang, first=run[0], last=run[-1]) if len(run) > 2 else ", ".join(map(str, run))
        for run in runs
    ]
    return message("health.one" if len(layers) == 1 else "health.several", lang, numbers=", ".join(parts))


def is_deadly(layer: LayerHealth) -> bool:
    """Tell whether more of a layer's units are dead than chance explains."""
    if layer.dead is None:
        return False
    return layer.dead == 1 or layer.dead > 0.5 + DEAD_DEVIATIONS * 0.5 / math.sqrt(layer.units)


def ailing_units(found: Findings) -> list[str]:
    """Return what helps units that are dead or saturated."""
    return list(_ailing_units(found))


def _mends(found: Findings) -> Iterator[str]:
    lang = found.lang
    if found.not_finite:
        yield message(f"health.mend.{found.not_finite.step}", lang, place=found.not_finite.place)
        return
    hidden = found.layers[:-1]
    if found.verdict == "vanishing" and any(layer.activation == "sigmoid" for layer in hidden):
        yield message("health.mend.sigmoid", lang)
    units = ailing_units(found)
    yield from units
    if found.verdict in ("vanishing", "exploding"):
        yield from _initialisation(found, named=bool(units))
    if found.verdict == "exploding":
        yield message("health.mend.clip", lang)
    if found.input_rms > LARGE_INPUTS:
        yield message("health.mend.inputs", lang, rms=f"{found.input_rms:.3g}")


def _ailing_units(found: Findings) -> Iterator[str]:
    lang, hidden = found.lang, found.layers[:-1]
    dead = _dead_by_themselves(found.layers)
    if dead:
        share = percent(max(layer.dead or 0.0 for layer in dead), 0, lang)
        yield message("health.mend.dead", lang, layers=listed(dead, lang), share=share)
    saturated = [layer for layer in hidden if (layer.saturated or 0.0) > SATURATED_SHARE]
    if saturated:
        share = percent(max(layer.saturated or 0.0 for layer in saturated), 0, lang)
        layers = listed(saturated, lang)
        yield message("health.mend.saturated", lang, layers=layers, share=share, slope=SATURATED_SLOPE)
    if found.stuck > SATURATED_SHARE:
        yield message("health.mend.stuck", lang, share=percent(found.stuck, 0, lang))


def _dead_by_themselves(layers: Sequence[LayerHealth]) -> list[LayerHealth]:
    """Return the layers with too many dead units, up to the first that is dead throughout: it silences those after."""
    dead = [layer for layer in layers if is_deadly(layer)]
    silent = next((place for place, layer in enumerate(dead, 1) if layer.dead == 1), len(dead))
    return dead[:silent]


def _initialisation(found: Findings, *, named: bool) -> Iterator[str]:
    """Name the weights that are too small for a gradient that vanishes, or too large for one that explodes."""
    is_small = found.verdict == "vanishing"
    wrong = _badly_initialised(found, is_small=is_small)
    for name, init in (("He", "he_uniform"), ("Xavier", "xavier_uniform"), ("LeCun", "lecun_normal")):
        group = [layer for layer in wrong if _fitting(layer.activation) == init]
        if group:
            ratio = math.exp(np.mean(np.log([max(layer.weight_ratio, 1e-300) for layer in group])))
            layers = listed(group, found.lang)
            yield message(
                "health.mend.initialisation", found.lang, layers=layers, ratio=f"{ratio:.2g}", name=name, init=init
            )
    sigmoid = any(layer.activation == "sigmoid" for layer in found.layers[:-1])
    if not wrong and not named and not (is_small and sigmoid):
        yield message("health.mend.depth", found.lang)


def _fitting(activation: str) -> str:
    """Return the initialisation in `nn.init` that suits an activation."""
    if activation == "selu":
        return "lecun_normal"
    return "xavier_uniform" if he_gain(activation) is None else "he_uniform"


def _badly_initialised(found: Findings, *, is_small: bool) -> list[LayerHealth]:
    """Return the layers with badly scaled weights; small misfits count where they make most of the factor together."""
    after = list(found.layers[1:])
    far = [
        each
        for each in after
        if (each.weight_ratio * WEIGHT_RATIO < 1 if is_small else each.weight_ratio > WEIGHT_RATIO)
    ]
    if far or not after or not found.total or min(each.weight_ratio for each in after) <= 0:
        return far
    together = sum(math.log(each.weight_ratio) for each in after)
    if together / math.log(found.total) < WEIGHTS_SHARE:
        return []
    return [each for each in after if abs(math.log(each.weight_ratio)) > math.log(WEIGHT_NOISE)]


def _notes(found: Findings) -> Iterator[str]:
    if found.examples == 1 and any(can_die(layer.activation) for layer in found.layers):
        yield message("health.note.single", found.lang)
    if found.not_finite is None and found.total is None:
        yield message("health.note.no_error", found.lang)
