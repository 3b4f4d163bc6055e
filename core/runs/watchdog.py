"""The watchdog: a worker that lives but no longer answers is killed, so that its run goes on in another."""

import logging
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from core.runs.pool import WorkerProcess
from core.telemetry.logs import log

SILENT_SECONDS = 30.0  # a worker that trains speaks ten times a second, and after each checkpoint
BROKEN_OFF_SECONDS = 10.0  # in the middle of a message
LOOK_SECONDS = 0.5  # between two looks at a message under way
JUMP = 1.0  # seconds between two looks that count at most: a computer that slept is no worker's silence


class Watchdog:
    """Counts each worker's silence; its thread sees to one that stops in the middle of a message."""

    def __init__(self) -> None:
        self._silence: dict[WorkerProcess, float] = {}  # seconds
        self._looked = time.monotonic()
        self._reading: tuple[WorkerProcess, float] | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="seven-steps-watchdog", daemon=True)
        self._thread.start()

    def look(self, talkative: Collection[WorkerProcess]) -> None:
        """Kill those workers that should have said something long ago; others may be silent."""
        now = time.monotonic()
        passed, self._looked = min(now - self._looked, JUMP), now
        self._silence = {worker: self._silence.get(worker, 0.0) + passed for worker in talkative}
        for worker, silence in self._silence.items():
            if silence > SILENT_SECONDS:
                _kill(worker)

    @contextmanager
    def hearing(self, worker: WorkerProcess) -> Iterator[None]:
        """Hear a worker inside the `with`; when that takes too long, the worker is killed, which ends the hearing."""
        self._silence[worker] = 0.0
        self._reading = (worker, time.monotonic())
        try:
            yield
        finally:
            self._reading = None

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closed.wait(LOOK_SECONDS):
            reading = self._reading
            if reading is not None and time.monotonic() - reading[1] > BROKEN_OFF_SECONDS:
                _kill(reading[0])


def _kill(worker: WorkerProcess) -> None:
    if not worker.killed:
        log(logging.WARNING, "worker no longer answers and is killed", run=worker.run_id or "")
        worker.kill()
