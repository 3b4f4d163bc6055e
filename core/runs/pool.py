"""Worker processes: one pipe each, ended without a trace."""

import logging
import os
import select
from contextlib import suppress
from multiprocessing.connection import Connection

from core.processes import start_process
from core.runs import worker
from core.runs.messages import Answer
from core.runs.wire import WireError, hear_answer, tell
from core.telemetry.logs import log

GOODBYE_SECONDS = 2.0  # a worker may finish its step, then it is killed


class WorkerProcess:
    """One worker: its process, our end of its pipe, and the run it has."""

    def __init__(self) -> None:
        self.process, self.pipe = start_process(worker.main, "worker")
        self.run_id: str | None = None
        self.killed = False  # by us
        self.owes = False  # an answer to a command

    @property
    def pid(self) -> int | None:
        """The process's id."""
        pid: int | None = self.process.pid
        return pid

    def send(self, message: object) -> None:
        """Send a message; a worker that is dead, or is killed for it no longer reads, is noticed by whoever waits."""
        try:
            if not _has_room(self.pipe):
                self.kill()
                return
            tell(self.pipe, message)
        except OSError:
            return

    def receive(self) -> list[Answer]:
        """Return the messages that have come; raises `EOFError` when the worker is gone and nothing is left.

        One that says what is no answer is out of order and killed.
        """
        messages: list[Answer] = []
        try:
            while self.pipe.poll(0):
                messages.append(hear_answer(self.pipe))
        except (EOFError, OSError, WireError) as error:
            if isinstance(error, WireError):
                log(logging.ERROR, "worker out of order", error, run=self.run_id or "")
                self.kill()
            if not messages:
                raise EOFError from None
        return messages

    def kill(self) -> None:
        """End the worker at once, whatever it does; whoever waits for it notices that it has died."""
        self.killed = True
        with suppress(ValueError):  # it is closed already
            self.process.kill()

    def close(self) -> None:
        """Close the pipe, which ends the worker after its step; kill it when it does not end, and collect it."""
        self.pipe.close()
        self.process.join(GOODBYE_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


def _has_room(pipe: Connection) -> bool:
    """Whether a message can be sent without waiting; Windows, where it cannot be known, has room for many."""
    if os.name != "posix":
        return True
    look = select.poll()  # `select` itself knows no descriptor above 1,023
    look.register(pipe, select.POLLOUT)
    return bool(look.poll(0))
