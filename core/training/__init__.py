"""Training: settings, recipes and the loop. `python -m core.training --recipe quick` trains from the shell."""

from core.training.config import RECIPES, Recipe, TrainConfig
from core.training.loop import StepRecord, TrainingState, evaluate, score, steps_per_epoch, train

__all__ = [
    "RECIPES",
    "Recipe",
    "StepRecord",
    "TrainConfig",
    "TrainingState",
    "evaluate",
    "score",
    "steps_per_epoch",
    "train",
]
