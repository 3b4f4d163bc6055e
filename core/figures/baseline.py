"""Figures of 3 against 7 by hand: the ideals, where a digit differs from each, and who is right how often."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.figures.figure import Figure
from core.figures.palette import PALETTE, faded
from core.figures.panels import panels
from core.figures.style import styled

Image = NDArray[np.float64]  # (784,)


def ideals_figure(digit: Image, three: Image, seven: Image, three_parts: Image, seven_parts: Image) -> Figure:
    """Return a digit, the ideal 3 and the ideal 7 above, and each pixel's share of the distance to each below."""
    titles = ("this digit", "the ideal 3", "the ideal 7", "", "its distance to the 3", "its distance to the 7")
    figure = panels(2, 3, subplot_titles=titles, horizontal_spacing=0.04, vertical_spacing=0.11)
    paper, parts = [[0.0, "black"], [1.0, "white"]], [[0.0, faded("neutral", 0.08)], [1.0, PALETTE["first"]]]
    for column, image in enumerate((digit, three, seven), start=1):
        _add_pixels(figure, image, 1.0, paper, 1, column)
    limit = float(max(three_parts.max(), seven_parts.max()))
    for column, image in enumerate((three_parts, seven_parts), start=2):
        _add_pixels(figure, image, limit, parts, 2, column)
    styled(figure, 430, showlegend=False)
    figure.lay_out(margin={"l": 2, "r": 2, "t": 26, "b": 2})
    figure.all_annotations(font={"size": 13})
    figure.x_axes(visible=False, constrain="domain", fixedrange=True)
    figure.y_axes(visible=False, constrain="domain", fixedrange=True, autorange="reversed")
    figure.keep_square()
    return figure


def _add_pixels(figure: Figure, image: Image, limit: float, colours: list[list[object]], row: int, column: int) -> None:
    figure.add_trace(
        "heatmap",
        row=row,
        col=column,
        z=np.round(image.reshape(28, 28), 4),
        zmin=0,
        zmax=limit,
        colorscale=colours,
        showscale=False,
        hovertemplate="row %{y}, column %{x}: %{z:.3f}<extra></extra>",
    )


def scores_figure(scores: Mapping[str, float], learned: str) -> Figure:
    """Return test accuracies as bars from 90 %, the learned one in colour."""
    names = list(scores)
    figure = Figure()
    figure.add_trace(
        "bar",
        x=list(scores.values()),
        y=names,
        orientation="h",
        marker={"color": [PALETTE["first" if name == learned else "neutral"] for name in names]},
        text=[f"{score:.2%}" for score in scores.values()],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    styled(figure, 170, showlegend=False, bargap=0.35)
    figure.lay_out(margin={"l": 8, "r": 48, "t": 4, "b": 34})
    low = min(0.9, *scores.values())
    figure.x_axes(title="right on the test digits", range=[low, 1], tickformat=".0%", fixedrange=True)
    figure.y_axes(autorange="reversed", automargin=True, fixedrange=True)
    return figure
