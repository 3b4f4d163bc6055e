"""The live pictures of a training run: loss and accuracy against epochs."""

from collections.abc import Sequence

import numpy as np
from plotly import graph_objects as go

from core.figures.layout import lay_out, x_axes, y_axes
from core.figures.palette import PALETTE
from core.figures.style import MOST_POINTS, evenly, styled
from core.training import StepRecord

HIGH_LOSS = 10.0  # nats; a loss beyond is drawn on a logarithmic axis, so that it is seen
ROOM = 1.03  # the axis goes on a little after the last epoch, so that its marker is whole
Points = tuple[list[float], list[float]]  # epochs, values


def decimate(records: Sequence[StepRecord], most: int = MOST_POINTS) -> list[StepRecord]:
    """Return at most `most` records, evenly chosen, first and last among them."""
    return [records[index] for index in evenly(len(records), most)]


def loss_figure(records: Sequence[StepRecord], epochs: int, run: str) -> go.Figure:
    """Return the loss of training batches and test digits, in nats, against epochs; logarithmic once it is high."""
    shown = [record for record in decimate(records) if np.isfinite(record.loss)]
    tested = [(record.epoch, record.test_loss) for record in records if record.test_loss is not None]
    train = ([record.epoch for record in shown], [record.loss for record in shown])
    figure = _curves("Loss", train, _points(tested), epochs, run)
    top = max([1.0, *train[1]])
    if top > HIGH_LOSS:
        y_axes(figure, type="log", dtick=1, range=[-2, np.log10(top) + 0.1])
    else:
        y_axes(figure, range=[0, 1.05 * top])
    return figure


def accuracy_figure(records: Sequence[StepRecord], epochs: int, run: str) -> go.Figure:
    """Return the accuracy on training batches and test digits, 0 to 1, against epochs."""
    shown = decimate(records)
    tested = [(record.epoch, record.test_accuracy) for record in records if record.test_accuracy is not None]
    train = ([record.epoch for record in shown], [record.accuracy for record in shown])
    figure = _curves("Accuracy", train, _points(tested), epochs, run)
    y_axes(figure, range=[0, 1.03], tickformat=".0%")
    return figure


def _points(pairs: Sequence[tuple[float, float]]) -> Points:
    return [x for x, _ in pairs], [y for _, y in pairs]


def _curves(title: str, train: Points, test: Points, epochs: int, run: str) -> go.Figure:
    figure = go.Figure()
    figure.add_scatter(
        x=train[0], y=train[1], name="training", mode="lines", line={"color": PALETTE["train"], "width": 2}
    )
    figure.add_scatter(
        x=test[0],
        y=test[1],
        name="test",
        mode="lines+markers",
        line={"color": PALETTE["test"], "width": 3, "dash": "dot"},
        marker={"size": 8},
    )
    styled(figure, 290, run, title={"text": title, "x": 0.02, "y": 0.97}, showlegend=True)
    lay_out(figure, legend={"x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"})
    x_axes(figure, title="epoch", range=[0, ROOM * epochs], fixedrange=True)
    y_axes(figure, fixedrange=True)
    return figure
