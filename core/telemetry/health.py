"""Whether the server is well: named checks, each answered within a time, so that a hanging disk hangs no answer."""

import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PATIENCE = 2.0  # seconds for all checks together
LEAST_ROOM = 200 * 2**20  # bytes: some hundred checkpoints and a database that grows

Check = Callable[[], str]  # "" when all is well, else a sentence


class Health:
    """The checks of a server; one that raises or does not answer in time is not well."""

    def __init__(self, checks: Mapping[str, Check], patience: float = PATIENCE) -> None:
        self._checks, self._patience = dict(checks), patience
        self._threads = ThreadPoolExecutor(2 * len(checks), "seven-steps-health")

    def look(self) -> dict[str, str]:
        """Return each check's complaint, "" where there is none."""
        asked = {name: self._threads.submit(check) for name, check in self._checks.items()}
        told = {}
        for name, answer in asked.items():
            try:
                told[name] = answer.result(self._patience)
            except TimeoutError:
                answer.cancel()
                told[name] = f"no answer within {self._patience:g} s"
            except Exception as error:
                told[name] = f"{type(error).__name__}: {error}"
        return told

    def close(self) -> None:
        """End the threads; one that hangs is left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def disk_room(folder: Path, least: int = LEAST_ROOM) -> str:
    """Return a complaint when the disk under `folder` has less than `least` bytes left; raises `OSError`."""
    free = shutil.disk_usage(folder).free
    return "" if free >= least else f"{free / 2**20:.0f} MB are left where {least / 2**20:.0f} are needed"
