"""What a web process knows of a run that lives elsewhere: the last answer, which pages read without waiting."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from core.runs.engine import Snapshot, Status
from core.runs.live import LiveRun
from core.runs.patience import WATCHED_SECONDS
from core.runs.ray_engine.messages import Question, Standing
from core.runs.rows import RunRow
from core.telemetry.runs import worker_lost
from core.training.loop import StepRecord

WEIGHTS_SECONDS = 3.0  # somebody who asked for weights so recently still looks at them
SETTLED_SECONDS = 5.0  # after an end, before the store, which may be late, is asked whether it was taken up again


@dataclass(eq=False)
class Mirror:
    """A run as it was seen last; guarded by the watcher's lock."""

    run: LiveRun
    position: int | None = None
    wait: float | None = None
    looked: float = -WEIGHTS_SECONDS  # when somebody asked for weights, on the monotonic clock
    asked: float = 0.0  # when its actor was last asked
    ended: float | None = None  # when its end was heard of

    @property
    def unsettled(self) -> bool:
        """Whether there may be something new: the run lives, or the store does not have its end."""
        return self.run.status.live or bool(self.run.trouble)

    @property
    def begins(self) -> bool:
        """Whether an actor is about to begin the run."""
        return self.position is None and self.run.status == Status.QUEUED

    @property
    def settled(self) -> bool:
        """Whether the run ended so long ago that the store knows better by now what has become of it."""
        return not self.unsettled and self.ended is not None and time.monotonic() - self.ended > SETTLED_SECONDS

    def question(self, now: float) -> Question:
        """Return what is not known yet."""
        self.asked = now
        last = self.run.records[-1].step if self.run.records else 0
        shown = self.run.snapshot.step if self.run.snapshot else -1
        weights_after = shown if now - self.looked < WEIGHTS_SECONDS else None
        return Question(self.run.id, last, weights_after, now - self.run.watched < WATCHED_SECONDS)

    def hear(self, standing: Standing) -> None:
        """Take in what the actor or the dispatcher said; records never go back, even if an actor had to."""
        run = self.run
        run.message, run.trouble = standing.message, standing.trouble
        run.learning_rate = standing.learning_rate
        run.step, run.seconds = max(run.step, standing.step), max(run.seconds, standing.seconds)
        run.status = standing.status
        self.ended = None if run.status.live else self.ended or time.monotonic()
        self._count_deaths(standing)
        last = run.records[-1].step if run.records else 0
        run.records += [record for record in standing.records if record.step > last]
        self.position, self.wait = standing.position, standing.wait
        if standing.weights is not None:
            run.snapshot = Snapshot(run.id, standing.weights[0], run.spec.model, standing.weights[1])

    def settle(self, row: RunRow, records: Sequence[StepRecord]) -> None:
        """Take in what the store says of a run that nobody has in hand."""
        self.hear(
            Standing(row.owner, row.status, row.message, "", row.step, row.seconds, row.learning_rate, tuple(records))
        )
        if not row.status.live:
            self.run.step, self.run.seconds, self.run.snapshot = row.step, row.seconds, None

    def _count_deaths(self, standing: Standing) -> None:
        """Tell the operator here of processes that died elsewhere."""
        for deaths in range(self.run.deaths + 1, standing.deaths + 1):
            self.run.deaths = deaths
            if self.run.counted:
                worker_lost(self.run.id, self.run.owner, deaths)
