"""Figures of 3 against 7 by hand: the ideals, where a digit differs from each, and who is right how often."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from plotly import graph_objects as go

from core.figures.layout import lay_out, panels, x_axes, y_axes
from core.figures.palette import PALETTE, faded
from core.figures.style import styled

Image = NDArray[np.float64]  # (784,)


def ideals_figure(digit: Image, three: Image, seven: Image, three_parts: Image, seven_parts: Image) -> go.Figure:
    """Return a digit, the ideal 3 and the ideal 7 above, and each pixel's share of the distance to each below."""
    titles = ("this digit", "the ideal 3", "the ideal 7", "", "its distance to the 3", "its distance to the 7")
    figure = panels(2, 3, subplot_titles=titles, horizontal_spacing=0.04, vertical_spacing=0.11)
    paper, parts = [[0.0, "black"], [1.0, "white"]], [[0.0, faded("neutral", 0.08)], [1.0, PALETTE["first"]]]
    for column, image in enumerate((digit, three, seven), start=1):
        figure.add_trace(_pixels(image, 1.0, paper), row=1, col=column)
    limit = float(max(three_parts.max(), seven_parts.max()))
    for column, image in enumerate((three_parts, seven_parts), start=2):
        figure.add_trace(_pixels(image, limit, parts), row=2, col=column)
    styled(figure, 430, showlegend=False)
    lay_out(figure, margin={"l": 2, "r": 2, "t": 26, "b": 2})
    figure.update_annotations(font_size=13)
    x_axes(figure, visible=False, constrain="domain", fixedrange=True)
    y_axes(figure, visible=False, constrain="domain", fixedrange=True, autorange="reversed")
    for index, axis in enumerate(figure.select_yaxes(), start=1):
        axis.scaleanchor = f"x{index if index > 1 else ''}"
    return figure


def _pixels(image: Image, limit: float, colours: list[list[object]]) -> go.Heatmap:
    return go.Heatmap(
        z=np.round(image.reshape(28, 28), 4),
        zmin=0,
        zmax=limit,
        colorscale=colours,
        showscale=False,
        hovertemplate="row %{y}, column %{x}: %{z:.3f}<extra></extra>",
    )


def scores_figure(scores: Mapping[str, float], learned: str) -> go.Figure:
    """Return test accuracies as bars from 90 %, the learned one in colour."""
    names = list(scores)
    figure = go.Figure(
        go.Bar(
            x=list(scores.values()),
            y=names,
            orientation="h",
            marker_color=[PALETTE["first" if name == learned else "neutral"] for name in names],
            text=[f"{score:.2%}" for score in scores.values()],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    styled(figure, 170, showlegend=False, bargap=0.35)
    lay_out(figure, margin={"l": 8, "r": 48, "t": 4, "b": 34})
    low = min(0.9, *scores.values())
    x_axes(figure, title="right on the test digits", range=[low, 1], tickformat=".0%", fixedrange=True)
    y_axes(figure, autorange="reversed", automargin=True, fixedrange=True)
    return figure
