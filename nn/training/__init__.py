"""Training: fit, evaluate, the History of a run, callbacks and checkpoints."""

from nn.training.callbacks import Callback, EarlyStopping
from nn.training.checkpoints import Checkpoint
from nn.training.evaluation import Evaluation, evaluate
from nn.training.history import History
from nn.training.loop import fit
from nn.training.run import Run

__all__ = ["Callback", "Checkpoint", "EarlyStopping", "Evaluation", "History", "Run", "evaluate", "fit"]
