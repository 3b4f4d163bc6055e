"""Figures of predictions against targets, the loss of each example, and the cost of them all."""

from collections.abc import Sequence

from torch import Tensor

from core.figures.figure import Figure
from core.figures.palette import PALETTE
from core.figures.panels import panels
from core.figures.style import ON_TOP, add_bars, styled
from core.softmax import SoftmaxTerms
from core.words import equals_text, mark_text

FEW = 6  # examples whose bars have room for four digits on a phone


def examples_figure(
    predictions: Tensor, targets: Tensor, losses: Tensor, total: tuple[str, float] | None, cost: float | None
) -> Figure:
    """Return predictions and targets (top), each example's loss as a bar (bottom), and their sum or mean with them."""
    names = [str(index + 1) for index in range(len(losses))]
    mean = "" if cost is None else f"; dashed: their mean, the cost {equals_text(cost)}"
    figure = panels(
        2, 1, shared_xaxes=True, row_heights=(0.42, 0.58), vertical_spacing=0.12,
        subplot_titles=("prediction and target", f"loss of each example{mean}"),
    )  # fmt: skip
    _distances(figure, names, predictions, targets)
    _marks(figure, names, targets, "target", "first", "line-ew-open")
    _marks(figure, names, predictions, "prediction", "forward", "circle")
    _bars(figure, names, losses.tolist())
    if total is not None:
        label, value = total
        _bars(figure, [label], [value])
    if cost is not None:
        line = {"color": PALETTE["neutral"], "width": 3, "dash": "dash"}
        figure.add_hline(cost, line, row=2)
    styled(figure, 470, bargap=0.35)
    figure.lay_out(legend={"x": 1, "xanchor": "right", "y": -0.12, "yanchor": "top"})
    order = [*names, *([total[0]] if total else [])]
    figure.x_axes(type="category", categoryorder="array", categoryarray=order, fixedrange=True)
    figure.x_axes(title="example", row=2)
    figure.y_axes(fixedrange=True)
    return figure


def _distances(figure: Figure, names: list[str], predictions: Tensor, targets: Tensor) -> None:
    line = {"color": PALETTE["neutral"], "width": 3}
    for name, *ends in zip(names, predictions.tolist(), targets.tolist(), strict=True):
        figure.add_trace(
            "scatter", x=[name, name], y=ends, mode="lines", line=line, showlegend=False, hoverinfo="skip", row=1, col=1
        )


def _marks(figure: Figure, names: list[str], values: Tensor, label: str, colour: str, symbol: str) -> None:
    shade = PALETTE[colour]
    figure.add_trace(
        "scatter",
        x=names,
        y=values.numpy(),
        name=label,
        mode="markers",
        marker={"size": 13, "color": shade, "symbol": symbol, "line": {"width": 3, "color": shade}},
        hovertemplate=label + " %{y:.4g}<extra></extra>",
        row=1,
        col=1,
    )


def _bars(figure: Figure, names: list[str], values: Sequence[float]) -> None:
    figure.add_trace(
        "bar",
        x=names,
        y=values,
        marker={"color": [PALETTE["positive" if value >= 0 else "negative"] for value in values]},
        text=[mark_text(value, 4 if len(names) <= FEW else 2) for value in values],
        **ON_TOP,
        showlegend=False,
        hovertemplate="%{x}: %{y:.6g}<extra></extra>",
        row=2,
        col=1,
    )


def pull_figure(terms: SoftmaxTerms, names: Sequence[str]) -> Figure:
    """Return the probabilities p (left), the right answer y (middle) and the gradient p − y (right) as bars."""
    figure = panels(1, 3, subplot_titles=("p", "y", "p − y"), shared_yaxes=True)
    columns = (
        (terms.probabilities, "forward"),
        (terms.one_hot, "first"),
        (terms.probabilities - terms.one_hot, "backward"),
    )
    for column, (values, colour) in enumerate(columns, 1):
        add_bars(figure, column, names, values.tolist(), colour, 3)
    styled(figure, 300, showlegend=False, bargap=0.3)
    figure.y_axes(range=[-1.2, 1.2], fixedrange=True)
    figure.x_axes(fixedrange=True, type="category")
    return figure
