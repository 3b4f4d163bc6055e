"""Loss functions: how wrong is an answer, and where should it go?"""

from pages.ui.frame import Part, open_lesson
from pages.ui.parts import loss_runs
from pages.ui.parts.loss_curves import curves_part, outlier_part
from pages.ui.parts.loss_list import repair_part
from pages.ui.parts.loss_terms import terms_part

PARTS = {
    "repair": Part("Repair", repair_part, {"repair": loss_runs.heavier_by_squaring}),
    "curves": Part("Curves", curves_part, {"curves": loss_runs.surer_and_wrong}),
    "outlier": Part("Outlier", outlier_part, {"outlier": loss_runs.outlier_from_10_to_40}),
    "terms": Part("Cross-entropy", terms_part, {"terms": loss_runs.gradient_adds_up}),
}

lesson = open_lesson("loss_functions")
lesson.parts(PARTS)
lesson.close()
