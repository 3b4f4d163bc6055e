"""Figures of what depth does: boundaries of small stacks, gradients layer by layer, hidden units that live or die."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from plotly import graph_objects as go
from plotly.subplots import make_subplots
from torch import Tensor

from core.activations import ACTIVATIONS
from core.experiments.collapse import Stack, planar_points
from core.experiments.dead_units import UnitHistory
from core.experiments.planar import REACH
from core.figures.layout import lay_out, x_axes, y_axes
from core.figures.palette import DIVERGING, PALETTE, faded
from core.figures.style import log_axis, styled

GRID = 61  # cells on each side of a boundary picture
LINES = {  # one colour a family (flat, S-shaped, with a corner, smooth), one dash a member
    "step": ("neutral", "dot"),
    "linear": ("neutral", "solid"),
    "sigmoid": ("first", "solid"),
    "tanh": ("first", "dash"),
    "arctan": ("first", "dot"),
    "relu": ("second", "solid"),
    "leaky_relu": ("second", "dash"),
    "prelu": ("second", "dot"),
    "gelu": ("third", "solid"),
}


def boundaries_figure(stacks: Sequence[Stack], point: tuple[float, float]) -> go.Figure:
    """Return each stack's probability over the plane, side by side, with the points it learned and the reader's."""
    titles = [f"{ACTIVATIONS[stack.config.activation].label}: {stack.accuracy:.0%} right" for stack in stacks]
    figure = make_subplots(1, len(stacks), subplot_titles=titles, horizontal_spacing=0.05)
    for column, stack in enumerate(stacks, 1):
        _boundary(figure, stack, column)
        figure.add_scatter(
            x=[point[0]],
            y=[point[1]],
            mode="markers",
            marker={"symbol": "x", "size": 13, "color": PALETTE["accent"], "line": {"width": 1.5}},
            hoverinfo="skip",
            row=1,
            col=column,
        )
    styled(figure, 400, showlegend=False)
    lay_out(figure, margin={"l": 28, "r": 8, "t": 34, "b": 28})
    x_axes(figure, range=[-REACH, REACH], fixedrange=True, dtick=1, constrain="domain")
    y_axes(figure, range=[-REACH, REACH], fixedrange=True, dtick=1)
    for column in range(1, len(stacks) + 1):
        anchor = "x" if column == 1 else f"x{column}"
        y_axes(figure, scaleanchor=anchor, constrain="domain", col=column)
    return figure


def _boundary(figure: go.Figure, stack: Stack, column: int) -> None:
    side = torch.linspace(-REACH, REACH, GRID, dtype=torch.float64)
    across, up = torch.meshgrid(side, side, indexing="xy")
    probability = stack.layers(torch.stack([across, up], -1).view(-1, 2))[-1].view(GRID, GRID).sigmoid()
    figure.add_contour(
        x=side.numpy(),
        y=side.numpy(),
        z=probability.numpy().round(4),
        zmin=0,
        zmax=1,
        colorscale=DIVERGING,
        opacity=0.6,
        showscale=False,
        contours={"start": 0, "end": 1, "size": 0.1},
        line={"width": 0},
        hovertemplate="class 1 with %{z:.1%}<extra></extra>",
        row=1,
        col=column,
    )
    x, y = planar_points(stack.config.data, stack.config.seed)
    figure.add_scatter(
        x=x[:, 0].numpy(),
        y=x[:, 1].numpy(),
        mode="markers",
        marker={
            "size": 6,
            "color": [PALETTE["positive"] if label else PALETTE["negative"] for label in y.tolist()],
            "line": {"width": 1, "color": "white"},
        },
        hoverinfo="skip",
        row=1,
        col=column,
    )


def gradients_figure(sizes: Mapping[str, Sequence[float]]) -> go.Figure:
    """Return the gradient's size at each hidden layer on a logarithmic axis, one line an activation."""
    figure = go.Figure()
    for name, values in sizes.items():
        colour, dash = LINES[name]
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=[value if value > 0 else None for value in values],  # a logarithm has no place for 0
            name=ACTIVATIONS[name].label,
            mode="lines+markers",
            line={"color": PALETTE[colour], "width": 2.5, "dash": dash},
            marker={"size": 7},
            hovertemplate="layer %{x}: %{y:.3g}<extra>" + ACTIVATIONS[name].label + "</extra>",
        )
    styled(figure, 380)
    lay_out(figure, margin={"l": 64})
    x_axes(figure, title="hidden layer, first to last", fixedrange=True)
    drawn = [value for values in sizes.values() for value in values if value > 0] or [1.0]
    y_axes(figure, title="size of the gradient", **log_axis(min(drawn), max(drawn)))
    return figure


def units_figure(histories: Mapping[str, UnitHistory]) -> go.Figure:
    """Return, for each training, when each hidden unit is on (rows of a map), and below it the silent units counted."""
    figure = make_subplots(
        len(histories) + 1,
        1,
        subplot_titles=[*histories, "units that are never on"],
        vertical_spacing=0.1,
        shared_xaxes=True,
    )
    colours = ("first", "second")
    for row, (label, history) in enumerate(histories.items(), 1):
        _unit_map(figure, history.on, row)
        figure.add_scatter(
            y=history.silent.tolist(),
            name=label,
            mode="lines",
            line={"color": PALETTE[colours[row - 1]], "width": 3, "shape": "hv"},
            hovertemplate="step %{x}: %{y}<extra></extra>",
            row=len(histories) + 1,
            col=1,
        )
        figure.add_vline(x=history.config.violent - 0.5, line={"color": PALETTE["neutral"], "dash": "dash"})
    units = history.on.shape[1]
    styled(figure, 560)
    lay_out(figure, margin={"l": 40}, legend={"y": -0.12, "yanchor": "top"})
    x_axes(figure, fixedrange=True, showgrid=False)
    x_axes(figure, title="training step", row=len(histories) + 1)
    y_axes(figure, fixedrange=True)
    y_axes(figure, range=[-0.4, units + 0.4], row=len(histories) + 1)
    return figure


def _unit_map(figure: go.Figure, on: Tensor, row: int) -> None:
    figure.add_heatmap(
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
    y_axes(figure, type="category", autorange="reversed", showticklabels=False, title="units", row=row, col=1)
