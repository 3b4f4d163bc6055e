"""Pictures of the backpropagation lesson: matrices with their numbers, losses after steps, shares of a gradient."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.figures.figure import Figure
from core.figures.palette import DIVERGING, PALETTE
from core.figures.panels import panels
from core.figures.style import styled
from core.words import fixed_text

Matrix = NDArray[np.float64]
ROW = 34  # pixels


def matrices_figure(titles: Sequence[str], matrices: Sequence[Matrix], ink: str) -> Figure:
    """Show matrices side by side, each (rows, columns), coloured by sign, with their numbers in the colour `ink`."""
    widths = tuple(max(matrix.shape[1], 2) for matrix in matrices)
    figure = panels(1, len(matrices), subplot_titles=tuple(titles), column_widths=widths, horizontal_spacing=0.06)
    for column, matrix in enumerate(matrices, 1):
        size = float(np.abs(matrix).max()) or 1.0
        figure.add_trace(
            "heatmap",
            row=1,
            col=column,
            z=matrix,
            colorscale=DIVERGING,
            zmin=-size,
            zmax=size,
            opacity=0.55,  # so that the page's text colour stands out on every cell
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="row %{y}, column %{x}: %{z:.6g}<extra></extra>",
        )
        rows, columns = np.indices(matrix.shape)
        texts = [fixed_text(number, 2) for number in matrix.ravel()]
        numbers = {"x": columns.ravel(), "y": rows.ravel(), "text": texts, "textfont": {"color": ink}}
        figure.add_trace("scatter", row=1, col=column, mode="text", **numbers, hoverinfo="skip")
    figure.x_axes(visible=False)
    figure.y_axes(visible=False, autorange="reversed")
    styled(figure, 70 + ROW * max(len(matrix) for matrix in matrices), showlegend=False)
    figure.lay_out(margin={"l": 4, "r": 4, "t": 40, "b": 8})
    return figure


def losses_figure(losses: Sequence[float]) -> Figure:
    """Show the loss at the start and after each step taken."""
    figure = Figure()
    figure.add_trace("scatter", y=list(losses), mode="lines+markers", line={"color": PALETTE["train"]}, name="loss")
    styled(figure, 240, showlegend=False)
    figure.x_axes(title="steps taken", rangemode="tozero", dtick=max(1, len(losses) // 8))
    figure.y_axes(title="loss", rangemode="tozero")
    return figure


def shares_figure(names: Sequence[str], shares: Sequence[float], total: str) -> Figure:
    """Show shares of a gradient as a waterfall that ends at their sum."""
    figure = Figure()
    figure.add_trace(
        "waterfall",
        x=[*names, total],
        y=[*shares, 0.0],
        measure=[*("relative" for _ in shares), "total"],
        increasing={"marker": {"color": PALETTE["positive"]}},
        decreasing={"marker": {"color": PALETTE["negative"]}},
        totals={"marker": {"color": PALETTE["backward"]}},
        connector={"line": {"color": PALETTE["neutral"], "width": 1}},
    )
    styled(figure, 300, showlegend=False)
    figure.y_axes(title="gradient", zeroline=True)
    return figure


def sizes_figure(names: Sequence[str], sizes: Sequence[int]) -> Figure:
    """Show how many kilobytes each tensor takes, the first on top."""
    figure = Figure()
    kilobytes = [size / 1000 for size in sizes]
    figure.add_trace("bar", y=list(names), x=kilobytes, orientation="h", marker={"color": PALETTE["forward"]})
    styled(figure, 110 + 30 * len(names), showlegend=False)
    figure.x_axes(title="kept for the way back, in kB")
    figure.y_axes(autorange="reversed", automargin=True)
    return figure
