"""The server's side of the laboratory: it asks, waits, and does without when the process has died."""

import logging
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from core.laboratory.bench import LARGEST, Done, Wanted, main
from core.laboratory.wire import decode, encode
from core.processes import start_process
from core.telemetry.logs import log
from core.waiting import result_of

PATIENCE = 30.0  # seconds without any result; the longest experiment takes two on a slow machine
REST = 10.0  # seconds after its end before the laboratory opens again


class LaboratoryError(RuntimeError):
    """The laboratory did not do an experiment."""


class Laboratory:
    """The process, and who waits for which experiment."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waiting: dict[int, Future[bytes | None]] = {}
        self._lock = threading.Lock()  # around all that follows
        self._closed = False
        self._process: BaseProcess | None = None  # None: it has died, or could not be started
        self._died_at = 0.0
        self._heard_at = 0.0  # when the last result came
        with self._lock:
            self._open()

    def ask(self, function: str, arguments: bytes) -> bytes:
        """Return the result of an experiment; raises `LaboratoryError` when there is none."""
        asked: Future[bytes | None] = Future()
        with self._lock:
            if not self._listens():
                raise LaboratoryError("closed")
            number = next(self._numbers)
            self._waiting[number] = asked
            with suppress(OSError):  # it has died; whoever listens to it notices
                self._pipe.send_bytes(encode(Wanted(number, function, arguments)))
        result = self._result(asked)
        if result is None:
            raise LaboratoryError("failed")
        return result

    def close(self) -> None:
        """End the process, which has nothing to save; whoever waits for it does the work alone."""
        with self._lock:
            self._closed = True
            process = self._process
        if process is not None:
            process.terminate()
            process.join()

    def _result(self, asked: Future[bytes | None]) -> bytes | None:
        """Return what comes; many who wait are served in turn, but a process that gives no results at all is killed."""
        while True:
            try:
                return result_of(asked, PATIENCE)
            except TimeoutError:
                with self._lock:
                    if self._process is not None and time.monotonic() - self._heard_at > PATIENCE:
                        self._process.kill()

    def _open(self) -> None:
        try:
            self._process, self._pipe = start_process(main, "laboratory")
        except (OSError, EOFError) as error:
            self._died_at = time.monotonic()
            log(logging.ERROR, "laboratory cannot be opened", error)
            return
        listen = threading.Thread(target=self._listen, args=(self._pipe,), name="seven-steps-laboratory", daemon=True)
        listen.start()

    def _listens(self) -> bool:
        """Whether there is a process that can be asked; one that has died some time ago is started again."""
        if self._process is None and not self._closed and time.monotonic() - self._died_at > REST:
            self._open()
        return self._process is not None and not self._closed

    def _listen(self, pipe: Connection) -> None:
        """Hand out results until the process ends, or says what cannot be understood."""
        with suppress(EOFError, OSError, ValueError, KeyError):
            while True:
                done = decode(pipe.recv_bytes(LARGEST), Done)
                with self._lock:
                    waiting = self._waiting.pop(done.number)
                    self._heard_at = time.monotonic()
                waiting.set_result(done.result)
        with self._lock:
            if self._process is not None:
                self._process.kill()
            self._process, self._died_at = None, time.monotonic()
            left, self._waiting = self._waiting, {}
        for waiting in left.values():
            waiting.set_result(None)
        if not self._closed:
            log(logging.ERROR, "laboratory died", waiting=len(left))
