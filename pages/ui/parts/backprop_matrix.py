"""Backpropagation at matrix size: cross-entropy(softmax(x W + b))."""

import streamlit as st

from core.graphs.matrices import MAX_BATCH, check_matrices, example_batch, matrix_table
from core.graphs.matrix_cells import GRADIENT_CELLS
from core.matrix_graph import Cache, backward, by_autograd, forward, gradient_step
from core.randomness import SMALL_SEED
from pages.ui import controls
from pages.ui.frame import Code
from pages.ui.graph import show_graph
from pages.ui.matrices import block, show_matrices
from pages.ui.parts.backprop_step import show_loss_after
from pages.ui.parts.gradient_checks import verdict

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
RULES: dict[str, tuple[str, str]] = {
    "dq": ("dq", r"dq = \frac{p - y}{N}"),
    "dW": ("dW", r"dW = x^\top\,dq"),
    "db": ("db", r"db = \sum_{\text{rows}} dq"),
    "dx": ("dx", r"dx = dq\,W^\top"),
}


def show_matrix_part() -> Code:
    """The graph with shapes, one gradient at a time as matrices with their numbers, and every check."""
    picture = st.container()
    left, middle, right, step = st.columns([2, 2, 3, 2], gap="medium")
    with left:
        batch = controls.number("Examples N", "n", 1, MAX_BATCH, 4)
    with middle:
        seed = controls.number("Seed", "mseed", 0, SMALL_SEED, 1, help="Other examples and other weights.")
    with right:
        rate = controls.stops("Learning rate η", "mrate", RATES, 1.0)
    cache = example_batch(batch, seed)
    after = gradient_step(cache, rate).loss.item()
    show_loss_after(step, "Loss after one step", cache.loss.item(), after)
    alt = f"Cross-entropy of softmax of x W + b on {batch} examples as a graph with the shape of every matrix."
    with picture:
        show_graph(matrix_table(cache), "matrix", alt)
    name = controls.pick("Gradient", "gradient", {name: label for name, (label, _) in RULES.items()}, "dW")
    show_rule(name, cache)
    checks = check_matrices(cache)
    table = {
        "gradient": [check.name for check in checks],
        "shape": [check.shape for check in checks],
        "against torch autograd": [verdict(check.passed[0], check.autograd_error) for check in checks],
        "against a nudge by ±10⁻⁵": [verdict(check.passed[1], check.difference_error) for check in checks],
    }
    st.table(table, hide_index=True, alt="The worst relative error of each gradient matrix")
    return forward, backward, gradient_step, by_autograd, check_matrices


def show_rule(name: str, cache: Cache) -> None:
    """One gradient's rule with the matrices that go into it, and what each of its cells is made of."""
    st.latex(RULES[name][1])
    made = GRADIENT_CELLS[name](cache)
    blocks = [
        block(factor.name, factor.values.tolist(), factor.takes, factor.sign, 3 if factor.name in RULES else 2)
        for factor in made.factors
    ]
    show_matrices(blocks, made.texts, "matrices")
