"""The attendant: weights for whoever watches, workers for whoever waits, and an end for runs that last too long."""

import threading
import time

from core.runs.dispatch import FairQueue
from core.runs.engine import Status
from core.runs.live import LiveRun
from core.runs.messages import Look, Park
from core.runs.patience import LOOK_SECONDS, OVERTIME_SECONDS, PARK_SECONDS, WATCHED_SECONDS
from core.runs.pool import WorkerProcess
from core.runs.spec import MAX_SECONDS
from core.runs.watchdog import JUMP
from core.runs.worker import TOO_LONG


class Attendant:
    """Looks after a supervisor's runs, which it shares with it, under its lock; `ended` is set when one ends here."""

    def __init__(
        self, runs: dict[str, LiveRun], queue: FairQueue, pool: list[WorkerProcess], ended: threading.Event
    ) -> None:
        self._runs, self._queue, self._pool, self._ended = runs, queue, pool, ended
        self._looked = time.monotonic()

    def look(self) -> None:
        """See to every run that a worker has, and to those that nobody has and nobody wants."""
        now = time.monotonic()
        passed, self._looked = min(now - self._looked, JUMP), now
        for worker in self._pool:
            run = self._runs.get(worker.run_id or "")
            if run is not None:
                self._see_to(run, worker, now, passed)
        held = {worker.run_id for worker in self._pool}
        for run in self._runs.values():
            if run.id not in held and run.abandoned(now):
                run.put_away()
                self._ended.set()

    def _see_to(self, run: LiveRun, worker: WorkerProcess, now: float, passed: float) -> None:
        watched = now - run.watched < WATCHED_SECONDS and now - run.asked >= LOOK_SECONDS
        if watched and (run.snapshot is None or run.snapshot.step != run.step):
            run.asked = now
            worker.send(Look())
        if run.status != Status.PAUSED:
            run.worked += passed
            if run.worked > MAX_SECONDS + OVERTIME_SECONDS:
                self._end(run, worker)
        elif now - run.parking >= PARK_SECONDS and (self._is_wanted(run, now) or run.abandoned(now)):
            run.parking = now
            worker.send(Park())

    def _is_wanted(self, run: LiveRun, now: float) -> bool:
        """Whether others wait for the worker of a run that has been paused for a while."""
        return len(self._queue) > 0 and now - run.paused >= PARK_SECONDS

    def _end(self, run: LiveRun, worker: WorkerProcess) -> None:
        """End a run whose worker has not ended it in time, and the worker."""
        worker.run_id = None
        worker.kill()
        self._queue.release(run.owner)
        run.status, run.message, run.dirty = Status.STOPPED, TOO_LONG, True
        self._ended.set()
