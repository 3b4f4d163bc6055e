"""Processes of our own: from a fork server that has torch and the digits ready, with a pipe, and low in rank."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import spawn
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from core.paths import ROOT

SWITCH_SECONDS = 0.001  # after which a thread gives way to another one that waits to run Python; where many do
OURS = "seven-steps-"  # with which the names of our processes begin

_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_starting = threading.Lock()


def start_process(main: Callable[[Connection], None], name: str) -> tuple[BaseProcess, Connection]:
    """Start a process that does `main` with one end of a pipe; return it and the other end, which ends when it does."""
    context: Any = multiprocessing.get_context(_METHOD)
    ours, theirs = context.Pipe()
    process = context.Process(target=main, args=(theirs,), name=OURS + name, daemon=True)
    try:
        with _starting:
            _leave_main_alone()
            if _METHOD == "forkserver":
                _prepare_fork_server(context)
            process.start()
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


def give_way(niceness: int) -> None:
    """Let the web process go first where processors are short, the more the higher the niceness, 0 to 19."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(niceness)


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


def _prepare_fork_server(context: Any) -> None:
    """Start the fork server, if it does not run, with the imports and the digits that all processes share."""
    from multiprocessing import forkserver

    context.set_forkserver_preload(["core.runs.preload"])
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))  # where it finds `core`
    with environment(PYTHONPATH=path, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"):  # with threads it must not fork
        forkserver.ensure_running()


def _leave_main_alone() -> None:
    """Keep our processes from importing the main module again, as multiprocessing does for functions defined in it.

    Ours are not, and the main module is Streamlit's command line, a test runner, or the page that runs just now.
    """
    if getattr(spawn.get_preparation_data, "spares_ours", False):
        return
    original = spawn.get_preparation_data

    def prepare(name: str) -> dict[str, object]:
        data = original(name)
        if name.startswith(OURS):
            for key in ("init_main_from_name", "init_main_from_path"):
                data.pop(key, None)
        return data

    prepare.spares_ours = True  # type: ignore[attr-defined]
    spawn.get_preparation_data = prepare
