"""The runs that grade the predictions of the lesson on backpropagation."""

from dataclasses import replace

from core.autograd import backward_steps
from core.experiments.accumulation import repeated_backward
from core.expression import parse
from core.expression.gradients import check_values, expression_graph
from core.graphs.examples import square_graph
from core.graphs.matrices import example_batch
from core.matrix_graph import backward
from core.value_network import SPECS, build_network, starting_weights
from core.words import number_text
from pages.ui.quiz import Outcome


def larger() -> Outcome:
    """Run backward through max(x, y) at x = 2 and y = −1, and ask torch for the same."""
    graph = expression_graph(parse("max(x, y)", ("x", "y")), {"x": 2.0, "y": -1.0})
    x, y = check_values(graph)
    choice = 0 if x.gradient and y.gradient else 1 if x.gradient else 2
    found = f"∂L/∂x is {number_text(x.gradient)} and ∂L/∂y is {number_text(y.gradient)}"
    torchs = f"torch finds {number_text(x.autograd)} and {number_text(y.autograd)}"
    return Outcome(choice, f"{found}; {torchs}. A nudge of the smaller one does not move the maximum.")


def rows() -> Outcome:
    """Go back through four examples, and add up the gradient of each one's logits."""
    cache = example_batch(4, 1)
    sums = backward(cache).dq.sum(1)  # (N,)
    told = {1.0: 0, 1 / len(sums): 1, 0.0: 2}
    nearest = min(told, key=lambda value: float((sums - value).abs().max()))
    worst = number_text(float((sums - nearest).abs().max()), 1)
    found = f"Each of the {len(sums)} sums is {number_text(nearest)} to within {worst}"
    return Outcome(told[nearest], f"{found}. Each row of p adds up to 1, and so does each row of y.")


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
