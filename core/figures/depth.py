"""Figures of what depth does: gradients layer by layer, hidden units that live or die."""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from core.activations import ACTIVATIONS
from core.experiments.dead_units import UnitHistory
from core.figures.figure import Figure
from core.figures.palette import PALETTE, faded
from core.figures.panels import panels
from core.figures.style import log_axis, styled

LINES = {  # those to begin with have a colour each, a relative has the same colour and a dash
    "step": ("neutral", "dot"),
    "linear": ("neutral", "solid"),
    "sigmoid": ("first", "solid"),
    "tanh": ("third", "solid"),
    "arctan": ("third", "dash"),
    "relu": ("second", "solid"),
    "leaky_relu": ("second", "dash"),
    "prelu": ("second", "dot"),
    "gelu": ("first", "dash"),
}


def gradients_figure(sizes: Mapping[str, Sequence[float]]) -> Figure:
    """Return the gradient's size at each hidden layer on a logarithmic axis, one line an activation."""
    figure = Figure()
    for name, values in sizes.items():
        colour, dash = LINES[name]
        figure.add_trace(
            "scatter",
            x=list(range(1, len(values) + 1)),
            y=[value if value > 0 else None for value in values],  # a logarithm has no place for 0
            name=ACTIVATIONS[name].label,
            mode="lines+markers",
            line={"color": PALETTE[colour], "width": 2.5, "dash": dash},
            marker={"size": 7},
            hovertemplate="layer %{x}: %{y:.3g}<extra>" + ACTIVATIONS[name].label + "</extra>",
        )
    styled(figure, 380)
    figure.lay_out(margin={"l": 64})
    figure.x_axes(title="hidden layer, first to last", fixedrange=True)
    drawn = [value for values in sizes.values() for value in values if value > 0] or [1.0]
    figure.y_axes(title="size of the gradient", **log_axis(min(drawn), max(drawn)))
    return figure


def units_figure(histories: Mapping[str, UnitHistory]) -> Figure:
    """Return, for each training, when each hidden unit is on (rows of a map), and below it the silent units counted."""
    figure = panels(
        len(histories) + 1,
        1,
        subplot_titles=(*histories, "units that are never on"),
        vertical_spacing=0.1,
        shared_xaxes=True,
    )
    last = len(histories) + 1
    for row, (label, history) in enumerate(histories.items(), 1):
        _unit_map(figure, history.on, row)
        _silent_line(figure, history, label, ("first", "second")[row - 1], last)
    styled(figure, 560)
    calm = history.config.violent - 0.5  # from here on
    figure.add_vline(calm, {"color": PALETTE["neutral"], "dash": "dash"})
    figure.lay_out(margin={"l": 40}, legend={"y": -0.12, "yanchor": "top"})
    figure.x_axes(fixedrange=True, showgrid=False, range=[-0.5, len(history.on) - 0.5])
    figure.x_axes(title="training step", row=last)
    figure.y_axes(fixedrange=True)
    figure.y_axes(range=[-0.4, history.on.shape[1] + 0.4], row=last)
    return figure


def _silent_line(figure: Figure, history: UnitHistory, label: str, colour: str, row: int) -> None:
    figure.add_trace(
        "scatter",
        y=history.silent.tolist(),
        name=label,
        mode="lines",
        line={"color": PALETTE[colour], "width": 3, "shape": "hv"},
        hovertemplate="step %{x}: %{y}<extra></extra>",
        row=row,
        col=1,
    )


def _unit_map(figure: Figure, on: Tensor, row: int) -> None:
    figure.add_trace(
        "heatmap",
        z=np.asarray(on.T).round(3),
        y=[str(unit) for unit in range(1, on.shape[1] + 1)],
        zmin=0,
        zmax=1,
        colorscale=[(0, faded("neutral", 0.12)), (1e-6, faded("forward", 0.5)), (1, PALETTE["forward"])],
        showscale=False,
        ygap=1,
        hovertemplate="unit %{y}, step %{x}: on at %{z:.0%} of the points<extra></extra>",
        row=row,
        col=1,
    )
    figure.y_axes(type="category", autorange="reversed", showticklabels=False, title="units", row=row, col=1)
