"""Figures of digits, of what a network says about them, and of the weights it reads them with."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from plotly import graph_objects as go

from core.figures.palette import PALETTE
from core.figures.pixels import GAP, ink, png_uri, signed, tiled
from core.figures.style import bare, styled

TILE = 28 + GAP


def weights_figure(weights: NDArray[np.float32], columns: int = 12, rows: int = 2) -> go.Figure:
    """Return the first neurons' weights (fan_out, 784) as images: each pixel the weight that reads that pixel.

    Each neuron is scaled by its own largest weight, so that its shape is seen.
    """
    images = weights[: columns * rows].reshape(-1, 28, 28)
    scaled = images / np.maximum(np.abs(images).max(axis=(1, 2), keepdims=True), 1e-12)
    return _sheet(tiled(signed(scaled, 1.0), columns), 150)


def guesses_figure(
    images: NDArray[np.float32], labels: NDArray[np.int64], probabilities: NDArray[np.float32], columns: int = 12
) -> go.Figure:
    """Return digits (n, 28, 28) with the network's guess for each below it, coloured by right and wrong."""
    caption = 14  # rows of paper below each digit, for the guess
    padded = np.pad(ink(images), ((0, 0), (0, caption), (0, 0), (0, 0)))
    figure = _sheet(tiled(padded, columns), 200)
    row, column = np.divmod(np.arange(len(labels)), columns)
    guesses = probabilities.argmax(1)
    right = guesses == labels
    figure.add_scatter(
        x=column * TILE + 14,
        y=row * (TILE + caption) + 28 + caption / 2,
        mode="text",
        text=[f"<b>{guess}</b>" if good else f"<b>{guess} ✗</b>" for guess, good in zip(guesses, right, strict=True)],
        textfont={"size": 14, "color": [PALETTE["test"] if good else PALETTE["negative"] for good in right]},
        customdata=np.stack([labels, probabilities.max(1)], axis=1),
        hovertemplate="digit %{customdata[0]}, guessed with %{customdata[1]:.1%}<extra></extra>",
    )
    return figure


def image_figure(image: NDArray[np.float32], height: int = 220) -> go.Figure:
    """Return one image (h, w) from 0 to 1, its pixels sharp."""
    return _sheet(ink(image), height)


def probabilities_figure(probabilities: NDArray[np.float32], height: int = 320) -> go.Figure:
    """Return the ten probabilities as bars, the greatest one in colour."""
    best = int(probabilities.argmax())
    colours = [PALETTE["forward"] if digit == best else PALETTE["neutral"] for digit in range(10)]
    figure = go.Figure(
        go.Bar(
            x=probabilities,
            y=[str(digit) for digit in range(10)],
            orientation="h",
            marker_color=colours,
            text=[f"{value:.1%}" for value in probabilities],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.2%}<extra></extra>",
        )
    )
    styled(figure, height, showlegend=False)
    figure.update_layout(margin={"l": 24, "r": 8, "t": 8, "b": 8}, bargap=0.25)
    figure.update_xaxes(range=[0, 1.18], visible=False)
    figure.update_yaxes(type="category", autorange="reversed", tickfont={"size": 16}, ticks="")
    return figure


def _sheet(rgba: NDArray[np.uint8], height: int) -> go.Figure:
    figure = go.Figure(go.Image(source=png_uri(rgba), hoverinfo="skip"))
    return bare(figure, height)


def stage_images(images: Sequence[NDArray[np.floating]]) -> list[NDArray[np.uint8]]:
    """Return images of any sizes (h, w) from 0 to 1 as RGBA for the page."""
    return [ink(image) for image in images]
