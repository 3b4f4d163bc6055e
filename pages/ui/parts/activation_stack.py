"""The part of the lesson on activations in which a stack of layers collapses, and one with a bend does not."""

from collections.abc import Callable

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.activations import ACTIVATIONS, TRAINABLE
from core.experiments.collapse import Stack, StackConfig, collapse, planar_points, run_layers, train_stack
from core.experiments.planar import PLANAR_DATA, REACH
from core.experiments.plane_network import Adam, PlaneNetwork
from core.figures.plane import probability_uri
from core.words import fixed_text
from pages.ui import controls
from pages.ui.frame import Code
from pages.ui.plane import Dots, Panel, Plane, show_plane, type_point
from pages.ui.tex import aligned, both_signs, sign_tex, signed_tex, tex, tex_matrix

SMALL_WIDTH = 3  # a matrix of more columns is set smaller
BENT = {name: ACTIVATIONS[name].label for name in TRAINABLE if name != "linear"}
PLANE = Plane(-REACH, REACH, ("x₁", "x₂"), urls=("x1", "x2"), start=(1.0, -0.5), label="test point")
SAMPLES = 41  # 0.1 from entry to entry

Array = NDArray[np.float64]


def stack_part() -> Code:
    """Show a linear stack next to the same stack with a bend, and the linear one multiplied out."""
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        data = controls.choice("Points", "data", controls.labels(PLANAR_DATA), "rings")
        bend = controls.choice("The other stack's activation", "bend", BENT, "relu")
        hidden = controls.number("Hidden layers", "hidden", 1, 3, 2)
        width = controls.number("Neurons in each", "width", 2, 6, 4)
        seed = controls.number("Seed", "seed", 0, 999, 0)
    linear, bent = (train_stack(StackConfig(name, hidden, width, data, seed)) for name in ("linear", bend))
    with picture_column:
        _at_the_point(linear, bent)
    st.markdown("**The linear stack multiplied out**")
    _products(linear)
    return train_stack, PlaneNetwork, Adam, run_layers, ACTIVATIONS[bend].function, collapse


@st.fragment
def _at_the_point(linear: Stack, bent: Stack) -> None:
    """Show the boundaries and what both stacks say at the reader's point; only this runs again when the point moves."""
    _boundaries(linear, bent)
    type_point(PLANE, "Test point ")
    if linear.accuracy < 0.6:
        st.caption("The linear stack does about as well as a coin: no straight line parts these points.")
    point = torch.tensor([PLANE.point()], dtype=torch.float64)
    _one_layer_check(linear, bent, point)
    _logit(linear, point)


def _boundaries(linear: Stack, bent: Stack) -> None:
    """Show what both stacks learned, with the points they learned and the reader's."""
    scores = f"{linear.accuracy:.0%} and {bent.accuracy:.0%}"
    alt = f"What a linear stack and one with {_label(bent)} learned: {scores} of the points are right."
    panels = [
        Panel(probability_uri(stack), f"{_label(stack)}: {stack.accuracy:.0%} right", 0.6) for stack in (linear, bent)
    ]
    show_plane(PLANE, panels, _logits(linear, bent), "boundaries", alt, samples=SAMPLES, dots=_dots(linear))


def _dots(stack: Stack) -> list[Dots]:
    x, y = planar_points(stack.config.data, stack.config.seed)
    parts = ((y > 0, "positive"), (y <= 0, "negative"))
    return [Dots(x[part, 0], x[part, 1], colour) for part, colour in parts]


def _logits(linear: Stack, bent: Stack) -> Callable[[Array, Array], dict[str, Array]]:
    def read(first: Array, second: Array) -> dict[str, Array]:
        points = torch.from_numpy(np.stack([first, second], -1).reshape(-1, 2))
        return {
            f"logit, {_label(stack)}": stack.layers(points)[-1].numpy().reshape(first.shape) for stack in (linear, bent)
        }

    return read


def _label(stack: Stack) -> str:
    return ACTIVATIONS[stack.config.activation].label


def _products(stack: Stack) -> None:
    """Show W₁W₂…, each product in rows that fit a phone, down to the one layer that is left."""
    product, names, size = stack.weights[0], "W_1", r"\footnotesize " if stack.config.width > SMALL_WIDTH else ""
    for index, weight in enumerate(stack.weights[1:], 2):
        product, names = product @ weight, f"{names}W_{index}"
        is_last = index == len(stack.weights)
        left, digits = (f"{names} = W", 3) if is_last else (names, 2)
        sign = sign_tex(*product.flatten().tolist(), digits=digits)
        st.latex(size + aligned([f"&{left}", f"&{sign} {tex_matrix(product, digits)}"]))


def _logit(stack: Stack, point: Tensor) -> None:
    """Show what the one layer that is left makes of the reader's point."""
    weight, bias = collapse(stack.weights, stack.biases)
    logit = float(point @ weight + bias)
    rounded = sign_tex(*weight.flatten().tolist(), float(bias), digits=3)
    factors = both_signs(rounded, sign_tex(*point.flatten().tolist(), digits=2))
    st.latex(
        aligned(
            [
                r"\text{logit} &= x\,W + b",
                rf"&{factors} {tex_matrix(point, 2)}\,{tex_matrix(weight)} + {signed_tex(float(bias), 3)}",
                rf"&{both_signs(factors, sign_tex(logit))} {tex(logit)}",
            ]
        )
    )


def _one_layer_check(linear: Stack, bent: Stack, point: Tensor) -> None:
    """Show the logit at the yellow point through all layers, and by the one layer that the weights multiply to."""
    rows = []
    for stack in (linear, bent):
        weight, bias = collapse(stack.weights, stack.biases)
        through, at_once = float(stack.layers(point)[-1]), float(point @ weight + bias)
        label = _label(stack)
        numbers = f"{fixed_text(through, 6)} | {fixed_text(at_once, 6)} | {fixed_text(abs(through - at_once), 6)}"
        rows.append(f"| {label} | {numbers} |")
    head = "| logit at the yellow point | layer by layer | at once, x W + b | difference |\n|---|---:|---:|---:|"
    st.markdown("\n".join([head, *rows]))
