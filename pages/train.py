"""Train: a network learns to read all 60,000 digits while the reader watches."""

from dataclasses import replace

import streamlit as st
import torch

from core.data import load_mnist
from core.model import ModelConfig, build_model
from core.runs import RunSpec
from core.training import RECIPES, train
from core.training.loop import batches, take_step
from pages.ui.frame import open_lesson
from pages.ui.live import live_run
from pages.ui.quiz import Outcome
from pages.ui.run_settings import recipe_control, say_recipe, settings


def without_hidden_layers() -> Outcome:
    """Train 784-10 for two epochs and count."""
    config = replace(RECIPES["quick"].training, epochs=2)
    model = build_model(ModelConfig(()), torch.Generator().manual_seed(config.seed))
    *_, last = train(model, load_mnist(), config)
    accuracy = last.test_accuracy or 0.0
    choice = 2 if accuracy > 0.9 else 1 if accuracy > 0.6 else 0
    return Outcome(choice, f"{accuracy:.1%} of the test digits, after {last.seconds:.1f} seconds of training.")


lesson = open_lesson("train")
picture, control = st.columns([7, 3], gap="large")
with control:
    recipe = recipe_control()
    promise = st.container(height=52, border=False)
    spec: RunSpec | None = None
    try:
        spec = settings(recipe)
    except ValueError as error:
        st.error(f"These settings do not go together: {error}.", icon=":material/tune:")
with promise:
    say_recipe(recipe, spec)
with picture:
    live_run(spec)

lesson.predict("depth", without_hidden_layers)
lesson.close(code=[train, batches, take_step])
