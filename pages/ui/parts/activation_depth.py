"""The parts of the lesson on activations that look at layers: the collapse, vanishing gradients, dead units."""

import streamlit as st
import torch
from torch import Tensor

from core.activations import ACTIVATIONS, LEAK, TRAINABLE
from core.experiments.collapse import Stack, StackConfig, collapse, train_stack
from core.experiments.dead_units import ShockConfig, revived, shock
from core.experiments.planar import PLANAR_DATA
from core.experiments.vanishing import MAX_DEPTH, DeepConfig, Link, chain, gradient_sizes
from core.figures.depth import boundaries_figure, gradients_figure, units_figure
from core.words import fixed_text
from pages.ui import controls
from pages.ui.charts import show
from pages.ui.tex import aligned, signed_tex, tex, tex_matrix

SHOWN_LINKS = 4
SMALL_WIDTH = 3  # a matrix of more columns is set smaller
BENT = {name: ACTIVATIONS[name].label for name in TRAINABLE if name != "linear"}


def stack_part() -> None:
    """Show a linear stack next to the same stack with a bend, and the linear one multiplied out."""
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        data = controls.choice("Points", "data", controls.labels(PLANAR_DATA), "rings")
        bend = controls.choice("The other stack's activation", "bend", BENT, "relu")
        hidden = controls.number("Hidden layers", "hidden", 1, 3, 2)
        width = controls.number("Neurons in each", "width", 2, 6, 4)
        seed = controls.number("Seed", "seed", 0, 999, 0)
        x1 = controls.slider("Test point: x₁", "x1", -2.0, 2.0, 1.0, 0.1)
        x2 = controls.slider("Test point: x₂", "x2", -2.0, 2.0, -0.5, 0.1)
    linear, bent = (train_stack(StackConfig(name, hidden, width, data, seed)) for name in ("linear", bend))
    with picture_column:
        scores = f"{linear.accuracy:.0%} and {bent.accuracy:.0%}"
        alt = f"What a linear stack and one with {BENT[bend]} learned: {scores} of the points are right."
        show(boundaries_figure((linear, bent), (x1, x2)), "boundaries", alt=alt)
        point = torch.tensor([[x1, x2]], dtype=torch.float64)
        _one_layer_check(linear, bent, point)
    st.markdown("**The linear stack multiplied out**")
    _products(linear, point)


def _products(stack: Stack, point: Tensor) -> None:
    """Show W₁W₂…, each product in rows that fit a phone, and the one layer that is left, at the reader's point."""
    product, names, size = stack.weights[0], "W_1", r"\footnotesize " if stack.config.width > SMALL_WIDTH else ""
    for index, weight in enumerate(stack.weights[1:], 2):
        product, names = product @ weight, f"{names}W_{index}"
        is_last = index == len(stack.weights)
        left = f"{names} = W" if is_last else names
        st.latex(size + aligned([f"&{left}", f"&= {tex_matrix(product, 3 if is_last else 2)}"]))
    weight, bias = collapse(stack.weights, stack.biases)
    logit = float(point @ weight + bias)
    st.latex(
        aligned(
            [
                r"\text{logit} &= x\,W + b",
                rf"&= {tex_matrix(point, 2)}\,{tex_matrix(weight)} + {signed_tex(float(bias), 3)}",
                rf"&= {tex(logit)}",
            ]
        )
    )


def _one_layer_check(linear: Stack, bent: Stack, point: Tensor) -> None:
    """Show the logit at the yellow cross through all layers, and by the one layer that the weights multiply to."""
    rows = []
    for stack in (linear, bent):
        weight, bias = collapse(stack.weights, stack.biases)
        through, at_once = float(stack.layers(point)[-1]), float(point @ weight + bias)
        label = ACTIVATIONS[stack.config.activation].label
        numbers = f"{fixed_text(through, 6)} | {fixed_text(at_once, 6)} | {fixed_text(abs(through - at_once), 6)}"
        rows.append(f"| {label} | {numbers} |")
    head = "| logit at the yellow cross | layer by layer | at once, x W + b | difference |\n|---|---:|---:|---:|"
    st.markdown("\n".join([head, *rows]))


