"""Figures of activation functions side by side, and of softmax."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from core.activations import Activation
from core.figures.figure import Figure
from core.figures.palette import PALETTE
from core.figures.panels import panels
from core.figures.style import add_bars, log_axis, styled
from core.softmax import SoftmaxTerms
from core.words import mark_text

REACH = 5.0
COLUMNS = 3
LOOKS = {"value": ("forward", "solid", "top left"), "derivative": ("backward", "dot", "bottom right")}


def activations_figure(activations: Sequence[Activation], x: float) -> Figure:
    """Return a small picture of each activation's value and derivative from −5 to 5, with the reader's x marked."""
    rows = -(-len(activations) // COLUMNS)
    titles = tuple(activation.label for activation in activations)
    figure = panels(
        rows, COLUMNS, subplot_titles=titles, horizontal_spacing=0.06, vertical_spacing=0.36 / rows, shared_xaxes="all"
    )
    for index, activation in enumerate(activations):
        place = {"row": index // COLUMNS + 1, "col": index % COLUMNS + 1}
        _curve(figure, "value", activation.function, x, index == 0, place)
        _curve(figure, "derivative", activation.derivative, x, index == 0, place)
    styled(figure, 70 + 190 * rows)
    figure.lay_out(legend={"y": 1.0 + 0.16 / rows})
    figure.x_axes(range=[-REACH, REACH], fixedrange=True, showticklabels=True)
    figure.y_axes(range=[-2, 3], fixedrange=True)
    return figure


def _curve(
    figure: Figure, name: str, function: Callable[[Tensor], Tensor], x: float, is_first: bool, place: dict[str, int]
) -> None:
    """Add a value or a derivative to a small picture: its curve, and its number at x."""
    colour, dash, side = LOOKS[name]
    xs = torch.linspace(-REACH, REACH, 241, dtype=torch.float64)
    y = float(function(torch.tensor([x], dtype=torch.float64)))
    shared: dict[str, Any] = {"name": name, "legendgroup": name, **place}
    line = {"color": PALETTE[colour], "width": 2.5, "dash": dash}
    figure.add_trace(
        "scatter",
        x=xs.numpy(),
        y=function(xs).numpy(),
        mode="lines",
        line=line,
        showlegend=is_first,
        hoverinfo="skip",
        **shared,
    )
    figure.add_trace(
        "scatter",
        x=[x],
        y=[y],
        mode="markers+text",
        marker={"size": 9, "color": PALETTE[colour]},
        text=[mark_text(y, 3)],
        textposition=side,
        cliponaxis=False,
        showlegend=False,
        hovertemplate=f"{name} at %{{x:.3g}}: %{{y:.4g}}<extra></extra>",
        **shared,
    )


def softmax_figure(terms: SoftmaxTerms, names: Sequence[str]) -> Figure:
    """Return the exponentials (left) and the probabilities (right) as bars, one a class."""
    figure = panels(1, 2, subplot_titles=("exponentials", "probabilities"), horizontal_spacing=0.1)
    for column, values, colour in ((1, terms.exponentials, "neutral"), (2, terms.probabilities, "forward")):
        add_bars(figure, column, names, values.tolist(), colour, 3)
    styled(figure, 300, showlegend=False, bargap=0.3)
    top = float(terms.exponentials.max())
    figure.y_axes(range=[0, 1.2 * top], fixedrange=True, col=1)
    figure.y_axes(range=[0, 1.15], tickformat=".0%", fixedrange=True, col=2)
    figure.x_axes(fixedrange=True, type="category")
    return figure


def temperature_figure(logits: Tensor, names: Sequence[str], temperature: float, span: tuple[float, float]) -> Figure:
    """Return each class's probability against the temperature on a logarithmic axis, the reader's own marked."""
    temperatures = torch.logspace(math.log10(span[0]), math.log10(span[1]), 161, dtype=torch.float64)
    shares = (logits[None, :] / temperatures[:, None]).softmax(1)  # (161, K)
    figure = Figure()
    looks = [(colour, dash) for dash in ("solid", "dot") for colour in ("first", "second", "third")]
    for index, name in enumerate(names):
        colour, dash = looks[index]
        line = {"color": PALETTE[colour], "width": 2.5, "dash": dash}
        figure.add_trace(
            "scatter",
            x=temperatures.numpy(),
            y=shares[:, index].numpy(),
            name=name,
            mode="lines",
            line=line,
            hovertemplate="temperature %{x:.3g}: %{y:.1%}<extra>" + name + "</extra>",
        )
    figure.add_vline(temperature, {"color": PALETTE["neutral"], "dash": "dash"})
    styled(figure, 260)
    figure.x_axes(title="temperature", **log_axis(*span))
    figure.y_axes(range=[0, 1.03], tickformat=".0%", fixedrange=True)
    return figure
