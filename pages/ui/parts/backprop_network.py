"""Backpropagation through a small network: every weight's chain, its two checks, and the step."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.autograd import backward_steps, operate
from core.figures.backpropagation import losses_figure
from core.gradient_check import check_gradients, nudge_each, torch_gradients
from core.graphs.network import network_paths, network_table
from core.randomness import SMALL_SEED
from core.value_network import HIDDEN, SPECS, Network, NetworkSpec, build_network, step_network, trained
from core.words import number_text, on_the_line
from pages.ui import charts, controls
from pages.ui.frame import Code
from pages.ui.graph import forget_step, show_graph
from pages.ui.parts.backprop_step import show_loss_after
from pages.ui.parts.gradient_checks import show_checks, show_every_check, summary
from pages.ui.state import forget_url, set_url, url_choice, url_integer
from pages.ui.synced import shared_choice
from pages.ui.tex import aligned, sign_tex, signed_tex, tex

RATES = (0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 3.0, 10.0, 30.0)
MOST_STEPS = 100
FIRST_WEIGHT = "w1-11"
ACTIVATIONS = {"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "ReLU"}


def show_network_part() -> Code:
    """The network, its controls, the chosen weight's chain, the step and all checks."""
    picture = st.container()
    spec, rate = _settings()
    stops = trained(spec, rate, url_integer("taken", 0, 0, MOST_STEPS))
    network = build_network(spec, dict(stops[-1].weights))
    network.loss.backward()
    keys = {key_of(name): name for name in network.weights}
    chosen = url_choice("weight", FIRST_WEIGHT, tuple(keys))
    with picture:
        _picture(network, keys[chosen])
    checks = {check.name: check for check in check_gradients(network)}
    numbers, control = st.columns([7, 3], gap="medium")
    with control:
        shared_choice("Weight, or click its line", "weight", keys, FIRST_WEIGHT)
        _step_controls(network, [stop.loss for stop in stops], rate)
    with numbers:
        show_weight(network, keys[chosen])
        show_checks([checks[keys[chosen]]])
        st.markdown(summary(list(checks.values())))
        if network.on_corner:
            st.caption("A ReLU stands so near its corner here that the nudge may step over it.")
    show_every_check(list(checks.values()))
    return build_network, operate, backward_steps, check_gradients, nudge_each, torch_gradients, step_network


def _picture(network: Network, picked: str) -> None:
    """Show the network as a graph, one weight's chain standing out."""
    shape = "-".join(map(str, network.spec.sizes))
    alt = f"A {shape} network with every value and every gradient; its loss is {number_text(network.loss.data)}."
    pick = lambda weight: set_url("weight", key_of(weight), FIRST_WEIGHT)  # noqa: E731
    show_graph(network_table(network), f"network:{shape}", alt, picked=picked, on_pick=pick)
    st.caption(
        "On the way back a line takes its gradient's sign as colour, blue above 0, and its size as width: "
        "the weights' lines beside each other, and those to the loss beside each other."
    )


def _settings() -> tuple[NetworkSpec, float]:
    first, second, third, fourth = st.columns([2, 2, 2, 3], gap="medium")
    with first:
        shape = controls.pick("Network", "net", {name: name for name in SPECS}, "2-2-1", on_change=_start_over)
    with second:
        activation = controls.choice("Hidden layers", "act", ACTIVATIONS, HIDDEN[0], on_change=_start_over)
    with third:
        seed = controls.number("Seed", "seed", 0, SMALL_SEED, 0, help="Other starting weights.", on_change=_start_over)
    with fourth:
        rate = controls.stops("Learning rate η", "rate", RATES, 0.5)
    return replace(SPECS[shape], activation=activation, seed=seed), rate


def _start_over() -> None:
    forget_url("taken")
    forget_step()


def _step_controls(network: Network, losses: Sequence[float], rate: float) -> None:
    """What one more step would do, the buttons that do and undo it, and the loss so far."""
    taken, loss = len(losses) - 1, losses[-1]
    after = step_network(network, rate).loss.data
    st.metric("Loss now", number_text(loss))  # below each other, whole beside the picture at 1280 pixels too
    show_loss_after(st.container(), "After the step", loss, after)
    left, right = st.columns(2)
    full = taken >= MOST_STEPS
    take, reset = (lambda: set_url("taken", taken + 1, 0)), (lambda: forget_url("taken"))
    left.button("Take the step", key="take", on_click=take, disabled=full, type="primary", width="stretch")
    right.button("Reset", key="reset", on_click=reset, disabled=not taken, width="stretch")
    again = " Another rate takes them anew, from the same start." if taken else ""
    st.caption(f"Steps taken with η = {rate:g}: {taken}.{again}")
    if taken:
        charts.draw(
            losses_figure(losses), "losses", f"The loss after each of {taken} steps; it is {number_text(loss)} now."
        )


def show_weight(network: Network, name: str) -> None:
    """One weight's gradient as backward finds it: what has arrived at its sum z, times the slope of z in the weight."""
    paths = network_paths(network).of(network.weights[name])
    z, slope = paths[0].values[1], paths[0].slopes[0]
    rule = f"{fraction('L', z.name)} \\cdot {fraction(z.name, name)}"
    gradient = network.weights[name].grad
    product = rf"{signed_tex(z.grad)} \cdot {signed_tex(slope)}"
    result = f"{sign_tex(z.grad, slope, gradient)} {tex(gradient)}"
    st.latex(aligned([f"{fraction('L', name)} &= {rule}", f"&{sign_tex(z.grad, slope)} {product} {result}"]))
    ways = "one path leads" if len(paths) == 1 else f"{len(paths)} paths lead"
    st.markdown(f"From {name} {ways} to the loss; the box under the picture has every one of them, and their sum.")


def fraction(upper: str, lower: str) -> str:
    """Return ∂upper/∂lower as LaTeX."""
    return rf"\frac{{\partial {latex(upper)}}}{{\partial {latex(lower)}}}"


def latex(name: str) -> str:
    """Return a name such as w¹₂₃ as LaTeX."""
    if len(name) < 2:
        return name
    plain = on_the_line(name)
    return rf"{plain[0]}^{{({plain[1]})}}_{{{plain[2:]}}}"


def key_of(name: str) -> str:
    """Return a weight's name as it stands in the URL: w1-23 for w¹₂₃."""
    plain = on_the_line(name)
    return f"{plain[:2]}-{plain[2:]}"
