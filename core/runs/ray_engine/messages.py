"""What web processes, the dispatcher and the run actors tell each other; plain data, which Ray carries by pickle."""

from dataclasses import dataclass
from pathlib import Path

from core.runs.engine import Status
from core.runs.live import LiveRun
from core.runs.store import Store
from core.training.loop import StepRecord


@dataclass(frozen=True)
class Home:
    """Where the actors of one class live and what they keep; `None` leaves it to each node's own settings."""

    namespace: str = "seven-steps"
    url: str | None = None  # of the database
    checkpoints: Path | None = None
    workers: int | None = None  # at most so many runs at once; None: the processors of the cluster

    def store(self, server: str) -> Store:
        """Return the store, written to by `server`."""
        return Store(self.url, self.checkpoints, server)


@dataclass(frozen=True)
class Order:
    """A run for an actor of its own."""

    run_id: str
    owner: str
    spec: str  # JSON
    created: float  # seconds since 1970
    learning_rate: float
    budget: int | None  # steps to take before pausing; None: no pause
    on_start: str  # the message once it trains; {step} is where it begins
    deaths: int = 0  # of the processes that have had it
    pause_at: int | None = None  # the step to pause after, as last commanded; None: no pause


@dataclass(frozen=True)
class Standing:
    """How a run stands, as its actor or the dispatcher knows it."""

    owner: str
    status: Status
    message: str
    trouble: str
    step: int
    seconds: float
    learning_rate: float
    records: tuple[StepRecord, ...] = ()  # those after the step asked for
    weights: tuple[int, bytes] | None = None  # with their step, when asked for and new
    position: int | None = None  # in the queue
    wait: float | None = None  # seconds
    deaths: int = 0  # of the processes that have had it


@dataclass(frozen=True)
class Question:
    """What a web process wants to know of a run."""

    run_id: str
    after_step: int  # records up to this step are known already
    weights_after: int | None  # weights of this step are known already; None: no weights
    watched: bool = True  # whether somebody looks at it; else it is only asked for its end


@dataclass(frozen=True)
class Answers:
    """What the dispatcher and the actors know; a run that is in neither was slow, and can be asked for again."""

    known: dict[str, Standing | None]  # None: nobody has the run in hand
    lost: frozenset[str]  # their actors are being started again


@dataclass(frozen=True)
class Brief:
    """What the dispatcher must know of a run under way."""

    status: Status
    seconds_left: float
    paused: float  # seconds since it was paused
    unwatched: float  # seconds since somebody looked at it
    silent: float  # seconds since the training should have said something


@dataclass(frozen=True)
class Outcome:
    """How a run left its actor: over, or parked while it is paused."""

    parked: bool
    flops: float | None  # a second, when it ran long enough to tell


@dataclass(frozen=True)
class Taken:
    """A run stands in the queue."""

    run: LiveRun
    position: int | None
    wait: float | None  # seconds


@dataclass(frozen=True)
class Refused:
    """The dispatcher does not take a run; a sentence says why."""

    sentence: str
