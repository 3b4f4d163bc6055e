"""Figures of the seven steps: the weights before and after a step, the batch with its guesses, the loss so far."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.figures.figure import Figure
from core.figures.palette import DIVERGING, PALETTE
from core.figures.panels import panels
from core.figures.pixels import ink, png_uri
from core.figures.style import bare, evenly, styled

Image = NDArray[np.float64]  # (784,)
GAP = 2  # pixels between digits
CAPTION = 16  # rows of nothing below each digit, for the guess


def update_figure(before: Image | None, gradient: Image | None, after: Image | None, rate: float) -> Figure:
    """Return w before − rate × gradient = w after, each (784,) an image with its numbers under the pointer.

    Both pictures of weights share one scale of colour, the gradient has its own; what is not known yet stays empty.
    """
    weight_limit = max((float(np.abs(w).max()) for w in (before, after) if w is not None), default=1.0)
    gradient_limit = float(np.abs(gradient).max()) if gradient is not None else 1.0
    titles = ("weights w", "gradient ∂loss/∂w", "w after the step")
    figure = panels(1, 3, subplot_titles=titles, horizontal_spacing=0.15)
    limits = (weight_limit, gradient_limit, weight_limit)
    for column, (numbers, limit) in enumerate(zip((before, gradient, after), limits, strict=True), 1):
        _add_pixels(figure, numbers, limit or 1.0, column)
    styled(figure, 185, showlegend=False)
    figure.lay_out(margin={"l": 2, "r": 2, "t": 26, "b": 4})
    figure.all_annotations(font={"size": 13}, yshift=2)
    middle = {"y": 0.5, "xref": "paper", "yref": "paper", "xanchor": "center", "showarrow": False, "font": {"size": 15}}
    figure.add_annotation(x=0.308, text=f"− {rate:g} ×", **middle)
    figure.add_annotation(x=0.692, text="=", **middle)
    figure.x_axes(visible=False, constrain="domain", range=[-0.7, 27.7], fixedrange=True)
    figure.y_axes(visible=False, constrain="domain", range=[27.7, -0.7], fixedrange=True)
    figure.keep_square()
    figure.add_squares(-0.5, 27.5, {"color": PALETTE["neutral"], "width": 1})
    return figure


def _add_pixels(figure: Figure, numbers: Image | None, limit: float, column: int) -> None:
    grid = np.full((28, 28), np.nan) if numbers is None else numbers.reshape(28, 28)
    figure.add_trace(
        "heatmap",
        row=1,
        col=column,
        z=np.round(grid, 6),
        zmin=-limit,
        zmax=limit,
        colorscale=DIVERGING,
        showscale=False,
        hovertemplate="row %{y}, column %{x}: %{z:.5f}<extra></extra>",
    )


def batch_figure(
    images: NDArray[np.floating], is_seven: NDArray[np.bool_], p_seven: Image | None, columns: int
) -> Figure:
    """Return digits (n, 784), 0 to 1, each with the guess and its probability below, coloured by right and wrong."""
    count = len(images)
    sheet = _sheet(ink(images.reshape(-1, 28, 28)), columns)
    figure = bare(Figure(), 90 * (-(-count // columns)))
    figure.add_trace("image", source=png_uri(sheet), hoverinfo="skip")
    if p_seven is not None:
        says_seven = p_seven > 0.5
        right = says_seven == is_seven
        row, column = np.divmod(np.arange(count), columns)
        sure = np.where(says_seven, p_seven, 1 - p_seven)
        guesses = zip(says_seven, sure, right, strict=True)
        figure.add_trace(
            "scatter",
            x=column * (28 + GAP) + 13.5,
            y=row * (28 + CAPTION + GAP) + 28 + CAPTION / 2,
            mode="text",
            text=[f"{'' if r else '✗'}<b>{7 if s else 3}</b> {p:.0%}" for s, p, r in guesses],
            textfont={"size": 12, "color": [PALETTE["right" if r else "wrong"] for r in right]},
            hovertext=[f"p(7) = {p:.4f}; it is a {7 if y else 3}" for p, y in zip(p_seven, is_seven, strict=True)],
            hoverinfo="text",
        )
    return figure


def _sheet(digits: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Return RGBA digits (n, 28, 28, 4) side by side in rows of `columns`, with room for a caption below each."""
    height, width = 28 + CAPTION + GAP, 28 + GAP
    sheet = np.zeros((-(-len(digits) // columns) * height, columns * width, 4), np.uint8)
    for index, digit in enumerate(digits):
        row, column = divmod(index, columns)
        sheet[row * height : row * height + 28, column * width : column * width + 28] = digit
    return sheet


def history_figure(losses: Sequence[float], measured: float | None = None) -> Figure:
    """Return the loss of each round's batch, in nats; `measured` is the loss of the round that is not finished."""
    rounds = np.arange(1, len(losses) + 1)
    chosen = evenly(len(losses))
    colour = PALETTE["train"]
    figure = Figure()
    figure.add_trace(
        "scatter",
        x=rounds[chosen],
        y=np.array(losses)[chosen],
        mode="lines+markers" if len(losses) < 40 else "lines",
        line={"color": colour, "width": 2.5},
        hovertemplate="round %{x}: %{y:.4f}<extra></extra>",
    )
    if measured is not None:
        figure.add_trace(
            "scatter", x=[len(losses) + 1], y=[measured], mode="markers", marker={"color": colour, "size": 11}
        )
    styled(figure, 190, showlegend=False)
    top = max([0.8, *losses] if measured is None else [0.8, measured, *losses])
    figure.lay_out(margin={"l": 44, "r": 8, "t": 6, "b": 36})
    figure.x_axes(title="round", range=[0.5, max(10, len(losses) + 1) + 0.5], fixedrange=True, tickformat="d")
    figure.y_axes(title="loss", range=[0, 1.08 * min(top, 20)], fixedrange=True)
    return figure
