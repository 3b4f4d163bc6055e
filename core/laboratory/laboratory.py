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
GOODBYE_SECONDS = 2.0


class LaboratoryError(RuntimeError):
    """The laboratory did not do an experiment."""


class Laboratory:
    """The process, and who waits for which experiment; a thread of its own listens to it, and starts it again."""

    def __init__(self) -> None:
        self._numbers = count()
        self._lock = threading.Lock()  # around who waits, the process, and what is sent
        self._waiting: dict[int, Future[Done]] = {}
        self._process: BaseProcess | None = None  # None: it has died, or could not be started
        self._heard_at = 0.0  # when the last result came
        self._closing = threading.Event()
        pipe = self._open()
        threading.Thread(target=self._keep_open, args=(pipe,), name="seven-steps-laboratory", daemon=True).start()

    def ask(self, function: str, arguments: bytes) -> bytes:
        """Return an experiment's result; raises `LaboratoryError` without one, `ValueError` if a setting is wrong."""
        asked: Future[Done] = Future()
        with self._lock:
            if self._process is None:
                raise LaboratoryError("closed")
            number = next(self._numbers)
            self._waiting[number] = asked
            with suppress(OSError):  # it has died; whoever listens to it notices
                self._pipe.send_bytes(encode(Wanted(number, function, arguments)))
        done = self._result(asked)
        if done.refused is not None:
            raise ValueError(done.refused)
        if done.result is None:
            raise LaboratoryError("failed")
        return done.result

    def close(self) -> None:
        """End the process, which has nothing to save; whoever waits for it does the work alone."""
        self._closing.set()
        with self._lock:
            process = self._process
        if process is not None:
            process.kill()
            process.join(GOODBYE_SECONDS)

    def _result(self, asked: Future[Done]) -> Done:
        """Return what comes; many who wait are served in turn, but a process that gives no results at all is killed."""
        while True:
            try:
                return result_of(asked, PATIENCE)
            except TimeoutError:
                with self._lock:
                    if self._process is not None and time.monotonic() - self._heard_at > PATIENCE:
                        self._process.kill()

    def _keep_open(self, pipe: Connection | None) -> None:
        """Listen until the process ends, let who waits go, and open again after a rest."""
        while True:
            if pipe is not None:
                try:
                    self._listen(pipe)
                finally:
                    self._bury(pipe)
            if self._closing.wait(REST):
                return
            pipe = self._open()

    def _open(self) -> Connection | None:
        try:
            process, pipe = start_process(main, "laboratory")
        except (OSError, EOFError, RuntimeError) as error:
            log(logging.ERROR, "laboratory cannot be opened", error)
            return None
        with self._lock:
            self._process, self._pipe = process, pipe
        return pipe

    def _listen(self, pipe: Connection) -> None:
        """Hand out results until the process ends, or says what cannot be understood."""
        with suppress(EOFError, OSError, ValueError, KeyError):
            while True:
                done = decode(pipe.recv_bytes(LARGEST), Done)
                with self._lock:
                    waiting = self._waiting.pop(done.number)
                    self._heard_at = time.monotonic()
                waiting.set_result(done)

    def _bury(self, pipe: Connection) -> None:
        with self._lock:
            process, self._process = self._process, None
            left, self._waiting = self._waiting, {}
            pipe.close()
        if process is not None:
            process.kill()
        for number, waiting in left.items():
            waiting.set_result(Done(number))
        if not self._closing.is_set():
            log(logging.ERROR, "laboratory died", waiting=len(left))
