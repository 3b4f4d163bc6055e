"""The worker: one process, one thread, one run at a time; every engine runs this function."""

import contextlib
import logging
import signal
import time
from multiprocessing.connection import Connection

import torch

from core.data import DataError, load_mnist
from core.model import build_model, model_bytes
from core.processes import give_way
from core.runs.checkpoint import CheckpointError, CheckpointFiles, CheckpointWriter, restore
from core.runs.engine import Pause, Resume, SetLearningRate, Status, StepN, Stop
from core.runs.messages import Changed, Ended, Job, Look, Park, Report, Saved, Started, Weights
from core.runs.spec import MAX_MEMORY, MAX_SECONDS, RunSpec
from core.runs.window import Window
from core.runs.wire import Message, hear, tell
from core.telemetry.logs import configure_logs, log
from core.training.loop import StepRecord, TrainingState, train

CHECKPOINT_EVERY = 1.0  # seconds
SAVING_LOOK = 0.05  # seconds between looks at a checkpoint under way while paused
SINGLE_STEPS = 50  # up to so many steps at a time are reported one by one
NICENESS = 10  # of 19: readers wait for the web process's answers, not for one step of a run
TOO_LONG = f"Stopped after {MAX_SECONDS / 60:.0f} minutes of training, the most a run may take."


def main(pipe: Connection) -> None:
    """Do the jobs that come through `pipe` until its other end closes, as it does when the server dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends its workers
    torch.set_num_threads(1)
    configure_logs()
    give_way(NICENESS)
    limit_memory(MAX_MEMORY)
    with contextlib.suppress(EOFError, OSError):
        while True:
            message = hear(pipe)
            if isinstance(message, Job):  # anything else was meant for a run that has just ended
                tell(pipe, perform(message, pipe))


def limit_memory(size: int) -> None:
    """Let this process hold at most `size` bytes, where the system can enforce it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def perform(job: Job, pipe: Connection) -> Ended:
    """Train a run, obeying what comes through `pipe`, and return how it ended; raises `EOFError` without a server."""
    try:
        return Session(job, pipe).run()
    except (EOFError, OSError):
        raise
    except (DataError, ValueError) as error:
        message = str(error)
    except Exception as error:
        log(logging.ERROR, "run failed", error, run=job.run_id)
        message = "This run failed through a fault in the program, which its log describes."
        if isinstance(error, MemoryError) or "memory" in str(error):
            message = "This run needs more memory than a run may have. Choose fewer neurons or a smaller batch."
    return Ended(Status.FAILED, message, 0, 0.0, None)


