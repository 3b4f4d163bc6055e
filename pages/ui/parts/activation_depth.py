"""The parts of the lesson on activations that look at depth: vanishing gradients, dead units."""

import streamlit as st

from core.activations import ACTIVATIONS, LEAK, Activation, leaky_relu
from core.experiments.dead_units import POINTS, UNITS, ShockConfig, UnitHistory, revived, shock
from core.experiments.plane_network import Adam, PlaneNetwork
from core.experiments.vanishing import MAX_DEPTH, DeepConfig, Link, chain, gradient_sizes, start_weights
from core.figures.depth import gradients_figure, units_figure
from pages.ui import controls
from pages.ui.charts import draw
from pages.ui.frame import Code
from pages.ui.tex import aligned, both_signs, result_tex, sign_tex, signed_tex, tex

SHOWN_LINKS = 4


def deep_part() -> Code:
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
        draw(gradients_figure(sizes), "gradients", alt=f"The gradient's size at the first layer: {summary}.")
        stopped = [ACTIVATIONS[name].label for name, values in sizes.items() if values[0] == 0]
        if stopped:
            st.caption(f"{', '.join(stopped)}: the gradient is exactly 0 and has no place on this axis.")
    alone = _chain_of_neurons(depth)
    return gradient_sizes, start_weights, chain, alone.function, alone.derivative


def _chain_of_neurons(depth: int) -> Activation:
    """Show the product of slopes along one neuron a layer, and return their activation."""
    st.markdown("**One neuron a layer: the product written out**")
    columns = st.columns(3)
    with columns[0]:
        name = controls.choice("Activation", "f", controls.labels(ACTIVATIONS), "sigmoid")
    with columns[1]:
        x = controls.slider("Input x", "cx", -3.0, 3.0, 1.0, 0.1)
    with columns[2]:
        weight = controls.slider("Every weight w", "w", -3.0, 3.0, 1.0, 0.1)
    st.latex(chain_tex(chain(name, x, weight, depth), weight))
    return ACTIVATIONS[name]


def chain_tex(links: list[Link], weight: float) -> str:
    """Return ∂a_k/∂x as the product of w f′(z) over the chain, the first few factors with their numbers."""
    shown = links[:SHOWN_LINKS]
    factors = r" \cdot ".join(
        rf"\underbrace{{{signed_tex(weight * link.slope, 3)}}}_{{w f'({tex(link.total, 2)})}}" for link in shown
    )
    rest = r" \cdots" if len(links) > len(shown) else ""
    start = rf"\frac{{\partial a_{{{len(links)}}}}}{{\partial x}}"
    rounded = sign_tex(*(weight * link.slope for link in shown), digits=3)
    product = links[-1].product
    result = f"{both_signs(rounded, sign_tex(product))} {tex(product)}"
    return aligned([rf"{start} &{rounded} {factors}{rest}", f"&{result}"])


def dead_part() -> Code:
    """Kill ReLU units with steps that are too large, then go on calmly: with ReLU, and with a leak."""
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        rate = controls.stops(
            "Learning rate of the violent steps", "rate", (0.5, 1, 2, 4, 6, 8, 10, 12, 16, 20, 30), 12
        )
        violent = controls.number("Violent steps", "violent", 0, 40, 10)
        leak = controls.stops("Slope of the leak", "leak", (LEAK, 0.05, 0.1, 0.25), LEAK)
        steps = controls.number("Steps in all", "steps", 60, 400, 100, 20)
        seed = controls.number("Seed", "seed", 0, 999, 0)
        unit = controls.number("Unit to write out", "unit", 1, UNITS, 1)
    relu, leaky = (shock(ShockConfig(rate, violent, slope, steps, seed)) for slope in (0.0, leak))
    with control_column:
        dead, stuck = int(relu.silent[violent]), int(relu.without_gradient[-1])
        st.metric("Dead after the violent steps", f"{dead} of {relu.on.shape[1]}")
        st.markdown(_outcome(relu, leaky))
        if dead and not revived(leaky):
            st.caption("None came back here: a leak lets a little gradient through, and promises no more.")
    with picture_column:
        alt = f"{dead} units die; {stuck} ReLU units end without a gradient, {revived(leaky)} leaky ones come back."
        draw(units_figure({"ReLU to the end": relu, "leaky ReLU from the dashed line on": leaky}), "units", alt=alt)
        st.caption(f"Unit {unit} at the dashed line:")
        st.latex(unit_tex(relu, leaky, unit - 1))
    return shock, PlaneNetwork, Adam, leaky_relu


def unit_tex(relu: UnitHistory, leaky: UnitHistory, unit: int) -> str:
    """Return why a unit gets a gradient or none when the violent steps are over, with and without a leak."""
    step, slope = relu.config.violent, leaky.config.leak
    awake = round(float(relu.on[step, unit]) * POINTS)
    sizes = [float(history.gradient[step, unit]) for history in (relu, leaky)]
    lines = [
        rf"\max_i z_i &= \max_i\,(x_i w + b) {result_tex(float(relu.highest[step, unit]), 3)}",
        rf"f'(z_i) &= 1 \text{{ at {awake} of {POINTS} points,}}",
        rf"& \quad 0 \text{{ at the others, with a leak }} {slope:g}",
        r"\tfrac{\partial L}{\partial (w, b)} &= \textstyle\sum_i \tfrac{\partial L}{\partial a_i} f'(z_i)\,(x_i, 1)",
        rf"\text{{its size}} &{result_tex(sizes[0], 3)} \text{{, with a leak }} {tex(sizes[1], 3)}",
    ]
    return aligned(lines)


def _outcome(relu: UnitHistory, leaky: UnitHistory) -> str:
    """Return what became of the units under both as a table."""
    rows = {
        "of them on again": [str(revived(history)) for history in (relu, leaky)],
        "gradient exactly 0": [str(int(history.without_gradient[-1])) for history in (relu, leaky)],
        "loss": [f"{history.losses[-1]:.3f}" for history in (relu, leaky)],
    }
    lines = [f"| {name} | {' | '.join(values)} |" for name, values in rows.items()]
    return "\n".join(["| at the end | ReLU | leaky |", "|---|---:|---:|", *lines])
