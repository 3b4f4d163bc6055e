"""The recorder: a thread that writes runs to the store twice a second, and waits when the store cannot."""

import contextlib
import logging
import threading
import time

from core.database import StoreUnavailable
from core.runs.engine import Status
from core.runs.live import LiveRun, RunsInHand
from core.runs.store import Store, TakenOver

FLUSH_SECONDS = 0.5
BEAT_SECONDS = 5.0


class Recorder:
    """Saves the holder's runs; a run that has ended leaves memory once the store has it."""

    def __init__(self, store: Store, holder: RunsInHand, wake: threading.Event) -> None:
        self._store, self._holder, self._wake = store, holder, wake
        self._flushing = threading.Lock()
        self._closed = False
        self._beaten = -BEAT_SECONDS
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
            with self._holder.lock:
                changed = [run for run in self._holder.runs.values() if run.dirty]
            for run in changed:
                self._save(run)

    def _record(self) -> None:
        while not self._closed:
            self._wake.wait(FLUSH_SECONDS)
            self._wake.clear()
            try:
                self.flush()
                self._beat()
            except (StoreUnavailable, OSError):  # it has been logged, and it is tried again
                continue
            except Exception:  # the runs go on
                logging.getLogger("seven_steps").exception("the recorder of the runs met a fault")

    def _beat(self) -> None:
        """Say from time to time that these runs are in hand."""
        now = time.monotonic()
        if now - self._beaten >= BEAT_SECONDS:
            self._beaten = now
            with self._holder.lock:
                live = [run.id for run in self._holder.runs.values()]
            self._store.beat(live)

    def _save(self, run: LiveRun) -> None:
        """Save one run; one that another server has taken up is left to it."""
        with self._holder.lock:
            row, first = run.row(), run.saved
            records = run.records[first:]
            weights = None if run.status.live else run.snapshot
            run.dirty = False
        try:
            self._store.save(row, first, records, weights)
        except TakenOver:
            self._holder.give_away(run)
            return
        except StoreUnavailable as error:
            with self._holder.lock:
                run.dirty = True
                run.unsaved = f"Its record cannot be saved just now ({error.reason}); the server keeps trying."
            return
        with self._holder.lock:
            run.saved, run.unsaved = first + len(records), ""
            if run.status.live or run.dirty:
                return
            self._holder.runs.pop(run.id, None)
        if run.status in (Status.FINISHED, Status.DIVERGED):
            with contextlib.suppress(OSError):  # `prune` removes them with the run
                self._store.files(run.id).remove()
