"""What all figures share: margins, fonts, axes, and no movement while data comes in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from plotly import graph_objects as go

from core.figures.palette import PALETTE
from core.words import number_text

MOST_POINTS = 300  # more than a screen can show


def styled(figure: go.Figure, height: int, revision: str = "fixed", **layout: Any) -> go.Figure:
    """Set the common layout on a figure (mutated and returned); `revision` keeps zoom and legend until it changes."""
    figure.update_layout(
        height=height,
        margin={"l": 48, "r": 12, "t": 34, "b": 40},
        uirevision=revision,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode="closest",
        dragmode=False,
        **layout,
    )
    return figure


def bare(figure: go.Figure, height: int, revision: str = "fixed") -> go.Figure:
    """Set a layout without axes or margins, for pictures made of pixels (mutated and returned)."""
    styled(figure, height, revision, showlegend=False)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, constrain="domain")
    return figure


def evenly(count: int, most: int = MOST_POINTS) -> list[int]:
    """Return at most `most` of the indices 0 … count − 1, evenly chosen, first and last among them."""
    chosen: list[int] = np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()
    return chosen


def add_bars(
    figure: go.Figure, column: int, names: Sequence[str], values: Sequence[float], colour: str, digits: int = 4
) -> None:
    """Add a bar for each name to a column of the figure's first row, its value on top of it (mutates the figure)."""
    figure.add_bar(
        x=list(names),
        y=list(values),
        marker_color=PALETTE[colour],
        text=[number_text(value, digits) for value in values],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{x}: %{y:.4g}<extra></extra>",
        row=1,
        col=column,
    )
