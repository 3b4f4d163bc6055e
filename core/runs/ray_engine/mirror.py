"""What a web process knows of a run that lives elsewhere: the last answer, which pages read without waiting."""

from dataclasses import dataclass

from core.runs.engine import Snapshot, Status
from core.runs.live import LiveRun
from core.runs.ray_engine.messages import Question, Standing
from core.runs.store import RunRow, Store

WEIGHTS_SECONDS = 3.0  # somebody who asked for weights so recently still looks at them


@dataclass(eq=False)
class Mirror:
    """A run as it was seen last; guarded by the watcher's lock."""

    run: LiveRun
    position: int | None = None
    wait: float | None = None
    looked: float = -WEIGHTS_SECONDS  # when somebody asked for weights, on the monotonic clock
    asked: float = 0.0  # when its actor was last asked

    @property
    def unsettled(self) -> bool:
        """Whether there may be something new: the run lives, or the store does not have its end."""
        return self.run.status.live or bool(self.run.trouble)

    @property
    def begins(self) -> bool:
        """Whether an actor is about to begin the run."""
        return self.position is None and self.run.status == Status.QUEUED

    def question(self, now: float) -> Question:
        """Return what is not known yet."""
        self.asked = now
        last = self.run.records[-1].step if self.run.records else 0
        shown = self.run.snapshot.step if self.run.snapshot else -1
        return Question(self.run.id, last, shown if now - self.looked < WEIGHTS_SECONDS else None)

    def hear(self, standing: Standing) -> None:
        """Take in what the actor or the dispatcher said; records never go back, even if an actor had to."""
        run = self.run
        run.message, run.trouble = standing.message, standing.trouble
        run.learning_rate = standing.learning_rate
        run.step, run.seconds = max(run.step, standing.step), max(run.seconds, standing.seconds)
        run.status = standing.status
        last = run.records[-1].step if run.records else 0
        run.records += [record for record in standing.records if record.step > last]
        self.position, self.wait = standing.position, standing.wait
        if standing.weights is not None:
            run.snapshot = Snapshot(run.id, standing.weights[0], run.spec.model, standing.weights[1])

    def settle(self, row: RunRow, store: Store) -> None:
        """Take in what the store says of a run that nobody has in hand."""
        records = store.records(row.id)
        self.hear(Standing(row.owner, row.status, row.message, "", row.step, row.seconds, row.learning_rate, records))
        if not row.status.live:
            self.run.step, self.run.seconds, self.run.snapshot = row.step, row.seconds, None
