"""A run in memory while it lives: what its worker said last, and what its owner wishes."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.runs.dispatch import FIRST_SPEED, FairQueue, work
from core.runs.engine import Command, Pause, Resume, SetLearningRate, Snapshot, Status, StepN, Stop
from core.runs.messages import Answer, Changed, Ended, Job, Report, Saved, Started, Weights
from core.runs.patience import ABANDONED, ABANDONED_SECONDS
from core.runs.rows import RunRow
from core.runs.spec import MAX_SECONDS, TRAIN_DIGITS, RunSpec
from core.runs.store import Store
from core.telemetry.runs import run_ended, run_started
from core.training.loop import StepRecord

SPEED_SECONDS = 2.0  # of training, over which speed is measured
RESUMABLE = (Status.INTERRUPTED, Status.STOPPED, Status.FAILED)


class RunsInHand(Protocol):
    """Whoever has runs in memory: an embedded engine's supervisor, or an actor of a cluster."""

    lock: threading.RLock  # guards `runs` and each of them
    runs: dict[str, "LiveRun"]

    def give_away(self, run: "LiveRun") -> None:
        """Let go of a run that another server has taken up, and end the worker that trains it."""


@dataclass(eq=False)
class LiveRun:
    """One run under way; changed only under the engine's lock."""

    id: str
    owner: str
    spec: RunSpec
    created: float
    learning_rate: float  # the peak that training uses
    wished_rate: float  # the peak last asked for; a worker takes it up within a step
    status: Status = Status.QUEUED
    message: str = ""
    trouble: str = ""  # why its last checkpoint could not be written, or ""
    unsaved: str = ""  # why the store did not take its last state, or ""
    records: list[StepRecord] = field(default_factory=list)
    step: int = 0
    seconds: float = 0.0
    on_start: str = ""  # the message once a worker has the run; {step} is where it begins
    budget: int | None = None  # steps that a worker may take before it pauses
    deaths: int = 0  # of its workers
    snapshot: Snapshot | None = None
    watched: float = 0.0  # when somebody last asked, on the monotonic clock
    asked: float = 0.0  # when the worker was last asked for weights
    paused: float = 0.0  # since when, on the monotonic clock
    parking: float = 0.0  # when the worker was last asked to let go of it
    worked: float = 0.0  # seconds that a worker has had it, pauses left out
    stopping: bool = False  # its owner has pressed Stop
    saved: int = 0  # records in the store
    dirty: bool = True  # the store does not know the newest state
    counted: bool = True  # here; false for a run that another web process was given, which tells the operator
    queued: float = field(default=0.0, init=False)  # since when, on the monotonic clock

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; whatever changes the status, the operator is told."""
        before = self.__dict__.get("status") if name == "status" else None
        super().__setattr__(name, value)
        if name == "status" and value == Status.QUEUED:
            self.queued = time.monotonic()
        if before is not None and before != value and self.counted:
            self._tell(before)

    @classmethod
    def read(cls, row: RunRow, store: Store) -> "LiveRun":
        """Return a run as it stands in the store, records included."""
        records = list(store.records(row.id))
        return cls(
            row.id, row.owner, row.read_spec(), row.created, row.learning_rate, row.learning_rate, row.status,
            row.message, records=records, step=row.step, seconds=row.seconds, saved=len(records),
        )  # fmt: skip

    @classmethod
    def of_row(cls, row: RunRow, store: Store) -> "LiveRun":
        """Return a run of the store, queued to be taken up again; raises `ValueError` for one that cannot be."""
        if row.status not in RESUMABLE or row.seconds > MAX_SECONDS:
            row.read_spec()
            raise ValueError(f"A run that is {row.status} cannot be taken up again. Start a new one.")
        run = cls.read(row, store)
        run.status, run.message = Status.QUEUED, "Waiting to be taken up again."
        run.on_start = "Taken up again after step {step}."
        return run

    def job(self, store: Store) -> Job:
        """Return what a worker needs to begin or go on."""
        reported = self.records[-1].step if self.records else 0
        return Job(self.id, self.spec.to_json(), store.checkpoints, self.wished_rate, self.budget, reported)

    def row(self) -> RunRow:
        """Return what the store keeps."""
        measured = [r.test_accuracy for r in self.records if r.test_accuracy is not None]
        return RunRow(
            self.id, self.owner, self.spec.to_json(), self.status, self.message, self.created, self.step,
            self.seconds, self.learning_rate, measured[-1] if measured else None, len(self.records),
        )  # fmt: skip

    def wish(self, command: Command) -> None:
        """Remember what a worker that takes the run up later must know."""
        match command:
            case Pause():
                self.budget = 0
            case Resume():
                self.budget = None
            case StepN(n):
                self.budget = (self.budget or 0) + n
            case SetLearningRate(rate):
                self.wished_rate = rate
            case Stop():
                self.stopping = True
        self.dirty = True

    def obey_alone(self, command: Command, queue: FairQueue) -> None:
        """Follow a command while no worker has the run: wait in the queue again, or not any longer.

        Raises `QueueFull`, the run unchanged, when there is no room for a paused one.
        """
        if isinstance(command, SetLearningRate):
            self.learning_rate = command.rate
        elif self.status.live and isinstance(command, Stop):
            queue.remove(self.id)
            self.status = Status.STOPPED
        elif self.status == Status.PAUSED and isinstance(command, Resume | StepN):
            queue.add(self.owner, self.id)
            self.status = Status.QUEUED

    def abandoned(self, now: float) -> bool:
        """Whether the run has been paused for long and nobody has watched it."""
        return self.status == Status.PAUSED and now - max(self.paused, self.watched) >= ABANDONED_SECONDS

    def put_away(self) -> None:
        """End a paused run so that it can be taken up again."""
        self.status, self.message, self.dirty = Status.INTERRUPTED, ABANDONED, True

    def hear(self, answer: Answer) -> None:
        """Take in what the worker said."""
        match answer:
            case Started(step, note):
                self.status, self.learning_rate = Status.RUNNING, self.wished_rate
                self.message = " ".join(filter(None, (self.on_start.format(step=step), note)))
            case Report(records):
                self.records += records
                self.step, self.seconds = records[-1].step, records[-1].seconds
            case Changed(status, rate):
                self.status, self.learning_rate = status, rate
                if status == Status.PAUSED:
                    self.budget, self.paused = 0, time.monotonic()
            case Weights(step, weights):
                self.snapshot = Snapshot(self.id, step, self.spec.model, weights)
            case Saved(trouble):
                self.trouble = trouble
            case Ended():
                self._end(answer)
        self.dirty = self.dirty or not isinstance(answer, Weights)

    def _end(self, ended: Ended) -> None:
        self.step, self.seconds = max(self.step, ended.step), max(self.seconds, ended.seconds)
        if ended.weights is not None:
            self.snapshot = Snapshot(self.id, ended.step, self.spec.model, ended.weights)
        self.message = ended.message or self.message
        self.status = ended.status

    def _tell(self, before: Status) -> None:
        """Tell the operator that the status was `before` and is another one now."""
        if before == Status.QUEUED and self.status == Status.RUNNING:
            run_started(self.id, self.owner, time.monotonic() - self.queued, self.step)
        elif before.live and not self.status.live:
            run_ended(self.id, self.owner, self.status.value, self.step, self.seconds, self.message)

    def speed(self) -> float | None:
        """Return the examples per second of the last `SPEED_SECONDS` of training; None before there are two records."""
        last = self.records[-1] if self.records else None
        for record in reversed(self.records):
            if last is not None and (last.seconds - record.seconds > SPEED_SECONDS or record is self.records[0]):
                passed = last.seconds - record.seconds
                return (last.epoch - record.epoch) * TRAIN_DIGITS / passed if passed > 0 else None
        return None

    def seconds_left(self, flops: float = FIRST_SPEED) -> float:
        """Return the training seconds to come: by the run's own speed, else by `flops` a second."""
        share = 1 - self.step / self.spec.total_steps
        speed = self.speed()
        if speed is None:
            return work(self.spec, share) / flops
        return share * self.spec.training.epochs * TRAIN_DIGITS / speed
