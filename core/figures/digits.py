"""Figures of a digit and of what a network says about it."""

import numpy as np
from numpy.typing import NDArray

from core.figures.figure import Figure
from core.figures.palette import PALETTE
from core.figures.pixels import ink, png_uri
from core.figures.style import bare, styled


def image_figure(image: NDArray[np.float32], height: int = 220) -> Figure:
    """Return one image (h, w) from 0 to 1, its pixels sharp."""
    figure = Figure()
    figure.add_trace("image", source=png_uri(ink(image)), hoverinfo="skip")
    return bare(figure, height)


def probabilities_figure(probabilities: NDArray[np.float32], height: int = 320) -> Figure:
    """Return the ten probabilities as bars, the greatest one in colour; ten zeros stand for no prediction."""
    best = int(probabilities.argmax())
    colours = [PALETTE["forward"] if digit == best else PALETTE["neutral"] for digit in range(10)]
    figure = Figure()
    figure.add_trace(
        "bar",
        x=probabilities,
        y=[str(digit) for digit in range(10)],
        orientation="h",
        marker={"color": colours},
        text=[f"{value:.1%}" if probabilities.any() else "" for value in probabilities],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.2%}<extra></extra>",
    )
    styled(figure, height, showlegend=False)
    figure.lay_out(margin={"l": 24, "r": 8, "t": 8, "b": 8}, bargap=0.25)
    figure.x_axes(range=[0, 1.18], visible=False)
    figure.y_axes(type="category", autorange="reversed", tickfont={"size": 16}, ticks="")
    return figure
