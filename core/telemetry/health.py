"""Whether the server is well: named checks, all answered within a time, so that a hanging disk hangs no answer."""

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

PATIENCE = 2.0  # seconds for all checks together
LEAST_ROOM = 200 * 2**20  # bytes: some hundred checkpoints and a database that grows

Check = Callable[[], str]  # "" when all is well, else a sentence


class Health:
    """The checks of a server; one that raises or does not answer in time is not well."""

    def __init__(self, checks: Mapping[str, Check], patience: float = PATIENCE) -> None:
        self._checks, self._patience = dict(checks), patience
        self._lock = threading.Lock()
        self._asked: dict[str, Future[str]] = {}  # a check that hangs is not asked again until it has answered

    def look(self) -> dict[str, str]:
        """Return each check's complaint, "" where there is none."""
        ends = time.monotonic() + self._patience
        asked = {name: self._ask(name) for name in self._checks}
        told = {}
        for name, answer in asked.items():
            try:
                told[name] = answer.result(max(ends - time.monotonic(), 0))
            except TimeoutError:
                told[name] = f"no answer within {self._patience:g} s"
            except Exception as error:
                told[name] = f"{type(error).__name__}: {error}"
        return told

    def _ask(self, name: str) -> Future[str]:
        """Start a check in a thread that keeps no process from ending, or return the one under way."""
        with self._lock:
            if name not in self._asked or self._asked[name].done():
                self._asked[name] = Future()
                arguments = (self._checks[name], self._asked[name])
                threading.Thread(target=_answer, args=arguments, name="seven-steps-health", daemon=True).start()
            return self._asked[name]


def _answer(check: Check, answer: Future[str]) -> None:
    try:
        answer.set_result(check())
    except BaseException as error:
        answer.set_exception(error)


def disk_room(folder: Path, least: int = LEAST_ROOM) -> str:
    """Return a complaint when the disk under `folder` has less than `least` bytes left; raises `OSError`."""
    free = shutil.disk_usage(folder).free
    return "" if free >= least else f"{free / 2**20:.0f} MB are left where {least / 2**20:.0f} are needed"
