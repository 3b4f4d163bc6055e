"""Why gradients add up over a batch and at a fork, and what forward must keep."""

from collections.abc import Callable

import streamlit as st

from core.autograd import backward_steps, topological_order
from core.experiments.accumulation import batch_gradient, kept_by_forward, layers_on_batch
from core.figures.backpropagation import shares_figure, sizes_figure
from core.graphs.examples import fork_by_torch, fork_graph
from core.graphs.values import graph_table
from core.graphs.words import terms
from core.numeric import central_difference, relative_error
from core.words import number_text
from pages.ui import charts, controls
from pages.ui.frame import Code
from pages.ui.graph import show_graph
from pages.ui.parts.gradient_checks import verdict
from pages.ui.tex import aligned, sign_tex, signed_tex, tex

EXAMPLES = ((1.0, 2.0), (2.0, 1.0), (-1.0, 0.5))  # x, target
FURTHEST = 100.0
BATCHES = (1, 8, 32, 128, 512)
KILO = 1000  # bytes


def show_batch() -> Code:
    """Three examples, one weight: three gradients and their sum."""
    picture, control = st.columns([6, 4], gap="medium")
    with control:
        w = controls.decimal("Weight w", "w", -FURTHEST, FURTHEST, 0.5, 0.1)
        pairs = [_example(number, *pair) for number, pair in enumerate(EXAMPLES, 1)]
    found = batch_gradient(w, *zip(*pairs, strict=True))
    shares = [example.gradient for example in found.examples]
    with picture:
        names = [f"example {number}" for number in range(1, len(shares) + 1)]
        alt = f"The examples' gradients {terms(shares)} add up to {number_text(sum(shares))}."
        charts.show(shares_figure(names, shares, "the batch"), "shares", alt)
        formula = r"\frac{\partial L}{\partial w} &= \sum_i 2\,(w x_i - t_i)\,x_i"
        st.latex(aligned([formula, f"&{_sum(shares, sum(shares))}"]))
    _witnesses(
        sum(shares),
        {"One backward through the whole batch": found.batch, "A backward for each example": found.one_by_one},
    )
    return (batch_gradient,)


def _example(number: int, x: float, target: float) -> tuple[float, float]:
    left, right = st.columns(2)
    with left:
        x = controls.decimal(f"x of example {number}", f"x{number}", -FURTHEST, FURTHEST, x, 0.1)
    with right:
        target = controls.decimal(f"target of example {number}", f"t{number}", -FURTHEST, FURTHEST, target, 0.1)
    return x, target


def show_fork() -> Code:
    """x goes two ways into L = a·x + x²; two shares come back."""
    picture, control = st.columns([7, 3], gap="medium")
    with control:
        x = controls.slider("x", "fx", -5.0, 5.0, 1.5, 0.1)
        a = controls.slider("a", "fa", -5.0, 5.0, 2.0, 0.1)
        root = fork_graph(x, a)
        table = graph_table(root)
        leaf = next(value for value in topological_order(root) if value.name == "x")
        st.latex(rf"\frac{{\partial L}}{{\partial x}} = a + 2x {_sum([a, 2 * x], leaf.grad)}")
    with picture:
        alt = f"L = a·x + x² as a graph in which x is used twice; the shares {terms([a, 2 * x])} add up."
        show_graph(table, "fork", alt)
    nudged = central_difference(lambda at: fork_graph(at, a).data, x)
    _witnesses(leaf.grad, {"torch autograd": fork_by_torch(x, a), "Nudge x by ±10⁻⁵": nudged}, tolerances=(1e-6, 1e-4))
    return fork_graph, backward_steps, fork_by_torch, central_difference


def show_kept() -> Code:
    """What torch really keeps while a 784-128-10 network goes forward."""
    picture, control = st.columns([6, 4], gap="medium")
    with control:
        batch = int(controls.stops("Images in the batch", "images", BATCHES, 128))
        kept = kept_by_forward(lambda: layers_on_batch(batch))
        st.metric("Kept for the way back", f"{sum(tensor.size for tensor in kept) / KILO:,.1f} kB")
        table = {
            "tensor": [tensor.name for tensor in kept],
            "shape": [" × ".join(map(str, tensor.shape)) or "one number" for tensor in kept],
            "kB": [_kilobytes(tensor.size) for tensor in kept],
        }
        st.table(table, hide_index=True, alt="The tensors that torch keeps during forward")
    with picture:
        alt = "The size of each tensor that torch keeps: " + ", ".join(
            f"{tensor.name} {tensor.size} bytes" for tensor in kept
        )
        charts.show(sizes_figure([tensor.name for tensor in kept], [tensor.size for tensor in kept]), "kept", alt)
    return kept_by_forward, layers_on_batch


def _kilobytes(size: int) -> str:
    return f"{size / KILO:,.1f}" if size >= KILO / 10 else f"{size / KILO:g}"


def _sum(shares: list[float], total: float) -> str:
    added = " + ".join(signed_tex(share) for share in shares)
    return f"{sign_tex(*shares)} {added} {sign_tex(*shares, total)} {tex(total)}"


def _witnesses(ours: float, witnesses: dict[str, float], tolerances: tuple[float, float] = (1e-6, 1e-6)) -> None:
    errors = [relative_error(ours, value, 1e-8) for value in witnesses.values()]
    table = {
        "who says so": ["The sum above", *witnesses],
        "gradient": [number_text(ours, 6), *(number_text(value, 6) for value in witnesses.values())],
        "off by": ["", *(verdict(error <= limit, error) for error, limit in zip(errors, tolerances, strict=True))],
    }
    st.table(table, hide_index=True, alt="The gradient as a sum, and as two witnesses find it")


DEMONSTRATIONS: dict[str, tuple[str, Callable[[], Code]]] = {
    "batch": ("Over a batch", show_batch),
    "fork": ("At a fork", show_fork),
    "kept": ("What forward keeps", show_kept),
}
