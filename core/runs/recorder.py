"""The recorder: a thread that writes runs to the store twice a second, and waits when the store cannot."""

import contextlib
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from core.runs.engine import Status
from core.runs.live import LiveRun
from core.runs.store import Store
from core.runs.supervisor import Supervisor

FLUSH_SECONDS = 0.5
BEAT_SECONDS = 5.0
PRUNE_SECONDS = 3600.0


class Recorder:
    """Saves the supervisor's runs; a run that has ended leaves memory once the store has it."""

    def __init__(self, store: Store, supervisor: Supervisor, wake: threading.Event) -> None:
        self._store, self._supervisor, self._wake = store, supervisor, wake
        self._flushing = threading.Lock()
        self._closed = False
        self._beaten = self._pruned = -PRUNE_SECONDS
        self._thread = threading.Thread(target=self._record, name="seven-steps-recorder", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Save what is left and end the thread."""
        self._closed = True
        self._wake.set()
        self._thread.join()
        self.flush()

    def flush(self) -> None:
        """Save every run that has changed."""
        with self._flushing:
            with self._supervisor.lock:
                changed = [run for run in self._supervisor.runs.values() if run.dirty]
            for run in changed:
                self._save(run)

    def _record(self) -> None:
        while not self._closed:
            self._wake.wait(FLUSH_SECONDS)
            self._wake.clear()
            self.flush()
            with contextlib.suppress(SQLAlchemyError, OSError):
                self._keep_house()

    def _keep_house(self) -> None:
        now = time.monotonic()
        if now - self._beaten >= BEAT_SECONDS:
            self._beaten = now
            with self._supervisor.lock:
                live = [run.id for run in self._supervisor.runs.values()]
            self._store.beat(live)
        if now - self._pruned >= PRUNE_SECONDS:
            self._pruned = now
            self._store.prune()

    def _save(self, run: LiveRun) -> None:
        with self._supervisor.lock:
            row, first = run.row(), run.saved
            records = run.records[first:]
            weights = None if run.status.live else run.snapshot
            run.dirty = False
        try:
            self._store.save(row, first, records, weights)
        except (SQLAlchemyError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            with self._supervisor.lock:
                run.dirty = True
                run.unsaved = f"Its record cannot be saved just now ({reason}); the server keeps trying."
            return
        with self._supervisor.lock:
            run.saved, run.unsaved = first + len(records), ""
            if run.status.live or run.dirty:
                return
            del self._supervisor.runs[run.id]
        if run.status in (Status.FINISHED, Status.DIVERGED):
            with contextlib.suppress(OSError):  # `prune` removes them with the run
                self._store.files(run.id).remove()
