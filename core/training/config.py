"""The settings of a training run, and the recipes: settings that are known to work."""

from dataclasses import dataclass

from core.augment import AUGMENTATIONS
from core.model import ModelConfig
from core.optimizers import OPTIMIZERS, SCHEDULES
from core.randomness import MAX_SEED
from core.validation import require_choice, require_integer, require_number

MAX_EPOCHS = 100
MAX_BATCH_SIZE = 4096
MAX_LEARNING_RATE = 100.0
MAX_WEIGHT_DECAY = 10.0


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained; raises `ValueError` when a setting is out of range."""

    epochs: int = 5
    batch_size: int = 256
    optimizer: str = "adam"
    learning_rate: float = 0.004  # the schedule's peak
    schedule: str = "one_cycle"
    weight_decay: float = 0.0
    augmentation: str = "none"
    seed: int = 0

    def __post_init__(self) -> None:
        require_integer("epochs", self.epochs, 1, MAX_EPOCHS)
        require_integer("batch size", self.batch_size, 1, MAX_BATCH_SIZE)
        require_choice("optimizer", self.optimizer, OPTIMIZERS)
        require_number("learning rate", self.learning_rate, 0, MAX_LEARNING_RATE)
        require_choice("schedule", self.schedule, SCHEDULES)
        require_number("weight decay", self.weight_decay, 0, MAX_WEIGHT_DECAY)
        require_choice("augmentation", self.augmentation, AUGMENTATIONS)
        require_integer("seed", self.seed, 0, MAX_SEED)


@dataclass(frozen=True)
class Recipe:
    """A network and a training that are known to work together."""

    label: str
    promise: str  # what a reader gets, measured
    model: ModelConfig
    training: TrainConfig


RECIPES: dict[str, Recipe] = {
    "quick": Recipe(
        "Quick",
        "98 % of the test digits in a few seconds",
        ModelConfig((256,)),
        TrainConfig(epochs=5, batch_size=256, learning_rate=0.004),
    ),
    "accurate": Recipe(
        "Accurate",
        "98.7 % of the test digits in about fifteen seconds",
        ModelConfig((256, 128)),
        TrainConfig(epochs=8, batch_size=256, learning_rate=0.004, augmentation="affine"),
    ),
}
