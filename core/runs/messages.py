"""What an engine and its worker tell each other: jobs and wishes one way, records, weights and ends the other."""

from dataclasses import dataclass
from pathlib import Path

from core.runs.engine import Status
from core.training.loop import StepRecord


@dataclass(frozen=True)
class Job:
    """A run for a worker, from its start or from its newest checkpoint."""

    run_id: str
    spec: str  # JSON, which the worker checks again
    checkpoints: Path
    learning_rate: float  # the peak now
    budget: int | None = None  # steps to take before pausing; None: no pause
    reported: int = 0  # records up to this step are known already


@dataclass(frozen=True)
class Look:
    """Send the weights after the step under way."""


@dataclass(frozen=True)
class Park:
    """Save a paused run and let go of it: someone else waits for this worker."""


@dataclass(frozen=True)
class Started:
    """The worker has the run and stands after `step`."""

    step: int
    note: str  # a sentence when a checkpoint was damaged, or ""


@dataclass(frozen=True)
class Report:
    """New records, at most about ten a second."""

    records: tuple[StepRecord, ...]


@dataclass(frozen=True)
class Changed:
    """The answer to a command: the run is now running or paused, at this peak learning rate."""

    status: Status
    learning_rate: float


@dataclass(frozen=True)
class Weights:
    """The weights after `step`, as a safetensors file."""

    step: int
    weights: bytes


@dataclass(frozen=True)
class Saved:
    """A checkpoint was written, or `trouble` says why not."""

    trouble: str


@dataclass(frozen=True)
class Ended:
    """The worker is free again; `status` is PAUSED when the run was parked."""

    status: Status
    message: str  # a sentence, or ""
    step: int
    seconds: float
    weights: bytes | None  # None when they are not finite numbers


Answer = Started | Report | Changed | Weights | Saved | Ended
OF_ITSELF = Weights | Saved  # may have been on its way when a command was sent, so it is no sign that this was heard