def deep_part() -> None:
    """Show the gradient at each layer of a real deep stack, and the product of slopes along a chain."""
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        depth = controls.number("Hidden layers", "depth", 1, MAX_DEPTH, 12)
        own = controls.switch("Each activation's own weight scale", "own", True)
        gain = controls.slider("Weight scale", "gain", 0.5, 3.0, 1.0, 0.05, disabled=own)
        seed = controls.number("Seed", "seed", 0, 999, 0)
    with picture_column:
        names = controls.several("Activations", "with", controls.labels(ACTIVATIONS), ("sigmoid", "tanh", "relu"))
        sizes = {name: gradient_sizes(DeepConfig(name, depth, None if own else gain, seed)) for name in names}
        summary = ", ".join(f"{ACTIVATIONS[name].label} {values[0]:.3g}" for name, values in sizes.items())
        show(gradients_figure(sizes), "gradients", alt=f"The gradient's size at the first layer: {summary}.")
        stopped = [ACTIVATIONS[name].label for name, values in sizes.items() if values[0] == 0]
        if stopped:
            st.caption(f"{', '.join(stopped)}: the gradient is exactly 0 and has no place on this axis.")
    _chain_of_neurons(depth)


def _chain_of_neurons(depth: int) -> None:
    st.markdown("**One neuron a layer: the product written out**")
    columns = st.columns(3)
    with columns[0]:
        name = controls.choice("Activation", "f", controls.labels(ACTIVATIONS), "sigmoid")
    with columns[1]:
        x = controls.slider("Input x", "cx", -3.0, 3.0, 1.0, 0.1)
    with columns[2]:
        weight = controls.slider("Every weight w", "w", -3.0, 3.0, 1.0, 0.1)
    st.latex(chain_tex(chain(name, x, weight, depth), weight))


def chain_tex(links: list[Link], weight: float) -> str:
    """Return ∂a_k/∂x as the product of w f′(z) over the chain, the first few factors with their numbers."""
    shown = links[:SHOWN_LINKS]
    factors = r" \cdot ".join(
        rf"\underbrace{{{signed_tex(weight * link.slope, 3)}}}_{{w f'({tex(link.total, 2)})}}" for link in shown
    )
    rest = r" \cdots" if len(links) > len(shown) else ""
    return aligned(
        [rf"\frac{{\partial a_{{{len(links)}}}}}{{\partial x}} &= {factors}{rest}", rf"&= {tex(links[-1].product)}"]
    )


def dead_part() -> None:
    """Kill ReLU units with steps that are too large, then go on calmly: with ReLU, and with a leak."""
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        rate = controls.stops(
            "Learning rate of the violent steps", "rate", (0.5, 1, 2, 4, 6, 8, 10, 12, 16, 20, 30), 12
        )
        violent = controls.number("Violent steps", "violent", 0, 40, 10)
        leak = controls.stops("Slope of the leak", "leak", (LEAK, 0.05, 0.1, 0.25), LEAK)
        steps = controls.number("Steps in all", "steps", 60, 400, 160, 20)
        seed = controls.number("Seed", "seed", 0, 999, 0)
    relu, leaky = (shock(ShockConfig(rate, violent, slope, steps, seed)) for slope in (0.0, leak))
    with control_column:
        dead = int(relu.silent[violent])
        st.metric("Never on after the violent steps", f"{dead} of {relu.on.shape[1]}")
        st.metric("Came back: ReLU, leaky ReLU", f"{revived(relu)}, {revived(leaky)}")
        stuck = int(relu.without_gradient[-1])
        st.metric("Gradient exactly 0: ReLU, leaky ReLU", f"{stuck}, {int(leaky.without_gradient[-1])}")
        st.metric("Loss at the end: ReLU, leaky ReLU", f"{relu.losses[-1]:.3f}, {leaky.losses[-1]:.3f}")
    with picture_column:
        alt = f"{dead} units die; {stuck} ReLU units end without a gradient, {revived(leaky)} leaky ones come back."
        show(units_figure({"ReLU to the end": relu, "leaky ReLU from the dashed line on": leaky}), "units", alt=alt)