class Session:
    """One job: the training, its commands, its records and its checkpoints."""

    def __init__(self, job: Job, pipe: Connection) -> None:
        self.job, self.pipe = job, pipe
        self.spec = RunSpec.from_json(job.spec)  # checks every limit again
        self.model = build_model(self.spec.model, torch.Generator().manual_seed(self.spec.training.seed))
        self.state = TrainingState(self.model, self.spec.training)
        self.budget = job.budget  # steps to take before pausing; None: no pause
        self.single = job.budget is not None and job.budget <= SINGLE_STEPS
        self.settled = False  # paused, and said so
        self.ending: Status | None = None
        self.window = Window()
        files = CheckpointFiles(job.checkpoints, job.run_id)
        note = self._restore(files)
        self.state.learning_rate = job.learning_rate
        self.writer = CheckpointWriter(files)
        self.saved_at, self.saved_step = -CHECKPOINT_EVERY, self.state.step  # the first step is saved at once
        self.urgent = False  # save as soon as the disk has written what it is writing
        tell(self.pipe, Started(self.state.step, note))

    def run(self) -> Ended:
        """Train to the end, a limit, a divergence or a command that ends the run."""
        total = self.spec.total_steps
        self._obey()
        steps = train(self.model, load_mnist(), self.spec.training, self.state)
        while self.ending is None and (record := next(steps, None)) is not None:
            self._report(record)
            if record.diverged:
                return self._end(Status.DIVERGED, divergence(record.step, total, self.state.learning_rate))
            if record.step == total:
                break
            if record.seconds > MAX_SECONDS:
                return self._end(Status.STOPPED, TOO_LONG)
            self._obey()
        return self._end(self.ending or Status.FINISHED, "")

    def _restore(self, files: CheckpointFiles) -> str:
        """Go back to the newest checkpoint that can be used; return a sentence when one could not."""
        checkpoint, damaged = files.newest()
        if checkpoint is not None:
            try:
                restore(self.state, checkpoint)
            except CheckpointError:
                damaged += 1
        if not damaged:
            return ""
        return f"A damaged checkpoint was skipped; the run goes on from step {self.state.step}."

    def _report(self, record: StepRecord) -> None:
        if self.budget is not None:
            self.budget -= 1
        if record.step > self.job.reported:
            self._send(self.window.add(record, self.single and self.budget is not None))

    def _send(self, records: tuple[StepRecord, ...]) -> None:
        if records:
            tell(self.pipe, Report(records))

    def _obey(self) -> None:
        """Follow the commands that have come; while paused, wait for more."""
        while self.ending is None:
            paused = self.budget == 0
            if paused and not self.settled:
                self._settle()
            unsaved = self._save_if_due()
            patience = None if not unsaved else SAVING_LOOK  # seconds; None: until a command comes
            if not self.pipe.poll(patience if paused else 0) and not paused:
                return
            if self.pipe.poll(0):
                self._follow(hear(self.pipe))

    def _follow(self, command: Message) -> None:
        match command:
            case Look():
                self._show()
            case Pause():
                self.budget = 0
            case Resume():
                self._go(None)
            case StepN(n):
                self._go(n + (self.budget or 0))  # clicks add up
            case SetLearningRate(rate):
                self.state.learning_rate = rate
                tell(self.pipe, Changed(Status.PAUSED if self.settled else Status.RUNNING, rate))
                self.urgent = True
            case Stop():
                self.ending = Status.STOPPED
            case Park():
                self.ending = Status.PAUSED if self.settled else None

    def _go(self, budget: int | None) -> None:
        """Take `budget` steps, or all; a few steps from a pause do not count as running again."""
        self.single = budget is not None and budget <= SINGLE_STEPS
        self.budget, self.settled = budget, False
        if not self.single:
            tell(self.pipe, Changed(Status.RUNNING, self.state.learning_rate))

    def _settle(self) -> None:
        """Say that the run is paused, with everything that it has to show."""
        self.settled = True
        self._send(self.window.flush())
        self._show()
        tell(self.pipe, Changed(Status.PAUSED, self.state.learning_rate))
        self.urgent = True

    def _show(self) -> None:
        weights = self._weights()
        if weights is not None:
            tell(self.pipe, Weights(self.state.step, weights))

    def _weights(self) -> bytes | None:
        finite = all(bool(p.isfinite().all()) for p in self.model.parameters())
        return model_bytes(self.model) if finite else None

    def _save_if_due(self) -> bool:
        """Begin a checkpoint when one is due and the disk is ready; return whether one is still to be finished."""
        trouble = self.writer.result()
        if trouble is not None:
            tell(self.pipe, Saved(trouble))
        now = time.monotonic()
        due = self.state.step != self.saved_step and now - self.saved_at >= CHECKPOINT_EVERY
        if (self.urgent or due) and not self.writer.busy:
            self.urgent, self.saved_at, self.saved_step = False, now, self.state.step
            self.writer.start(self.state)
        return self.urgent or self.writer.writing

    def _end(self, status: Status, message: str) -> Ended:
        self._send(self.window.flush())
        if status in (Status.STOPPED, Status.PAUSED):
            self.writer.start(self.state)
        trouble = self.writer.finish(wait=status != Status.STOPPED)  # whoever pressed Stop waits for no disk
        if trouble is not None:
            tell(self.pipe, Saved(trouble))
        return Ended(status, message, self.state.step, self.state.seconds, self._weights())


def divergence(step: int, total: int, rate: float) -> str:
    """Return the sentence that says where a run with the peak learning rate `rate` diverged."""
    return f"The loss overflowed at step {step} of {total}, with a learning rate of {rate:g}."
