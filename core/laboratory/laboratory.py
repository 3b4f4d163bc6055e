"""The server's side of the laboratory: it asks, waits, and does without when the process has died."""

import logging
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from itertools import count

from core.laboratory.bench import LARGEST, Done, Wanted, main
from core.laboratory.wire import decode, encode
from core.processes import start_process
from core.telemetry.logs import log
from core.waiting import result_of

PATIENCE = 30.0  # seconds for one experiment; the longest takes two on a slow machine
REST = 10.0  # seconds after its end before the laboratory opens again


class LaboratoryError(RuntimeError):
    """The laboratory did not do an experiment."""


class Laboratory:
    """The process, and who waits for which experiment."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waiting: dict[int, Future[bytes | None]] = {}
        self._lock = threading.Lock()  # around the pipe's end and who waits
        self._closed = False
        self._open()

    def ask(self, function: str, arguments: bytes) -> bytes:
        """Return the result of an experiment; raises `LaboratoryError` when there is none."""
        asked: Future[bytes | None] = Future()
        number = next(self._numbers)
        with self._lock:
            if not self._listens():
                raise LaboratoryError("closed")
            self._waiting[number] = asked
            with suppress(OSError):  # it has died; whoever listens to it notices
                self._pipe.send_bytes(encode(Wanted(number, function, arguments)))
        try:
            result = result_of(asked, PATIENCE)
        except TimeoutError:
            self._process.kill()
            raise LaboratoryError("too slow") from None
        if result is None:
            raise LaboratoryError("failed")
        return result

    def close(self) -> None:
        """End the process, which has nothing to save; whoever waits for it does the work alone."""
        with self._lock:
            self._closed = True
        self._process.terminate()
        self._process.join()

    def _open(self) -> None:
        self._process, self._pipe = start_process(main, "laboratory")
        self._died_at: float | None = None
        threading.Thread(target=self._listen, name="seven-steps-laboratory", daemon=True).start()

    def _listens(self) -> bool:
        """Whether there is a process that can be asked; one that has died some time ago is started again."""
        if self._died_at is not None and not self._closed and time.monotonic() - self._died_at > REST:
            self._open()
        return self._died_at is None and not self._closed

    def _listen(self) -> None:
        """Hand out results until the process ends."""
        with suppress(EOFError, OSError):
            while True:
                done = decode(self._pipe.recv_bytes(LARGEST), Done)
                with self._lock:
                    waiting = self._waiting.pop(done.number)
                waiting.set_result(done.result)
        with self._lock:
            self._died_at = time.monotonic()
            left, self._waiting = self._waiting, {}
        for waiting in left.values():
            waiting.set_result(None)
        if not self._closed:
            log(logging.ERROR, "laboratory died", waiting=len(left))
