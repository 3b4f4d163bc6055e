"""Backpropagation: values forward, gradients back, every number checked twice."""

from dataclasses import replace

from core.autograd import Value, backward_steps
from core.descent import square_by_autograd
from core.experiments.accumulation import repeated_backward
from core.gradient_check import check_graph, graph_by_torch, nudge_each
from core.graphs.examples import square_graph
from core.value_network import SPECS, build_network, starting_weights
from core.words import number_text
from pages.ui import controls
from pages.ui.frame import Code, Part, open_lesson
from pages.ui.graph import forget_step
from pages.ui.parts.backprop_formula import show_autograd, show_square, show_typed
from pages.ui.parts.backprop_matrix import show_matrices
from pages.ui.parts.backprop_network import show_network_part
from pages.ui.parts.backprop_sums import DEMONSTRATIONS
from pages.ui.quiz import Outcome

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


def longer() -> Outcome:
    """Run backward through 3x² + 2 and through its square, both at x = 2."""
    root, squared = square_graph(2.0), square_graph(2.0) ** 2
    before, after = (list(backward_steps(end))[-1].total for end in (root, squared))
    ratio = after / before
    choice = 0 if ratio < 8 else 1 if ratio < 21 else 2
    chain = f"L² has the slope 2L = {number_text(2 * root.data)}"
    return Outcome(
        choice, f"{chain}, and it goes into the product: {number_text(before)} becomes {number_text(after)}."
    )


def zeros() -> Outcome:
    """Set every weight of the 3-4-3-2 network to zero, and count the gradients that are not."""
    spec = SPECS["3-4-3-2"]
    weights = dict.fromkeys(starting_weights(spec.sizes, spec.seed), 0.0)
    start = build_network(replace(spec, activation="sigmoid"), weights)
    start.loss.backward()
    alive = {name for name, value in start.weights.items() if name.startswith("w") and value.grad}
    all_weights = [name for name in weights if name.startswith("w")]
    choice = 0 if len(alive) == len(all_weights) else 2 if not alive else 1
    layers = ", ".join(sorted({name[:2] for name in alive}))
    return Outcome(choice, f"{len(alive)} of {len(all_weights)} weights have a gradient, all of them in {layers}.")


def twice() -> Outcome:
    """Call backward twice at x = 3 and look at x.grad."""
    once, again = repeated_backward(3.0, 1), repeated_backward(3.0, 2)
    choice = 0 if again == once else 1 if again == 2 * once else 2
    return Outcome(choice, f"x.grad is {number_text(once)} after one call and {number_text(again)} after two.")


PARTS = {
    "square": Part("3x² + 2", square, {"longer": longer}),
    "formula": Part("Your formula", show_typed),
    "matrices": Part("Matrices", show_matrices),
    "network": Part("A network", show_network_part, {"zeros": zeros}),
    "sums": Part("Why it adds up", sums, {"twice": twice}),
}

lesson.parts(PARTS, on_change=forget_step)
lesson.close()
