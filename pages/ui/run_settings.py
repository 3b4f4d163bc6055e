"""The settings of a training run as controls: every one in the URL, the recipe's values to start from."""

import streamlit as st

from core.activations import ACTIVATIONS, TRAINABLE
from core.augment import AUGMENTATIONS
from core.model import MAX_HIDDEN_LAYERS, MAX_WIDTH, ModelConfig
from core.optimizers import OPTIMIZERS, SCHEDULES
from core.runs import RunSpec
from core.training import RECIPES, Recipe, TrainConfig
from core.training.config import MAX_BATCH_SIZE, MAX_EPOCHS, MAX_SEED
from pages.ui import controls
from pages.ui.live import set_learning_rate

LEARNING_RATES = (0.0001, 0.0003, 0.001, 0.002, 0.004, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
WEIGHT_DECAYS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1)
RECIPE_KEY = "recipe"
KEYS = ("layers", "activation", "optimizer", "rate", "schedule", "batch", "epochs", "dropout", "l2", "augment", "seed")
WIDTH_KEYS = tuple(f"width{layer + 1}" for layer in range(MAX_HIDDEN_LAYERS))


def recipe_control() -> Recipe:
    """Return the recipe the reader starts from; choosing one sets every other control to its values."""
    labels = controls.labels(RECIPES)
    name = controls.pick("Recipe", RECIPE_KEY, labels, "quick", on_change=_forget_settings)
    st.caption(f"{RECIPES[name].promise}.")
    return RECIPES[name]


def settings(recipe: Recipe) -> RunSpec:
    """Show every setting and return the run they make; raises `ValueError` when they do not go together."""
    rate = _rate(recipe.training)
    model = _network(recipe.model)
    training = _training(recipe.training, rate)
    names = (name for name, known in RECIPES.items() if (known.model, known.training) == (model, training))
    return RunSpec(model, training, next(names, ""))


def _forget_settings() -> None:
    for key in (*KEYS, *WIDTH_KEYS):
        st.session_state.pop(key, None)


def _network(start: ModelConfig) -> ModelConfig:
    usable = {name: entry.label for name, entry in ACTIVATIONS.items() if name in TRAINABLE}
    left, right = st.columns(2)
    with left:
        depth = controls.number("Hidden layers", "layers", 0, MAX_HIDDEN_LAYERS, len(start.hidden))
    with right:
        activation = controls.choice("Activation", "activation", usable, start.activation)
    sides = st.columns(2)
    widths = []
    for layer in range(depth):
        usual = start.hidden[layer] if layer < len(start.hidden) else 64
        with sides[layer % 2]:
            widths.append(controls.number(f"Width {layer + 1}", WIDTH_KEYS[layer], 1, MAX_WIDTH, usual))
    dropout = controls.slider("Dropout", "dropout", 0.0, 0.9, start.dropout, 0.05)
    return ModelConfig(tuple(widths), activation, dropout)


def _training(start: TrainConfig, rate: float) -> TrainConfig:
    left, right = st.columns(2)
    with left:
        epochs = controls.number("Epochs", "epochs", 1, MAX_EPOCHS, start.epochs)
        optimizer = controls.choice("Optimiser", "optimizer", controls.labels(OPTIMIZERS), start.optimizer)
        augmentation = controls.choice("Augmentation", "augment", controls.labels(AUGMENTATIONS), start.augmentation)
    with right:
        batch_size = controls.number("Batch size", "batch", 1, MAX_BATCH_SIZE, start.batch_size)
        schedule = controls.choice("Schedule", "schedule", controls.labels(SCHEDULES), start.schedule)
        seed = controls.number("Seed", "seed", 0, MAX_SEED, start.seed, help="Same seed, same start, same batches.")
    weight_decay = controls.stops("L2 penalty", "l2", WEIGHT_DECAYS, start.weight_decay)
    return TrainConfig(epochs, batch_size, optimizer, rate, schedule, weight_decay, augmentation, seed)


def _rate(start: TrainConfig) -> float:
    return controls.stops(
        "Learning rate",
        "rate",
        LEARNING_RATES,
        start.learning_rate,
        on_change=_change_live_rate,
        help="Also while it trains.",
    )


def _change_live_rate() -> None:
    set_learning_rate(float(st.session_state["rate"]))
