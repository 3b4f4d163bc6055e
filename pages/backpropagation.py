"""Backpropagation: values forward, gradients back, every number checked twice."""

from core.autograd import Value, backward_steps
from core.descent import square_by_autograd
from core.gradient_check import check_graph, graph_by_torch, nudge_each
from core.graphs.examples import square_graph
from pages.ui import controls
from pages.ui.frame import Code, Part, open_lesson
from pages.ui.graph import forget_step
from pages.ui.parts.backprop_formula import show_autograd, show_square, show_typed
from pages.ui.parts.backprop_matrix import show_matrix_part
from pages.ui.parts.backprop_network import show_network_part
from pages.ui.parts.backprop_runs import larger, longer, rows, twice, zeros
from pages.ui.parts.backprop_sums import DEMONSTRATIONS

lesson = open_lesson("backpropagation")


def square() -> Code:
    """L = 3x² + 2 as a graph."""
    x = show_square()
    lesson.section("The first box by torch")
    show_autograd(x)
    return square_graph, Value, backward_steps, check_graph, nudge_each, graph_by_torch, square_by_autograd


def sums() -> Code:
    """Over a batch, at a fork, and what forward keeps."""
    labels = {name: label for name, (label, _) in DEMONSTRATIONS.items()}
    name = controls.pick("Look at", "sum", labels, "batch", on_change=forget_step)
    code = DEMONSTRATIONS[name][1]()
    lesson.section(labels[name])
    return code


PARTS = {
    "square": Part("3x² + 2", square, {"longer": longer}),
    "formula": Part("Your formula", show_typed, {"larger": larger}),
    "matrices": Part("Matrices", show_matrix_part, {"rows": rows}),
    "network": Part("A network", show_network_part, {"zeros": zeros}),
    "sums": Part("Why it adds up", sums, {"twice": twice}),
}

lesson.parts(PARTS, on_change=forget_step)
lesson.close()
