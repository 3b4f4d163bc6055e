"""What every engine of runs offers: submit a run, control it, ask how it goes, look at its weights."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from safetensors.torch import load

from core.model import MLP, ModelConfig
from core.runs.spec import RunSpec
from core.training.config import MAX_LEARNING_RATE
from core.training.loop import StepRecord
from core.validation import require_integer, require_number

MAX_STEPS_AT_ONCE = 10_000


class UnknownRun(LookupError):
    """There is no such run, or it belongs to someone else: nobody can tell which."""


class QueueFull(RuntimeError):
    """The run cannot be taken now; the message says why and what to do."""


class EngineAway(QueueFull):
    """The servers that train do not answer just now; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "The servers that train do not answer just now. What was trained is kept; please try again soon."
        )


class Status(StrEnum):
    """Where a run is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"  # by its owner or by a limit
    DIVERGED = "diverged"  # the loss is no longer a finite number
    INTERRUPTED = "interrupted"  # the server ended; `resume` goes on
    FAILED = "failed"

    @property
    def live(self) -> bool:
        """Whether the run can still change by itself or by a command: keep polling."""
        return self in (Status.QUEUED, Status.RUNNING, Status.PAUSED)


@dataclass(frozen=True)
class Pause:
    """Stop after the step under way and wait."""


@dataclass(frozen=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True)
class StepN:
    """Take `n` steps, then pause."""

    n: int = 1

    def __post_init__(self) -> None:
        require_integer("steps", self.n, 1, MAX_STEPS_AT_ONCE)


def require_steps(steps: object) -> None:
    """Raise `ValueError` unless a run may begin with so many steps; none and 0, which begins paused, are fine."""
    if steps is not None:
        require_integer("steps", steps, 0, MAX_STEPS_AT_ONCE)


@dataclass(frozen=True)
class SetLearningRate:
    """Train on with another peak learning rate; the schedule's shape stays."""

    rate: float

    def __post_init__(self) -> None:
        require_number("learning rate", self.rate, 0, MAX_LEARNING_RATE)


@dataclass(frozen=True)
class Stop:
    """End the run; its weights so far are kept."""


Command = Pause | Resume | StepN | SetLearningRate | Stop


@dataclass(frozen=True)
class Progress:
    """How a run stands, live or long over.

    A record is the mean over about 0.1 s of steps and carries the last one's number; in single steps, one step.
    """

    run_id: str
    spec: RunSpec
    status: Status
    message: str  # a sentence for people, or ""
    records: tuple[StepRecord, ...]  # those after the index asked for
    next: int  # pass as `after` to get what comes later
    step: int  # the last one taken
    total_steps: int
    learning_rate: float  # the peak now, after `SetLearningRate`
    position: int | None = None  # in the queue, 1 is next; None when not queued
    wait_seconds: float | None = None  # expected until the run starts; None when not queued or not known
    seconds_left: float | None = None  # of training; None before it is known and when nothing is left
    examples_per_second: float | None = None
    resumable: bool = False  # `resume` can take the run up again


@dataclass(frozen=True)
class Snapshot:
    """The weights of a run after a step, as a safetensors file."""

    run_id: str
    step: int
    config: ModelConfig
    weights: bytes

    def model(self) -> MLP:
        """Return a network with these weights, ready to predict."""
        model = MLP(self.config)
        model.load_state_dict(load(self.weights))
        return model.eval()


@dataclass(frozen=True)
class RunSummary:
    """One line of an owner's list of runs."""

    run_id: str
    spec: RunSpec
    status: Status
    created: float  # seconds since 1970
    step: int
    test_accuracy: float | None  # the last one measured


@dataclass(frozen=True)
class EngineStats:
    """How busy an engine is, for the operator: runs by where they stand, and the worker processes that live."""

    queued: int
    running: int  # a worker trains them
    paused: int
    workers: int
    ready: bool  # it takes runs and hands them out


class Engine(Protocol):
    """A place where runs are trained; every method answers at once and may be called from any thread."""

    def submit(self, spec: RunSpec, owner: str, steps: int | None = None) -> str:
        """Queue a run and return its unguessable id; with `steps` it pauses after so many.

        Raises `QueueFull`, and `ValueError` for a number of steps that cannot be taken.
        """

    def control(self, run_id: str, owner: str, command: Command) -> None:
        """Pass a command on; one that comes too late does nothing.

        Raises `UnknownRun`, `EngineAway`, and `QueueFull` when a paused run that goes on finds no room in the queue.
        """

    def poll(self, run_id: str, owner: str, after: int = 0) -> Progress:
        """Return how the run stands, with the records from index `after`; raises `UnknownRun`."""

    def snapshot(self, run_id: str, owner: str) -> Snapshot | None:
        """Return the newest weights, or None before there are any; raises `UnknownRun`."""

    def resume(self, run_id: str, owner: str) -> None:
        """Take an ended run up again at its checkpoint; raises `UnknownRun`, `QueueFull`, `ValueError` if it cannot."""

    def latest(self, owner: str) -> str | None:
        """Return the id of the owner's newest run, so that a reloaded page finds it."""

    def runs(self, owner: str, limit: int = 20) -> list[RunSummary]:
        """Return the owner's runs, newest first."""

    def stats(self) -> EngineStats:
        """Return how busy the engine is; raises nothing, for it is asked when something is wrong too."""

    def close(self) -> None:
        """End every worker; runs under way become interrupted and can be resumed."""
