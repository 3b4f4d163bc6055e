"""Loss functions: how wrong is an answer, and where should it go?"""

import streamlit as st

from core.experiments.line_fit import fit_line_mae, fit_line_mse
from core.losses import cost, huber, log_loss, softmax_cross_entropy_terms
from pages.ui import controls
from pages.ui.frame import open_lesson
from pages.ui.parts import loss_runs
from pages.ui.parts.loss_curves import curves_part, outlier_part
from pages.ui.parts.loss_list import repair_part
from pages.ui.parts.loss_terms import terms_part

PARTS = {
    "repair": ("Repair", repair_part, loss_runs.heavier_by_squaring),
    "curves": ("Curves", curves_part, loss_runs.surer_and_wrong),
    "outlier": ("Outlier", outlier_part, loss_runs.outlier_from_10_to_40),
    "terms": ("Cross-entropy", terms_part, loss_runs.gradient_adds_up),
}

lesson = open_lesson("loss_functions")


@st.fragment
def chosen_part() -> None:
    """Show the part that the reader picked; only that one is computed."""
    labels = {name: label for name, (label, _, _) in PARTS.items()}
    name = controls.pick("Part", "part", labels, "repair", label_visibility="collapsed")
    _, show_part, run = PARTS[name]
    lesson.section(labels[name])
    show_part()
    lesson.predict(name, run)


chosen_part()
lesson.close(code=[cost, huber, log_loss, softmax_cross_entropy_terms, fit_line_mse, fit_line_mae])
