"""Loss functions: how wrong is an answer, and where should it go?"""

from core.experiments.line_fit import fit_line_mae, fit_line_mse
from core.losses import cost, huber, log_loss, softmax_cross_entropy_terms
from pages.ui.frame import Part, open_lesson
from pages.ui.parts import loss_runs
from pages.ui.parts.loss_curves import curves_part, outlier_part
from pages.ui.parts.loss_list import repair_part
from pages.ui.parts.loss_terms import terms_part

PARTS = {
    "repair": Part("Repair", repair_part, loss_runs.heavier_by_squaring),
    "curves": Part("Curves", curves_part, loss_runs.surer_and_wrong),
    "outlier": Part("Outlier", outlier_part, loss_runs.outlier_from_10_to_40),
    "terms": Part("Cross-entropy", terms_part, loss_runs.gradient_adds_up),
}

lesson = open_lesson("loss_functions")
lesson.parts(PARTS)
lesson.close(code=[cost, huber, log_loss, softmax_cross_entropy_terms, fit_line_mse, fit_line_mae])
