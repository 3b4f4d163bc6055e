"""The parts of the lesson on activations that look at one function at a time: value and slope, and softmax."""

from collections.abc import Callable

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.activations import ACTIVATIONS, PARAMETRIC_SLOPE, Activation, parametric
from core.figures.activations import REACH, activations_figure, softmax_figure, temperature_figure
from core.numeric import NUDGE, central_difference
from core.softmax import softmax_cross_entropy_terms
from pages.ui import controls
from pages.ui.charts import draw
from pages.ui.curve import Line, Picture, Point, Walk, grid, show_curve
from pages.ui.frame import Code
from pages.ui.parts.softmax_tex import exponentials_tex, shares_tex
from pages.ui.state import url_numbers
from pages.ui.tex import aligned, result_tex, sign_tex, tex

START_X = 1.0
COMPARED = ("sigmoid", "tanh", "relu")
LOGITS = (2.0, 1.0, 0.1, -1.0)
NAMES = ("A", "B", "C", "D")
TEMPERATURES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 100.0)


def function_part() -> Code:
    """Show one activation and its derivative with a point to drag, then several side by side."""
    (x,) = url_numbers("x", (START_X,), -REACH, REACH)
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        name = controls.choice("Activation", "f", controls.labels(ACTIVATIONS), "sigmoid")
        activation = _with_slope() if name == "prelu" else ACTIVATIONS[name]
        st.latex(f"f(x) = {activation.formula}")
        st.latex(aligned(_live_numbers(activation, x)))
    with picture_column:
        _draggable(activation, x)
    names = controls.several("Side by side", "with", controls.labels(ACTIVATIONS), COMPARED)
    compared = [activation if other == name else ACTIVATIONS[other] for other in names]
    figure = activations_figure(compared, x)
    labels = ", ".join(other.label for other in compared)
    draw(figure, "side_by_side", alt=f"Value and derivative of {labels}, each with a mark at x = {x:.4g}.")
    return activation.function, activation.derivative, central_difference


def _with_slope() -> Activation:
    """Return parametric ReLU with the slope that the reader gives it, as training would."""
    slope = controls.slider("Slope left of zero", "a", 0.0, 1.0, PARAMETRIC_SLOPE, 0.05)
    st.caption("A network learns this slope like a weight, from 0.25 on.")
    return parametric(slope)


def _live_numbers(activation: Activation, x: float) -> list[str]:
    here = torch.tensor(x, dtype=torch.float64)
    nudged = central_difference(lambda at: float(activation.function(torch.tensor(at, dtype=torch.float64))), x)
    power = round(np.log10(NUDGE))
    value, slope = (float(function(here)) for function in (activation.function, activation.derivative))
    return [
        rf"f({tex(x)}) &{sign_tex(x, value)} {tex(value)}",
        rf"f'({tex(x)}) &{sign_tex(x, slope)} {tex(slope)}",
        rf"\tfrac{{f(x + h) - f(x - h)}}{{2h}} &{result_tex(nudged)},\ h = 10^{{{power}}}",
    ]


def _draggable(activation: Activation, x: float) -> None:
    xs = grid(-REACH, REACH, (x,))
    value, slope = (_sampled(function, xs) for function in (activation.function, activation.derivative))
    lines = (Line("value f(x)", value, "forward", slopes=slope), Line("slope f′(x)", slope, "backward", dash=True))
    alt = f"{activation.label} and its derivative from −5 to 5, with a point to drag at x = {x:.4g}."
    low, high = (min(-1.2, float(value.min())), max(1.4, float(min(value.max(), 5))))
    picture = Picture(xs, lines, "x", "f(x) and f′(x)", alt, y_range=(1.06 * low, 1.06 * high))
    show_curve(picture, (Point(x, "x, the sum that goes in", None),), "function", "x", (START_X,), Walk("tangent"))


def _sampled(function: Callable[[Tensor], Tensor], xs: NDArray[np.float64]) -> NDArray[np.float64]:
    return function(torch.from_numpy(xs)).numpy()


def softmax_part() -> Code:
    """Show softmax on numbers that the reader types, with a temperature."""
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        logits = [
            controls.decimal(f"Number for {name}", f"z{name.lower()}", -1000.0, 1000.0, logit, 0.5)
            for name, logit in zip(NAMES, LOGITS, strict=True)
        ]
        temperature = controls.stops("Temperature", "t", TEMPERATURES, 1.0)
    z = torch.tensor(logits, dtype=torch.float64)
    terms = softmax_cross_entropy_terms(z, int(z.argmax()), temperature)
    with picture_column:
        alt = ", ".join(f"{name} {share:.1%}" for name, share in zip(NAMES, terms.probabilities.tolist(), strict=True))
        draw(softmax_figure(terms, NAMES), "softmax", alt=f"Softmax at temperature {temperature:g}: {alt}.")
    for column, lines in zip(
        st.columns(2), (exponentials_tex(terms, NAMES, temperature), shares_tex(terms, NAMES)), strict=True
    ):
        column.latex(aligned(lines))
    span = (TEMPERATURES[0], TEMPERATURES[-1])
    draw(temperature_figure(z, NAMES, temperature, span), "temperatures", alt="Each probability against temperature.")
    return (softmax_cross_entropy_terms,)
