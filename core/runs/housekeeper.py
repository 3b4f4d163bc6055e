"""The housekeeper: one thread that removes what nobody needs: old runs, and what processes left that were killed."""

import json
import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

from core.runs.store import Store

FIRST_SECONDS = 60.0  # after a start, when the servers of a class that starts have said that they live
PRUNE_SECONDS = 3600.0
LEFT_SECONDS = 3600.0  # a file that nobody has finished or wanted for so long was left behind
TEMPORARY = ".*"  # as `write_atomically` names what is not whole yet
ORDERS = "*.order"  # as a cluster's actors and dispatcher keep what they were told


class Housekeeper:
    """Keeps the store and its folder small; one process of a server or a cluster has it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._keep_house, name="seven-steps-housekeeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread after what it is just doing."""
        self._closed.set()
        self._thread.join()

    def _keep_house(self) -> None:
        pause = FIRST_SECONDS
        while not self._closed.wait(pause):
            pause = PRUNE_SECONDS
            try:
                tidy(self._store)
            except Exception:  # a database or a disk that does not answer; there is another hour
                logging.getLogger("seven_steps").exception("the housekeeper met a fault")


def tidy(store: Store) -> None:
    """Mark runs whose server has gone, prune old runs, and remove files that killed processes have left."""
    store.mark_interrupted()
    store.prune()
    for path in _left(store.checkpoints, TEMPORARY):
        path.unlink(missing_ok=True)
    live = {row.id for row in store.live()}
    for path in _left(store.checkpoints, ORDERS):
        if _run_of(path) not in live:
            path.unlink(missing_ok=True)


def _left(folder: Path, pattern: str) -> list[Path]:
    """Return the files that nobody has touched for long."""
    left = []
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > LEFT_SECONDS:
                left.append(path)
    return left


def _run_of(path: Path) -> str | None:
    """Return the run that an order is for; None when it cannot be read."""
    try:
        run_id: str | None = json.loads(path.read_bytes())["run_id"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return run_id
