"""A run of training as a checkpoint holds it: everything with a state, the random numbers, and the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any
from zlib import crc32

import numpy as np

from autograd_lite.errors import ArgumentError, AutogradError, UsageError
from nn.data.loader import DataLoader
from nn.module import Module
from nn.parameters import inside
from nn.random import generator
from nn.training.checkpoints import Checkpoint
from nn.training.history import History
from nn.training.run import Run

# Rows that are copied at a time for the checksum.
ROWS = 4096


class Resumable:
    """Saves a run at its checkpoint, and brings it back to where it was saved.

    Parameters
    ----------
    checkpoint : Checkpoint
    run : Run
    holders : dict of str to object
        What has a state, by name.
    sources : tuple
        What gives the batches, and the validation data or None.
    measures : dict
        What is measured in each epoch, to be the same when it goes on.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        run: Run,
        holders: Mapping[str, Any],
        sources: tuple[Iterable[Any], Any],
        measures: Mapping[str, Any],
    ) -> None:
        self.checkpoint, self.run, self.holders, self.measures = checkpoint, run, dict(holders), dict(measures)
        self.data = [_fingerprints(source) for source in sources]
        self.holders |= {
            name: source
            for name, source in zip(("loader", "validation"), sources, strict=True)
            if isinstance(source, DataLoader)
        }
        batches = sources[0]
        if not isinstance(batches, DataLoader) and checkpoint.every_steps:
            raise UsageError(
                f"every_steps={checkpoint.every_steps} needs data whose place can be found again, got "
                f"{type(batches).__name__}.",
                "Pass x and y, or an nn.DataLoader; or leave out every_steps.",
            )

    def begin(self, resume: bool) -> None:
        """Go to where the checkpoint was written, if asked to and if there is one.

        Raises
        ------
        ArgumentError
            When there is one and `resume` is false, or it is no checkpoint, or one of another run.
        """
        if not resume:
            self.checkpoint.check_new()
        elif self.checkpoint.path.exists():
            self._restore(self.checkpoint.read())

    def after_step(self) -> None:
        every = self.checkpoint.every_steps
        if every and self.run.step % every == 0:
            self.checkpoint.write(self._tree())

    def after_epoch(self) -> None:
        done, run = self.run.epoch - 1, self.run
        if done % self.checkpoint.every == 0 or done == run.epochs or run.history.stopped:
            self.checkpoint.write(self._tree())

    def _tree(self) -> dict[str, Any]:
        run = self.run
        return {
            "data": self.data,
            "measures": self.measures,
            "epoch": run.epoch,
            "step": run.step,
            "states": {name: dict(each.state_dict()) for name, each in self.holders.items()},
            "kinds": self._kinds(),
            "random": [each.bit_generator.state for each in self._generators()],
            "history": asdict(run.history) | {"step_loss": np.array(run.history.step_loss, float)},
            "best": {"value": run.best.value, "epoch": run.best.epoch, "state": run.best.state},
        }

    def _restore(self, tree: Mapping[str, Any]) -> None:
        path, run = str(self.checkpoint.path), self.run
        if tree["measures"] != self.measures:
            raise ArgumentError(
                f"The checkpoint {path!r} was written with {_measured(tree['measures'])}, this run has "
                f"{_measured(self.measures)}.",
                "Pass the same validation= and metrics= as before.",
            )
        if tree["data"] != self.data:
            raise ArgumentError(
                f"The checkpoint {path!r} was written with other data.",
                "Pass the same x and y, or give another checkpoint.",
            )
        generators = list(self._generators())
        if tree["kinds"] != self._kinds() or len(tree["random"]) != len(generators):
            theirs, ours = (", ".join(sorted(kinds.values())) for kinds in (tree["kinds"], self._kinds()))
            raise ArgumentError(
                f"The checkpoint {path!r} holds {theirs}; this run has {ours}.",
                "Call nn.fit with the same parts as before, or give another checkpoint.",
            )
        before = {name: dict(each.state_dict()) for name, each in self.holders.items()}
        try:
            for name, each in self.holders.items():
                each.load_state_dict(tree["states"][name])
        except (AutogradError, KeyError, TypeError, ValueError) as error:
            for name, each in self.holders.items():
                each.load_state_dict(before[name])
            what, _, mend = str(error).partition("\n")
            raise ArgumentError(
                f"The checkpoint {path!r} is of another run: {what[:1].lower()}{what[1:]}",
                mend or "Give another checkpoint.",
            ) from error
        for each, state in zip(generators, tree["random"], strict=True):
            each.bit_generator.state = state
        for entry in fields(History):
            value = tree["history"].get(entry.name, getattr(run.history, entry.name))
            setattr(run.history, entry.name, value.tolist() if isinstance(value, np.ndarray) else value)
        run.epoch, run.step = tree["epoch"], tree["step"]
        run.best.value, run.best.epoch, run.best.state = (tree["best"][name] for name in ("value", "epoch", "state"))

    def _kinds(self) -> dict[str, str]:
        """Return what each part of the run is."""
        return {name: type(each).__name__ for name, each in self.holders.items()}

    def _generators(self) -> Iterator[np.random.Generator]:
        """Yield the shared Generator and those that the model and the loss hold, each once."""
        seen = {id(shared := generator())}
        yield shared
        modules = [each for each in (self.run.model, self.run.loss) if isinstance(each, Module)]
        for module in (each for root in modules for each in root.modules()):
            for name, value in vars(module).items():
                for _, held in inside(name, value):
                    if isinstance(held, np.random.Generator) and id(held) not in seen:
                        seen.add(id(held))
                        yield held


def _measured(measures: Mapping[str, Any]) -> str:
    parts = ["validation data" if measures["validation"] else "no validation data"]
    parts.append(f"the metrics {', '.join(measures['metrics'])}" if measures["metrics"] else "no metrics")
    return " and ".join(parts)


def _fingerprints(source: Any) -> list[Any]:
    """Return what tells the data of a run apart from others."""
    arrays = source.arrays if isinstance(source, DataLoader) else source if isinstance(source, tuple) else ()
    return [_fingerprint(array) for array in arrays]


def _fingerprint(array: np.ndarray[Any, Any]) -> list[Any]:
    """Return what tells arrays apart: shape, dtype and a checksum."""
    checksum = 0
    for start in range(0, len(array), ROWS):
        checksum = crc32(array[start : start + ROWS].tobytes(), checksum)
    return [list(array.shape), str(array.dtype), checksum]
