"""Figures of gradient descent: a nudge against the derivative, and a walk over a surface."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from plotly import graph_objects as go

from core.descent import Path
from core.figures.palette import PALETTE, faded
from core.figures.style import log_axis, styled
from core.numeric import Nudge

Array = NDArray[np.float64]
LEAST_ERROR = 1e-17  # an error of 0 is drawn here, for a logarithm cannot show it
STEP_MILLISECONDS = 180
LOOK = {"colorscale": "Viridis", "showscale": False, "hoverinfo": "skip"}
GREY = faded("neutral", 0.18)


def nudge_figure(table: Sequence[Nudge], chosen: int) -> go.Figure:
    """Return the errors of both differences against the nudge, both on logarithms; row `chosen` stands out."""
    figure = go.Figure()
    nudges = [row.h for row in table]
    for name, colour, errors in (
        ("forward difference", PALETTE["first"], [row.forward_error for row in table]),
        ("central difference", PALETTE["second"], [row.central_error for row in table]),
    ):
        figure.add_scatter(
            x=nudges,
            y=np.maximum(errors, LEAST_ERROR),
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2.5},
            marker={"size": [15 if row == chosen else 7 for row in range(len(table))]},
            customdata=errors,
            hovertemplate="nudge %{x:.0e}<br>error %{customdata:.2e}<extra>%{fullData.name}</extra>",
        )
    styled(figure, 380)
    drawn = [max(error, LEAST_ERROR) for row in table for error in (row.forward_error, row.central_error)]
    figure.update_xaxes(title="nudge h", autorange="reversed", tickangle=0, **log_axis(min(nudges), max(nudges)))
    figure.update_yaxes(title="distance from the derivative", **log_axis(min(drawn), max(drawn)))
    return figure


def secant_figure(w: Array, losses: Array, x: float, y: float, derivative: float, nudge: Nudge) -> go.Figure:
    """Return the curve with its tangent at x and the straight line through x and x + h."""
    figure = go.Figure()
    figure.add_scatter(x=w, y=losses, name="loss", line={"color": PALETTE["forward"], "width": 3}, hoverinfo="skip")
    ends = np.array([w[0], w[-1]])
    for name, slope, colour, dash in (
        ("nudged slope", nudge.forward, PALETTE["first"], "dash"),
        ("derivative", derivative, PALETTE["backward"], "solid"),
    ):
        line = {"color": colour, "width": 2, "dash": dash}
        figure.add_scatter(x=ends, y=y + slope * (ends - x), name=name, mode="lines", line=line, hoverinfo="skip")
    at = [x, x + nudge.h]
    figure.add_scatter(
        x=at,
        y=[y, y + nudge.forward * nudge.h],
        name="x and x + h",
        mode="markers",
        marker={"size": 12, "color": PALETTE["accent"]},
    )
    styled(figure, 380)
    low, high = float(np.nanmin(losses)), float(np.nanmax(losses))
    margin = 0.08 * (high - low) or 1.0
    figure.update_xaxes(title="weight w", range=[w[0], w[-1]], fixedrange=True)
    figure.update_yaxes(range=[low - margin, high + margin], fixedrange=True)
    return figure


def surface_figure(side: Array, losses: Array, path: Path) -> go.Figure:
    """Return a loss over two weights as a surface, with a walk on it; the walk floats a little, to be seen."""
    figure = go.Figure()
    figure.add_surface(x=side, y=side, z=losses, opacity=0.9, **LOOK)
    first, second, height = _walk(path, side, losses, len(path.losses))
    line, marker = {"color": PALETTE["backward"], "width": 6}, {"size": 4, "color": PALETTE["accent"]}
    lift = 0.015 * float(np.ptp(losses))
    figure.add_scatter3d(x=first, y=second, z=height + lift, mode="lines+markers", line=line, marker=marker)
    styled(figure, 440, showlegend=False)
    reach = {"range": [side[0], side[-1]]}
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, dragmode="orbit")
    figure.update_scenes(
        xaxis={"title": {"text": "w₁"}, **reach},
        yaxis={"title": {"text": "w₂"}, **reach},
        zaxis={"title": {"text": "loss"}},
        camera={"eye": {"x": 1.5, "y": -1.6, "z": 1.2}},
    )
    return figure


def contour_figure(side: Array, losses: Array, path: Path) -> go.Figure:
    """Return lines of equal loss with the walk over them, which Plotly plays step by step in the browser."""
    figure = go.Figure()
    figure.add_contour(x=side, y=side, z=losses, ncontours=28, line={"width": 0.5}, **LOOK)
    count = len(path.losses)
    figure.add_trace(_trace(path, side, losses, count))
    figure.frames = [
        go.Frame(name=str(step), data=[_trace(path, side, losses, step + 1)], traces=[1]) for step in range(count)
    ]
    styled(figure, 480, showlegend=False)
    figure.update_layout(margin={"l": 36, "r": 8, "t": 8, "b": 164}, updatemenus=[_buttons()], sliders=[_steps(count)])
    axis = {"range": [side[0], side[-1]], "fixedrange": True}
    figure.update_xaxes(title={"text": "w₁", "standoff": 2}, **axis)
    figure.update_yaxes(title={"text": "w₂", "standoff": 2}, **axis)
    return figure


def _trace(path: Path, side: Array, losses: Array, count: int) -> go.Scatter:
    first, second, _ = _walk(path, side, losses, count)
    line, marker = {"color": PALETTE["backward"], "width": 3}, {"size": 8, "color": PALETTE["accent"]}
    return go.Scatter(x=first, y=second, mode="lines+markers", line=line, marker=marker, hoverinfo="x+y")


def _walk(path: Path, side: Array, losses: Array, count: int) -> tuple[Array, Array, Array]:
    """Return w₁, w₂ and loss of the first `count` points of a walk; those off the picture are not a number."""
    w, loss = path.weights[:count], path.losses[:count]
    inside = ((w >= side[0]) & (w <= side[-1])).all(1) & (loss <= losses.max())
    first, second = np.where(inside[:, None], w, np.nan).T
    return first, second, np.where(inside, loss, np.nan)


def _buttons() -> dict[str, object]:
    play = {"frame": {"duration": STEP_MILLISECONDS}, "transition": {"duration": 0}, "fromcurrent": True}
    stop = {"frame": {"duration": 0}, "mode": "immediate"}
    buttons = [
        {"label": "Play", "method": "animate", "args": [None, play]},
        {"label": "Pause", "method": "animate", "args": [[None], stop]},
        {"label": "Reset", "method": "animate", "args": [["0"], stop]},
    ]
    place = {"x": 0, "y": 0, "xanchor": "left", "yanchor": "top", "pad": {"t": 62}}
    return {
        "type": "buttons",
        "direction": "left",
        "buttons": buttons,
        "showactive": False,
        "bgcolor": GREY,
        "borderwidth": 0,
        **place,
    }


def _steps(count: int) -> dict[str, object]:
    stop = {"frame": {"duration": 0}, "mode": "immediate"}
    steps = [{"label": str(step), "method": "animate", "args": [[str(step)], stop]} for step in range(count)]
    place = {"x": 0, "len": 1, "y": 0, "pad": {"t": 86, "l": 8, "r": 8}, "ticklen": 0, "font": {"size": 11}}
    place |= {"currentvalue": {"prefix": "step ", "xanchor": "right", "font": {"size": 14}}}
    return {"steps": steps, "active": count - 1, "bgcolor": GREY, **place}
