"""What all figures share: margins, fonts, axes, and no movement while data comes in."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.figure import Figure
from core.figures.palette import PALETTE
from core.words import mark_text, superscript

MOST_POINTS = 300  # more than a screen can show
MOST_TICKS = 8  # on a logarithmic axis
# A bar's number outside of it, as large on a phone as elsewhere: Plotly would shrink it to the bar's width.
ON_TOP = {"textposition": "outside", "textangle": 0, "constraintext": "none", "cliponaxis": False}


def styled(figure: Figure, height: int, revision: str = "fixed", **layout: Any) -> Figure:
    """Set the common layout on a figure (mutated and returned); `revision` keeps zoom and legend until it changes."""
    figure.lay_out(
        height=height,
        margin={"l": 48, "r": 12, "t": 34, "b": 40},
        uirevision=revision,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode="closest",
        dragmode=False,
        **layout,
    )
    return figure


def bare(figure: Figure, height: int, revision: str = "fixed") -> Figure:
    """Set a layout without axes or margins, for pictures made of pixels (mutated and returned)."""
    styled(figure, height, revision, showlegend=False)
    figure.lay_out(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    figure.x_axes(visible=False, constrain="domain")
    figure.y_axes(visible=False, constrain="domain")
    return figure


def evenly(count: int, most: int = MOST_POINTS) -> list[int]:
    """Return at most `most` of the indices 0 … count − 1, evenly chosen, first and last among them."""
    chosen: list[int] = np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()
    return chosen


def log_axis(low: float, high: float) -> dict[str, Any]:
    """Return the settings of a logarithmic axis for numbers from `low` to `high`, each tick with its whole number.

    Powers of ten over two decades and more; 1, 2 and 5 times them over less; even steps where the ends lie close.
    """
    decades = range(max(math.floor(math.log10(low)), -300), min(math.ceil(math.log10(high)), 307) + 1)
    if high >= 100 * low:
        ticks = [10.0**power for power in decades[:: -(-len(decades) // MOST_TICKS)]]
    elif high >= 4 * low:
        ticks = [factor * 10.0**power for power in decades for factor in (1, 2, 5)]
    else:
        step = 10.0 ** math.floor(math.log10(max(high - low, 0.01 * high)))
        first, last = math.floor(low / step), math.ceil(high / step)
        ticks = [step * count for count in range(max(first, 1), last + 1)]
    texts = [_tick(value) for value in ticks]
    return {"type": "log", "tickvals": ticks, "ticktext": texts, "fixedrange": True}


def _tick(value: float) -> str:
    """Return a number from 0.001 to 10,000 as it is, any other as a power of ten."""
    if 0.0009 < value < 20_000:
        return f"{value:.4g}"
    factor, power = f"{value:.3e}".split("e")
    raised = superscript(str(int(power)))
    return f"10{raised}" if float(factor) == 1 else f"{float(factor):g}·10{raised}"


def add_bars(
    figure: Figure, column: int, names: Sequence[str], values: Sequence[float], colour: str, digits: int = 4
) -> None:
    """Add a bar for each name to a column of the figure's first row, its value on top of it (mutates the figure).

    A value of 1 and more has so many digits, a smaller one so many decimals.
    """
    figure.add_trace(
        "bar",
        x=list(names),
        y=list(values),
        marker={"color": PALETTE[colour]},
        text=[mark_text(value, digits, places=digits if abs(value) < 1 else None) for value in values],
        **ON_TOP,
        hovertemplate="%{x}: %{y:.4g}<extra></extra>",
        row=1,
        col=column,
    )
