"""`RunSpec`: everything that decides a run, checked when it is made, as JSON for the store and the wire."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from core.model import ModelConfig
from core.randomness import MAX_SEED
from core.training.config import RECIPES, TrainConfig
from core.training.loop import steps_per_epoch
from core.validation import require_choice, require_integer

TRAIN_DIGITS = 60_000  # `load_mnist` accepts nothing else
MAX_PARAMETERS = 2_000_000
MAX_STEP_WORK = 2_000_000_000  # parameters × batch size: a step takes about 0.1 s, so that a command waits no longer
MAX_SECONDS = 900.0  # of training, pauses left out
MAX_MEMORY = 3 * 2**30  # bytes a worker may hold
MAX_JSON = 4_000  # characters


@dataclass(frozen=True)
class RunSpec:
    """One run: network, training, and the recipe they came from; raises `ValueError` when a setting is out of range."""

    model: ModelConfig
    training: TrainConfig
    recipe: str = ""  # "" when the reader chose the settings

    def __post_init__(self) -> None:
        require_choice("recipe", self.recipe, ("", *RECIPES))
        require_integer("number of weights and biases", self.model.parameters, 1, MAX_PARAMETERS)
        limit = MAX_STEP_WORK // self.model.parameters
        if self.training.batch_size > limit:
            raise ValueError(
                f"batch size is {self.training.batch_size}; it must be a whole number from 1 to {limit} "
                f"for a network of {self.model.parameters:,} weights and biases"
            )

    @classmethod
    def of_recipe(cls, name: str, seed: int = 0) -> Self:
        """Return the run of a recipe with another seed; raises `ValueError` for an unknown name or a bad seed."""
        require_choice("recipe", name, RECIPES)
        require_integer("seed", seed, 0, MAX_SEED)
        recipe = RECIPES[name]
        return cls(recipe.model, replace(recipe.training, seed=seed), name)

    @property
    def total_steps(self) -> int:
        """Number of updates: batches in an epoch × epochs."""
        return steps_per_epoch(self.training, TRAIN_DIGITS) * self.training.epochs

    def to_json(self) -> str:
        """Return the run as one JSON object."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the run that `to_json` wrote; raises `ValueError` naming the field, its value and what is allowed."""
        if len(text) > MAX_JSON:
            raise ValueError(f"the run has {len(text)} characters; it must have at most {MAX_JSON}")
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise ValueError("the run is not JSON; it must be one object as `to_json` writes it") from None
        parts = _exactly("the run", data, RunSpec)
        model = _exactly("model", parts["model"], ModelConfig)
        training = _exactly("training", parts["training"], TrainConfig)
        if not isinstance(model["hidden"], list):
            raise ValueError(f"hidden is {model['hidden']!r}; it must be a list of whole numbers")
        model["hidden"] = tuple(model["hidden"])
        return cls(ModelConfig(**model), TrainConfig(**training), parts["recipe"])


def _exactly(name: str, data: object, kind: type[Any]) -> dict[str, Any]:
    """Return `data` when it is an object with exactly the fields of the dataclass `kind`."""
    wanted = [field.name for field in fields(kind)]
    if not isinstance(data, dict):
        raise ValueError(f"{name} is {data!r}; it must be an object with the fields {', '.join(wanted)}")
    for key in wanted:
        if key not in data:
            raise ValueError(f"{key} is missing in {name}; it must have the fields {', '.join(wanted)}")
    for key in data:
        if key not in wanted:
            raise ValueError(f"{key!r} is unknown in {name}; it must have the fields {', '.join(wanted)}")
    return dict(data)
