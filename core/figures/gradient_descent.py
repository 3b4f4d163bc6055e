"""Figures of gradient descent: a nudge against the derivative."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.figures.figure import Figure
from core.figures.palette import PALETTE
from core.figures.style import log_axis, styled
from core.numeric import Nudge

Array = NDArray[np.float64]
LEAST_ERROR = 1e-17  # an error of 0 is drawn here, for a logarithm cannot show it


def nudge_figure(table: Sequence[Nudge], chosen: int) -> Figure:
    """Return the errors of both differences against the nudge, both on logarithms; row `chosen` stands out.

    Where the function has no finite value there is a gap.
    """
    figure = Figure()
    nudges = [row.h for row in table]
    both = np.array([[row.forward_error, row.central_error] for row in table]).T  # (2, n)
    both[~np.isfinite(both)] = np.nan
    for name, colour, errors in (
        ("forward difference", PALETTE["first"], both[0]),
        ("central difference", PALETTE["second"], both[1]),
    ):
        figure.add_trace(
            "scatter",
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
    drawn = np.maximum(both[np.isfinite(both)], LEAST_ERROR).tolist() or [LEAST_ERROR, 1.0]
    figure.x_axes(title="nudge h", autorange="reversed", tickangle=0, **log_axis(min(nudges), max(nudges)))
    figure.y_axes(title="distance from the derivative", **log_axis(min(drawn), max(drawn)))
    return figure


def secant_figure(w: Array, losses: Array, x: float, y: float, derivative: float, nudge: Nudge) -> Figure:
    """Return the curve with its tangent at the weight x and the straight line through it and x + h."""
    figure = Figure()
    figure.add_trace(
        "scatter", x=w, y=losses, name="loss", line={"color": PALETTE["forward"], "width": 3}, hoverinfo="skip"
    )
    ends = np.array([w[0], w[-1]])
    for name, slope, colour, dash in (
        ("nudged slope", nudge.forward, PALETTE["first"], "dash"),
        ("derivative", derivative, PALETTE["backward"], "solid"),
    ):
        if not math.isfinite(slope):
            continue  # the nudge leads to where the loss has no value
        line = {"color": colour, "width": 2, "dash": dash}
        figure.add_trace(
            "scatter", x=ends, y=y + slope * (ends - x), name=name, mode="lines", line=line, hoverinfo="skip"
        )
    is_defined = math.isfinite(nudge.forward)
    figure.add_trace(
        "scatter",
        x=[x, x + nudge.h] if is_defined else [x],
        y=[y, y + nudge.forward * nudge.h] if is_defined else [y],
        name="w and w + h",
        mode="markers",
        marker={"size": 12, "color": PALETTE["accent"]},
    )
    styled(figure, 380)
    seen = losses[np.isfinite(losses)]
    low, high = float(seen.min()), float(seen.max())
    margin = 0.08 * (high - low) or 1.0
    figure.x_axes(title="weight w", range=[w[0], w[-1]], fixedrange=True)
    figure.y_axes(range=[low - margin, high + margin], fixedrange=True)
    return figure
