"""One run in an actor of its own: a thread trains with the worker's function, others answer while it does."""

import logging
import secrets
import threading
import time
from bisect import bisect_right
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import torch

from core.runs.dispatch import work
from core.runs.engine import Command, Status, UnknownRun
from core.runs.live import LiveRun
from core.runs.messages import Ended, Job, Look, Park
from core.runs.ray_engine.cluster import ray
from core.runs.ray_engine.messages import Brief, Home, Order, Outcome, Standing
from core.runs.recorder import Recorder
from core.runs.spec import MAX_MEMORY, RunSpec
from core.runs.store import INTERRUPTED, Store
from core.runs.supervisor import LOOK_SECONDS, TOOK_OVER
from core.runs.worker import limit_memory, perform

SERVER = "ray-run:"  # the first letters of its name in the store
RAY_MEMORY = 2**30  # bytes that Ray's own threads may hold besides the run
RETRY_SECONDS = 0.5  # between attempts to save a run that has ended


class RunActor:
    """A run under way; `lock` guards it, and `runs` holds it until the store has its end."""

    def __init__(self, order: Order, home: Home) -> None:
        torch.set_num_threads(1)
        limit_memory(MAX_MEMORY + RAY_MEMORY)
        self.lock = threading.RLock()
        self._store = home.store(SERVER + secrets.token_hex(8))
        self._run = taken_up(order, self._store, bool(ray().get_runtime_context().was_current_actor_reconstructed))
        self.runs = {self._run.id: self._run}
        self._closing = False
        self._over = threading.Event()
        self._pipe, theirs = Pipe()
        changed = threading.Event()
        self._recorder = Recorder(self._store, self, changed)
        arguments = (self._run.job(self._store), theirs)
        threading.Thread(target=_train, args=arguments, name="seven-steps-training", daemon=True).start()
        threading.Thread(target=self._listen, name="seven-steps-listener", daemon=True).start()

    def command(self, command: Command) -> None:
        """Pass a command to the training; one that comes too late does nothing."""
        with self.lock:
            self._run.wish(command)
            self._pipe.send(command)

    def stand(self, after_step: int, weights_after: int | None = None) -> Standing:
        """Return how the run stands, with the records after a step and, if asked for, weights newer than a step."""
        with self.lock:
            run, now = self._run, time.monotonic()
            shown = run.snapshot
            if weights_after is not None and now - run.asked >= LOOK_SECONDS and (not shown or shown.step != run.step):
                run.asked = now
                self._pipe.send(Look())
            wanted = weights_after is not None or not run.status.live  # the last ones in any case
            fresh = wanted and shown is not None and shown.step != weights_after
            return Standing(
                run.owner, run.status, run.message, " ".join(filter(None, (run.trouble, run.unsaved))), run.step,
                run.seconds, run.learning_rate,
                tuple(run.records[bisect_right(run.records, after_step, key=lambda record: record.step) :]),
                (shown.step, shown.weights) if shown and fresh else None,
            )  # fmt: skip

    def brief(self) -> Brief:
        """Return what the dispatcher must know."""
        with self.lock:
            run = self._run
            paused = time.monotonic() - run.paused if run.status == Status.PAUSED else 0.0
            return Brief(run.status, run.seconds_left(), paused)

    def park(self) -> None:
        """Let a paused run go, for others wait for its processor."""
        self._pipe.send(Park())

    def join(self) -> Outcome:
        """Wait until the run is over and saved."""
        self._over.wait()
        with self.lock:
            run = self._run
            flops = work(run.spec, run.step / run.spec.total_steps) / run.seconds if run.seconds > 1 else None
            return Outcome(run.status == Status.PAUSED, flops)

    def close(self) -> None:
        """Leave the run as interrupted, so that it can be taken up again at its last checkpoint."""
        with self.lock:
            self._closing = True
            if self._run.status.live:
                self._run.status, self._run.message, self._run.dirty = Status.INTERRUPTED, INTERRUPTED, True
        self._recorder.close()
        self._over.set()

    def give_away(self, run: LiveRun) -> None:
        """Let go of the run, for another process has taken it up."""
        with self.lock:
            self._closing = True
            self.runs.pop(run.id, None)
        self._over.set()

    def _listen(self) -> None:
        """Take in what the training says, until it has ended and the store has that."""
        answer = None
        while not isinstance(answer, Ended):
            answer = self._pipe.recv()
            with self.lock:
                if self._closing:
                    return
                self._run.hear(answer)
        while self._unsaved():
            self._recorder.flush()
            if self._unsaved():
                time.sleep(RETRY_SECONDS)
        self._over.set()

    def _unsaved(self) -> bool:
        with self.lock:
            return bool(self.runs) and (self._run.dirty or not self._run.status.live)


def taken_up(order: Order, store: Store, again: bool) -> LiveRun:
    """Return the run of an order; `again` when an earlier process had it and died, so that the store knows better."""
    try:
        row = store.load(order.run_id, order.owner)
        run = LiveRun.read(row, store)
        again = again and row.server.startswith(SERVER)
    except UnknownRun:
        spec, again = RunSpec.from_json(order.spec), False
        run = LiveRun(order.run_id, order.owner, spec, order.created, order.learning_rate, order.learning_rate)
    if again:
        run.budget, run.on_start = 0 if run.status == Status.PAUSED else None, TOOK_OVER
    else:
        run.wished_rate, run.budget, run.on_start = order.learning_rate, order.budget, order.on_start
    run.status, run.message = Status.QUEUED, ""
    return run


def _train(job: Job, pipe: Connection) -> None:
    torch.set_num_threads(1)
    try:
        pipe.send(perform(job, pipe))
    except (EOFError, OSError):
        logging.exception("the training of run %s lost its actor", job.run_id)
