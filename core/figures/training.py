"""The live charts of a training run: loss and accuracy against epochs, as numbers that the browser draws."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.figures.style import MOST_POINTS
from core.training import StepRecord

HIGH_LOSS = 10.0  # nats; a loss beyond is drawn on a logarithmic axis, so that it is seen
ROOM = 1.03  # an axis goes on a little after the last value, so that its marker is whole
Points = tuple[list[float], list[float]]  # epochs, values


@dataclass(frozen=True)
class Chart:
    """Two lines against epochs, on training batches and on test digits; `low` and `high` are powers of ten if `log`."""

    title: str
    train: Points
    test: Points
    low: float
    high: float
    log: bool = False
    percent: bool = False


def decimate(records: Sequence[StepRecord], most: int = MOST_POINTS) -> list[StepRecord]:
    """Return at most `most` records, evenly chosen, first and last among them."""
    last = len(records) - 1
    return list(records) if last < most else [records[place * last // (most - 1)] for place in range(most)]


def training_charts(records: Sequence[StepRecord]) -> tuple[Chart, Chart]:
    """Return the charts of loss, in nats and logarithmic once it is high, and of accuracy, 0 to 1."""
    shown, tested = decimate(records), [record for record in records if record.test_loss is not None]
    loss = _points((record.epoch, record.loss) for record in shown)
    test_loss = _points((record.epoch, record.test_loss) for record in tested)
    accuracy = _points((record.epoch, record.accuracy) for record in shown)
    test_accuracy = _points((record.epoch, record.test_accuracy) for record in tested)
    top = max([1.0, *loss[1]])
    log = top > HIGH_LOSS
    low, high = (-2.0, math.log10(top) + 0.1) if log else (0.0, 1.05 * top)
    return (
        Chart("Loss", loss, test_loss, low, high, log=log),
        Chart("Accuracy", accuracy, test_accuracy, 0.0, ROOM, percent=True),
    )


def _points(pairs: Iterable[tuple[float, float | None]]) -> Points:
    """Return pairs as two lists, without those whose value is not finite."""
    kept = [(x, y) for x, y in pairs if y is not None and math.isfinite(y)]
    return [x for x, _ in kept], [y for _, y in kept]
