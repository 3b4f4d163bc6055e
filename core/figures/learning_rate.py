"""Figures of the learning rate: one walk on a small panel, losses against steps, power iteration, schedules."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.descent import verdict
from core.experiments.network_loss import FullBatchRun
from core.figures.figure import Figure
from core.figures.palette import PALETTE, WALKS
from core.figures.style import log_axis, styled
from core.optimizers import SCHEDULES

Array = NDArray[np.float64]
DASHES = ("dot", "dash", "dashdot")  # of the runs of one colour; the chosen one is solid and thick


def panel_figure(w: Array, losses: Array, walked: Array, walked_losses: Array, title: str) -> Figure:
    """Return one walk on its curve, small; a walk that leaves the picture is cut off at its edge."""
    figure = Figure()
    figure.add_trace(
        "scatter", x=w, y=losses, mode="lines", line={"color": PALETTE["forward"], "width": 2}, hoverinfo="skip"
    )
    figure.add_trace(
        "scatter",
        x=walked,
        y=walked_losses,
        mode="lines+markers",
        line={"color": PALETTE["backward"], "width": 1.5},
        marker={"size": 7, "color": PALETTE["backward"]},
        customdata=np.arange(len(walked)),
        hovertemplate="step %{customdata}<br>w = %{x:.3g}<extra></extra>",
    )
    styled(figure, 230, showlegend=False, title={"text": title, "font": {"size": 15}, "x": 0.5, "xanchor": "center"})
    figure.lay_out(margin={"l": 30, "r": 8, "t": 36, "b": 42})
    figure.x_axes(title={"text": "w", "standoff": 2}, range=[w[0], w[-1]], fixedrange=True)
    figure.y_axes(range=[-0.05 * losses.max(), 1.08 * losses.max()], fixedrange=True)
    return figure


def walk_losses_figure(losses: Array) -> Figure:
    """Return a walk's losses against its steps, on a logarithm."""
    figure = Figure()
    drawn = np.maximum(losses, 1e-16)  # what a logarithm can still show
    figure.add_trace(
        "scatter",
        x=np.arange(len(losses)),
        y=drawn,
        mode="lines+markers",
        line={"color": PALETTE["backward"], "width": 2},
        hovertemplate="step %{x}<br>loss %{y:.3g}<extra></extra>",
    )
    styled(figure, 400, showlegend=False)
    figure.x_axes(title="step", fixedrange=True)
    figure.y_axes(title="loss", **log_axis(drawn.min(), drawn.max()))
    return figure


def runs_figure(runs: Sequence[FullBatchRun], limit: float, chosen: float) -> Figure:
    """Return the real runs' losses against their steps, on a logarithm; the chosen learning rate is thick.

    A colour says what the walk does along the steepest direction, whose limit this is.
    """
    figure = Figure()
    chosen_line = {"color": PALETTE["accent"], "width": 4}
    seen = Counter[str]()
    for run in runs:
        colour = WALKS[verdict(run.learning_rate, 2 / limit).kind]  # of the steepest direction
        is_chosen = run.learning_rate == chosen
        dash = DASHES[seen[colour] % len(DASHES)]
        seen[colour] += not is_chosen
        figure.add_trace(
            "scatter",
            x=np.arange(len(run.losses)),
            y=run.losses,
            name=f"η = {run.learning_rate:.3g}, {run.learning_rate / limit:.2f} of the limit",
            mode="lines",
            line=chosen_line if is_chosen else {"color": PALETTE[colour], "width": 2, "dash": dash},
            hovertemplate="step %{x}: loss %{y:.3f}<extra>%{fullData.name}</extra>",
        )
    styled(figure, 330)
    figure.lay_out(legend={"y": -0.2, "yanchor": "top"}, margin={"t": 8})
    figure.x_axes(title={"text": "step", "standoff": 4}, fixedrange=True)
    drawn = [loss for run in runs for loss in run.losses if loss > 0] or [1.0]
    figure.y_axes(title="loss on the whole batch", **log_axis(min(drawn), max(drawn)))
    return figure


def power_figure(estimates: Sequence[float], power_steps: int) -> Figure:
    """Return the estimate of λmax after each multiplication by the Hessian: power iteration's first, then Lanczos's."""
    figure = Figure()
    count = np.arange(1, len(estimates) + 1)
    for name, part, colour in (
        ("power iteration", slice(power_steps), "first"),
        ("Lanczos", slice(power_steps, None), "second"),
    ):
        figure.add_trace(
            "scatter",
            x=count[part],
            y=estimates[part],
            name=name,
            mode="lines+markers",
            line={"color": PALETTE[colour], "width": 2},
            hovertemplate="after %{x} multiplications: %{y:.6f}<extra>%{fullData.name}</extra>",
        )
    styled(figure, 280)
    figure.x_axes(title="multiplications by the Hessian", fixedrange=True)
    figure.y_axes(title="curvature found", fixedrange=True)
    return figure


def schedule_figure(rate: float, schedule: str, steps: int) -> Figure:
    """Return the learning rate that each step uses under a schedule."""
    used = [rate * SCHEDULES[schedule].factor(step / steps) for step in range(steps)]
    figure = Figure()
    line = {"color": PALETTE["accent"], "width": 3, "shape": "hv"}
    figure.add_trace("scatter", x=list(range(1, steps + 1)), y=used, mode="lines", line=line)
    styled(figure, 180, showlegend=False)
    figure.lay_out(margin={"t": 8})
    figure.x_axes(title="step", fixedrange=True)
    figure.y_axes(title="rate used", rangemode="tozero", fixedrange=True)
    return figure
