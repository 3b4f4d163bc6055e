"""The embedded engine: runs in worker processes of this machine, without any server."""

import atexit
import os
import secrets
import threading
import time
from contextlib import suppress

from core.database import StoreUnavailable
from core.runs.engine import Command, EngineStats, Progress, RunSummary, Snapshot, UnknownRun, require_steps
from core.runs.housekeeper import Housekeeper
from core.runs.live import LiveRun
from core.runs.outlook import progress_of_row, progress_of_run
from core.runs.recorder import Recorder
from core.runs.shelf import stored_snapshot, summaries
from core.runs.spec import RunSpec
from core.runs.store import Store
from core.runs.supervisor import Supervisor
from core.validation import require_integer

MAX_WORKERS = 256


def worker_count() -> int:
    """Return `$SEVEN_STEPS_WORKERS`, or one worker a core but one, at least two; raises `ValueError`.

    One core is left for the pages; two workers even on a small machine, so that a long run does not keep others out.
    """
    text = os.environ.get("SEVEN_STEPS_WORKERS", "")
    if not text:
        return max(2, (os.cpu_count() or 1) - 1)
    count = int(text) if text.isascii() and text.isdigit() else text
    require_integer("SEVEN_STEPS_WORKERS", count, 1, MAX_WORKERS)
    return int(count)


class EmbeddedEngine:
    """An `Engine` of supervised worker processes; the store it is given is its own from then on."""

    def __init__(self, store: Store | None = None, workers: int | None = None) -> None:
        self._store = store or Store()
        with suppress(StoreUnavailable):  # a page that asks for a run of a server that has gone marks it
            self._store.mark_interrupted()
        changed = threading.Event()
        self._supervisor = Supervisor(self._store, workers or worker_count(), changed)
        self._recorder = Recorder(self._store, self._supervisor, changed)
        self._housekeeper = Housekeeper(self._store)
        self._closing = threading.Lock()
        self._closed = False
        atexit.register(self.close)

    def submit(self, spec: RunSpec, owner: str, steps: int | None = None) -> str:
        """Queue a run and return its unguessable id; with `steps` it pauses after so many.

        Raises `QueueFull`, and `ValueError` for a number of steps that cannot be taken.
        """
        require_steps(steps)
        rate = spec.training.learning_rate
        run = LiveRun(secrets.token_urlsafe(16), owner, spec, time.time(), rate, rate)
        run.budget = steps
        self._supervisor.add(run)
        return run.id

    def control(self, run_id: str, owner: str, command: Command) -> None:
        """Pass a command on; one that comes too late does nothing. Raises `UnknownRun`, `QueueFull`."""
        run = self._live(run_id, owner)
        if run is None:
            self._store.load(run_id, owner)  # raises for someone else's
        else:
            self._supervisor.command(run, command)

    def poll(self, run_id: str, owner: str, after: int = 0) -> Progress:
        """Return how the run stands, with the records from index `after`; raises `UnknownRun`."""
        run = self._live(run_id, owner)
        if run is None:
            return progress_of_row(self._store.load(run_id, owner), self._store, after)
        with self._supervisor.lock:
            run.watched = time.monotonic()
            return progress_of_run(run, after, *self._supervisor.place(run))

    def snapshot(self, run_id: str, owner: str) -> Snapshot | None:
        """Return the newest weights, or None before there are any; raises `UnknownRun`."""
        run = self._live(run_id, owner)
        if run is None:
            return stored_snapshot(self._store.load(run_id, owner), self._store)
        with self._supervisor.lock:
            run.watched = time.monotonic()
            return run.snapshot

    def resume(self, run_id: str, owner: str) -> None:
        """Take an ended run up again at its checkpoint; raises `UnknownRun`, `QueueFull`, `ValueError` if it cannot."""
        run = self._live(run_id, owner)
        if run is not None and not run.status.live:
            self._recorder.flush()
            run = self._live(run_id, owner)
            if run is not None:
                raise ValueError("The end of this run is not saved yet. Please try again in a minute.")
        if run is None:
            self._supervisor.add(LiveRun.of_row(self._store.load(run_id, owner), self._store))

    def latest(self, owner: str) -> str | None:
        """Return the id of the owner's newest run, so that a reloaded page finds it."""
        newest = self.runs(owner, 1)
        return newest[0].run_id if newest else None

    def runs(self, owner: str, limit: int = 20) -> list[RunSummary]:
        """Return the owner's runs, newest first; those in memory while the database does not answer."""
        with self._supervisor.lock:
            rows = {run.id: run.row() for run in self._supervisor.runs.values() if run.owner == owner}
        try:
            rows = {row.id: row for row in self._store.runs_of(owner, limit)} | rows
        except StoreUnavailable:
            if not rows:
                raise
        return summaries(rows.values(), limit)

    def stats(self) -> EngineStats:
        """Return how busy the engine is; raises nothing, for it is asked when something is wrong too."""
        return self._supervisor.stats()

    def close(self) -> None:
        """End every worker; runs under way become interrupted and can be resumed."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            atexit.unregister(self.close)
            self._supervisor.close()
            self._recorder.close()
            self._housekeeper.close()
            self._store.close()

    def _live(self, run_id: str, owner: str) -> LiveRun | None:
        """Return a run in memory, or None; raises `UnknownRun` for someone else's."""
        with self._supervisor.lock:
            run = self._supervisor.runs.get(run_id)
        if run is not None and run.owner != owner:
            raise UnknownRun("There is no such run.")
        return run
