"""Figures of predictions against targets, the loss of each example, and the cost of them all."""

from collections.abc import Sequence

from plotly import graph_objects as go
from torch import Tensor

from core.figures.layout import lay_out, panels, x_axes, y_axes
from core.figures.palette import PALETTE
from core.figures.style import add_bars, styled
from core.softmax import SoftmaxTerms
from core.words import number_text


def examples_figure(
    predictions: Tensor, targets: Tensor, losses: Tensor, total: tuple[str, float] | None, cost: float | None
) -> go.Figure:
    """Return predictions and targets (top), each example's loss as a bar (bottom), and their sum or mean with them."""
    names = [str(index + 1) for index in range(len(losses))]
    figure = panels(
        2, 1, shared_xaxes=True, row_heights=[0.42, 0.58], vertical_spacing=0.12,
        subplot_titles=("prediction and target", "loss of each example"),
    )  # fmt: skip
    _distances(figure, names, predictions, targets)
    _bars(figure, names, losses.tolist())
    if total is not None:
        label, value = total
        _bars(figure, [label], [value])
    if cost is not None:
        label = f"cost, the mean: {number_text(cost)}"
        line = {"color": PALETTE["neutral"], "width": 3, "dash": "dash"}
        figure.add_hline(y=cost, line=line, row=2, col=1, annotation_text=label, annotation_position="top right")
    styled(figure, 470, bargap=0.35)
    lay_out(figure, legend={"x": 1, "xanchor": "right", "y": -0.12, "yanchor": "top"})
    order = [*names, *([total[0]] if total else [])]
    x_axes(figure, type="category", categoryorder="array", categoryarray=order, fixedrange=True)
    x_axes(figure, title="example", row=2)
    y_axes(figure, fixedrange=True)
    return figure


def _distances(figure: go.Figure, names: list[str], predictions: Tensor, targets: Tensor) -> None:
    for name, p, y in zip(names, predictions.tolist(), targets.tolist(), strict=True):
        line = {"color": PALETTE["neutral"], "width": 3}
        figure.add_scatter(
            x=[name, name], y=[p, y], mode="lines", line=line, showlegend=False, hoverinfo="skip", row=1, col=1
        )
    for label, values, colour, symbol in (
        ("target", targets, "first", "line-ew-open"),
        ("prediction", predictions, "forward", "circle"),
    ):
        figure.add_scatter(
            x=names,
            y=values.numpy(),
            name=label,
            mode="markers",
            marker={
                "size": 13,
                "color": PALETTE[colour],
                "symbol": symbol,
                "line": {"width": 3, "color": PALETTE[colour]},
            },
            hovertemplate=label + " %{y:.4g}<extra></extra>",
            row=1,
            col=1,
        )


def _bars(figure: go.Figure, names: list[str], values: Sequence[float]) -> None:
    figure.add_bar(
        x=names,
        y=values,
        marker_color=[PALETTE["positive" if value >= 0 else "negative"] for value in values],
        text=[number_text(value) for value in values],
        textposition="outside",
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{x}: %{y:.6g}<extra></extra>",
        row=2,
        col=1,
    )


def pull_figure(terms: SoftmaxTerms, names: Sequence[str]) -> go.Figure:
    """Return the probabilities p (left), the right answer y (middle) and the gradient p − y (right) as bars."""
    figure = panels(1, 3, subplot_titles=("p", "y", "p − y"), shared_yaxes=True)
    columns = (
        (terms.probabilities, "forward"),
        (terms.one_hot, "first"),
        (terms.probabilities - terms.one_hot, "backward"),
    )
    for column, (values, colour) in enumerate(columns, 1):
        add_bars(figure, column, names, values.tolist(), colour)
    styled(figure, 300, showlegend=False, bargap=0.3)
    y_axes(figure, range=[-1.2, 1.2], fixedrange=True)
    x_axes(figure, fixedrange=True, type="category")
    return figure
