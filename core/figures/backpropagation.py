"""Pictures of the backpropagation lesson: matrices with their numbers, losses after steps, shares of a gradient."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from plotly import graph_objects as go

from core.figures.layout import lay_out, panels, x_axes, y_axes
from core.figures.palette import DIVERGING, PALETTE
from core.figures.style import styled
from core.words import fixed_text

Matrix = NDArray[np.float64]
ROW = 34  # pixels


def matrices_figure(titles: Sequence[str], matrices: Sequence[Matrix], ink: str) -> go.Figure:
    """Show matrices side by side, each (rows, columns), coloured by sign, with their numbers in the colour `ink`."""
    widths = [max(matrix.shape[1], 2) for matrix in matrices]
    figure = panels(1, len(matrices), subplot_titles=titles, column_widths=widths, horizontal_spacing=0.06)
    for column, matrix in enumerate(matrices, 1):
        size = float(np.abs(matrix).max()) or 1.0
        heat = go.Heatmap(
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
        figure.add_trace(heat, 1, column)
        rows, columns = np.indices(matrix.shape)
        texts = [fixed_text(number, 2) for number in matrix.ravel()]
        place = {"x": columns.ravel(), "y": rows.ravel()}
        numbers = go.Scatter(**place, text=texts, mode="text", textfont={"color": ink}, hoverinfo="skip")
        figure.add_trace(numbers, 1, column)
    x_axes(figure, visible=False)
    y_axes(figure, visible=False, autorange="reversed")
    styled(figure, 70 + ROW * max(len(matrix) for matrix in matrices), showlegend=False)
    lay_out(figure, margin={"l": 4, "r": 4, "t": 40, "b": 8})
    return figure


def losses_figure(losses: Sequence[float]) -> go.Figure:
    """Show the loss at the start and after each step taken."""
    line = go.Scatter(y=list(losses), mode="lines+markers", line={"color": PALETTE["train"]}, name="loss")
    figure = styled(go.Figure(line), 240, showlegend=False)
    x_axes(figure, title="steps taken", rangemode="tozero", dtick=max(1, len(losses) // 8))
    y_axes(figure, title="loss", rangemode="tozero")
    return figure


def shares_figure(names: Sequence[str], shares: Sequence[float], total: str) -> go.Figure:
    """Show shares of a gradient as a waterfall that ends at their sum."""
    bars = go.Waterfall(
        x=[*names, total],
        y=[*shares, 0.0],
        measure=[*("relative" for _ in shares), "total"],
        increasing={"marker": {"color": PALETTE["positive"]}},
        decreasing={"marker": {"color": PALETTE["negative"]}},
        totals={"marker": {"color": PALETTE["backward"]}},
        connector={"line": {"color": PALETTE["neutral"], "width": 1}},
    )
    figure = styled(go.Figure(bars), 300, showlegend=False)
    y_axes(figure, title="gradient", zeroline=True)
    return figure


def sizes_figure(names: Sequence[str], sizes: Sequence[int]) -> go.Figure:
    """Show how many kilobytes each tensor takes, the first on top."""
    bars = go.Bar(y=list(names), x=[size / 1000 for size in sizes], orientation="h", marker_color=PALETTE["forward"])
    figure = styled(go.Figure(bars), 110 + 30 * len(names), showlegend=False)
    x_axes(figure, title="kept for the way back, in kB")
    y_axes(figure, autorange="reversed", automargin=True)
    return figure
