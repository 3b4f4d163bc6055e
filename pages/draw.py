"""Draw: a digit by hand, and the very network that was trained reads it."""

import streamlit as st

from core.canvas import prepare
from core.data import load_mnist
from core.experiments.corner import corner_trial
from core.model import predict
from pages.ui.drawing import drawing_studio
from pages.ui.frame import open_lesson
from pages.ui.model_choice import shipped_model
from pages.ui.quiz import Outcome

FEW, HALF = 0.15, 0.5


def without_preparation() -> Outcome:
    """Read 200 digits from a corner, squashed and prepared."""
    trial = corner_trial(shipped_model(), load_mnist())
    choice = 2 if trial.squashed < FEW else 1 if trial.squashed < HALF else 0
    return Outcome(choice, f"Squashed, {trial.squashed:.0%} are read correctly; prepared, {trial.prepared:.0%}.")


lesson = open_lesson("draw")
st.fragment(drawing_studio)()
lesson.predict("preparation", without_preparation)
lesson.close(code=[prepare, predict])
