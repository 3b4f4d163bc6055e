"""The live picture of a training run: loss and accuracy against epochs."""

from collections.abc import Sequence

import numpy as np
from plotly import graph_objects as go
from plotly.subplots import make_subplots

from core.figures.palette import PALETTE
from core.figures.style import MOST_POINTS, evenly, styled
from core.training import StepRecord


def decimate(records: Sequence[StepRecord], most: int = MOST_POINTS) -> list[StepRecord]:
    """Return at most `most` records, evenly chosen, first and last among them."""
    return [records[index] for index in evenly(len(records), most)]


def curves_figure(records: Sequence[StepRecord], epochs: int, run: str) -> go.Figure:
    """Return loss (left) and accuracy (right) for training batches and for the test digits, against epochs."""
    figure = make_subplots(rows=1, cols=2, subplot_titles=("Loss", "Accuracy"), horizontal_spacing=0.09)
    shown = decimate(records)
    tested = [record for record in records if record.test_accuracy is not None]
    at, test_at = [record.epoch for record in shown], [record.epoch for record in tested]
    _pair(figure, 1, at, [record.loss for record in shown], test_at, [record.test_loss for record in tested])
    _pair(figure, 2, at, [record.accuracy for record in shown], test_at, [record.test_accuracy for record in tested])
    styled(figure, 330, run)
    figure.update_layout(legend={"x": 0.5, "xanchor": "center", "y": -0.18, "yanchor": "top"})
    figure.update_xaxes(title="epoch", range=[0, epochs], fixedrange=True)
    top = max([1.0] + [record.loss for record in shown if np.isfinite(record.loss)])
    figure.update_yaxes(range=[0, 1.05 * min(top, 10)], fixedrange=True, col=1)
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%", fixedrange=True, col=2)
    return figure


def _pair(
    figure: go.Figure,
    column: int,
    at: list[float],
    train: list[float],
    test_at: list[float],
    test: list[float | None],
) -> None:
    figure.add_scatter(
        x=at,
        y=train,
        name="training batches",
        mode="lines",
        line={"color": PALETTE["train"], "width": 2},
        showlegend=column == 1,
        row=1,
        col=column,
    )
    figure.add_scatter(
        x=test_at,
        y=test,
        name="test digits",
        mode="lines+markers",
        line={"color": PALETTE["test"], "width": 3, "dash": "dot"},
        marker={"size": 8},
        showlegend=column == 1,
        row=1,
        col=column,
    )
