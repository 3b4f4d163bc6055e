"""Worker processes: started from a fork server that has torch and the digits ready, ended without a trace."""

import logging
import multiprocessing
import os
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import spawn
from multiprocessing.connection import Connection
from typing import Any

from core.paths import ROOT
from core.runs import worker
from core.runs.messages import Answer
from core.runs.wire import WireError, hear_answer, tell
from core.telemetry.logs import log

NAME = "seven-steps-worker"
GOODBYE_SECONDS = 2.0  # a worker may finish its step, then it is killed

_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_starting = threading.Lock()


class WorkerProcess:
    """One worker: its process, our end of its pipe, and the run it has."""

    def __init__(self) -> None:
        context = multiprocessing.get_context(_METHOD)
        self.pipe, theirs = context.Pipe()
        self.run_id: str | None = None
        self.killed = False  # by us
        self.owes = False  # an answer to a command
        self.process = context.Process(target=worker.main, args=(theirs,), name=NAME, daemon=True)  # type: ignore[attr-defined]
        with _starting:
            _leave_main_alone()
            if _METHOD == "forkserver":
                _prepare_fork_server(context)
            self.process.start()
        theirs.close()  # so that the pipe ends when the worker does

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


def _prepare_fork_server(context: Any) -> None:
    """Start the fork server, if it does not run, with the imports and the digits that all workers share."""
    from multiprocessing import forkserver

    context.set_forkserver_preload(["core.runs.preload"])
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))  # where it finds `core`
    with environment(PYTHONPATH=path, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"):  # with threads it must not fork
        forkserver.ensure_running()


@contextmanager
def environment(**changes: str) -> Iterator[None]:
    """Set environment variables for the process that starts inside the `with`."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _leave_main_alone() -> None:
    """Keep workers from importing the main module again, which multiprocessing does for functions defined in it.

    Ours are not, and the main module is Streamlit's command line, a test runner, or the page that runs just now.
    """
    if getattr(spawn.get_preparation_data, "spares_workers", False):
        return
    original = spawn.get_preparation_data

    def prepare(name: str) -> dict[str, object]:
        data = original(name)
        if name == NAME:
            for key in ("init_main_from_name", "init_main_from_path"):
                data.pop(key, None)
        return data

    prepare.spares_workers = True  # type: ignore[attr-defined]
    spawn.get_preparation_data = prepare
