"""Few records out of many steps: what a screen shows of 0.1 s of training is their mean."""

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import fmean

from core.training.loop import StepRecord

INTERVAL = 0.1  # seconds


class Window:
    """Gathers the records of `INTERVAL` seconds into one: mean loss and accuracy, everything else from the last.

    The first record, the end of an epoch and a diverged step close the window at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._closes = clock()
        self._records: list[StepRecord] = []

    def add(self, record: StepRecord, single: bool = False) -> tuple[StepRecord, ...]:
        """Take a record and return those that are due; `single` makes every record due."""
        before = self.flush() if record.diverged else ()
        self._records.append(record)
        due = single or record.diverged or record.test_loss is not None or self._clock() >= self._closes
        return before + self.flush() if due else before

    def flush(self) -> tuple[StepRecord, ...]:
        """Return the gathered records as one, or nothing when there are none."""
        if not self._records:
            return ()
        records, self._records = self._records, []
        self._closes = self._clock() + INTERVAL
        loss, accuracy = fmean(r.loss for r in records), fmean(r.accuracy for r in records)
        return (replace(records[-1], loss=loss, accuracy=accuracy),)
