"""The settings of a training run as controls: every one in the URL, the recipe's values to start from."""

import streamlit as st

from core.activations import ACTIVATIONS, TRAINABLE
from core.augment import AUGMENTATIONS
from core.model import MAX_HIDDEN_LAYERS, MAX_WIDTH, ModelConfig
from core.optimizers import OPTIMIZERS, SCHEDULES
from core.randomness import MAX_SEED
from core.runs import RunSpec
from core.training import RECIPES, Recipe, TrainConfig
from core.training.config import MAX_BATCH_SIZE, MAX_EPOCHS
from pages.ui import controls
from pages.ui.live import set_learning_rate

LEARNING_RATES = (0.0001, 0.0003, 0.001, 0.002, 0.004, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
WEIGHT_DECAYS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1)
RECIPE_KEY = "recipe"
WIDTH_KEYS = tuple(f"width{layer + 1}" for layer in range(MAX_HIDDEN_LAYERS))
USUAL_WIDTH = 64  # of a layer that the recipe does not have


def recipe_control() -> Recipe:
    """Return the recipe the reader starts from; choosing one sets every other control to its values."""
    labels = controls.labels(RECIPES)
    name = controls.pick("Recipe", RECIPE_KEY, labels, "quick", on_change=_take_recipe)
    return RECIPES[name]


def say_recipe(recipe: Recipe, spec: RunSpec | None) -> None:
    """Say what the recipe promises, or that the settings are no longer the recipe's, with the way back."""
    if spec is not None and (spec.model, spec.training) == (recipe.model, recipe.training):
        st.caption(f"{recipe.promise}.")
        return
    st.button(
        f"Changed. Back to {recipe.label}",
        type="tertiary",
        icon=":material/undo:",
        on_click=_take_recipe,
        width="stretch",
    )


def settings(recipe: Recipe) -> RunSpec:
    """Show every setting and return the run they make; raises `ValueError` when they do not go together."""
    rate = _rate(recipe.training)
    model = _network(recipe.model)
    training = _training(recipe.training, rate)
    names = (name for name, known in RECIPES.items() if (known.model, known.training) == (model, training))
    return RunSpec(model, training, next(names, ""))


def _take_recipe() -> None:
    """Set every control to the values of the recipe just chosen; by hand, for a control keeps what it shows."""
    recipe = RECIPES[st.session_state[RECIPE_KEY]]
    model, training = recipe.model, recipe.training
    st.session_state.update(
        layers=len(model.hidden),
        activation=model.activation,
        dropout=model.dropout,
        rate=f"{training.learning_rate:g}",
        epochs=training.epochs,
        batch=training.batch_size,
        optimizer=training.optimizer,
        schedule=training.schedule,
        augment=training.augmentation,
        l2=f"{training.weight_decay:g}",
        seed=training.seed,
        **{key: _width(model, layer) for layer, key in enumerate(WIDTH_KEYS)},
    )


def _width(model: ModelConfig, layer: int) -> int:
    return model.hidden[layer] if layer < len(model.hidden) else USUAL_WIDTH


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
        with sides[layer % 2]:
            width = controls.number(f"Width {layer + 1}", WIDTH_KEYS[layer], 1, MAX_WIDTH, _width(start, layer))
            widths.append(width)
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
