"""The settings of a training run as controls: every one in the URL, the recipe's values to start from."""

import streamlit as st

from core.activations import ACTIVATIONS
from core.augment import AUGMENTATIONS
from core.model import MAX_HIDDEN_LAYERS, MAX_WIDTH, ModelConfig
from core.optimizers import OPTIMIZERS, SCHEDULES
from core.runs import RunSpec
from core.training import RECIPES, Recipe, TrainConfig
from core.training.config import MAX_BATCH_SIZE, MAX_EPOCHS, MAX_SEED
from pages.ui import controls

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
    model = _network(recipe.model)
    training = _training(recipe.training)
    same = next((name for name, known in RECIPES.items() if known.model == model and _alike(known, training)), "")
    return RunSpec(model, training, same)


def _alike(recipe: Recipe, training: TrainConfig) -> bool:
    return RunSpec(recipe.model, recipe.training).training == training


def _forget_settings() -> None:
    for key in (*KEYS, *WIDTH_KEYS):
        st.session_state.pop(key, None)


def _network(start: ModelConfig) -> ModelConfig:
    depth = controls.number("Hidden layers", "layers", 0, MAX_HIDDEN_LAYERS, len(start.hidden))
    widths = []
    for layer, column in zip(range(depth), st.columns(max(depth, 1)), strict=False):
        usual = start.hidden[layer] if layer < len(start.hidden) else 64
        with column:
            widths.append(controls.number(f"Width {layer + 1}", WIDTH_KEYS[layer], 1, MAX_WIDTH, usual))
    usable = {name: entry.label for name, entry in ACTIVATIONS.items() if name != "step"}
    activation = controls.choice("Activation", "activation", usable, start.activation)
    dropout = controls.slider("Dropout", "dropout", 0.0, 0.9, start.dropout, 0.05)
    return ModelConfig(tuple(widths), activation, dropout)


def _training(start: TrainConfig) -> TrainConfig:
    optimizer = controls.choice("Optimiser", "optimizer", controls.labels(OPTIMIZERS), start.optimizer)
    schedule = controls.choice("Schedule", "schedule", controls.labels(SCHEDULES), start.schedule)
    batch_size = controls.number("Batch size", "batch", 1, MAX_BATCH_SIZE, start.batch_size)
    epochs = controls.number("Epochs", "epochs", 1, MAX_EPOCHS, start.epochs)
    weight_decay = controls.stops("L2 penalty", "l2", WEIGHT_DECAYS, start.weight_decay)
    augmentation = controls.choice("Augmentation", "augment", controls.labels(AUGMENTATIONS), start.augmentation)
    seed = controls.number("Seed", "seed", 0, MAX_SEED, start.seed, help="Same seed, same start, same batches.")
    rate = rate_control(start)
    return TrainConfig(epochs, batch_size, optimizer, rate, schedule, weight_decay, augmentation, seed)


def rate_control(start: TrainConfig) -> float:
    """Return the learning rate."""
    return controls.stops("Learning rate", "rate", LEARNING_RATES, start.learning_rate)
