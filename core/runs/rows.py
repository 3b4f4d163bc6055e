"""A run as the store keeps it, and whether the server that has it in hand still lives."""

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

import sqlalchemy as sa

from core.database.tables import runs as runs_table
from core.runs.engine import Status, UnknownRun
from core.runs.spec import RunSpec

STALE_SECONDS = 15.0  # a live run whose server has been silent for so long was interrupted
LIVE = [status.value for status in Status if status.live]


@dataclass(frozen=True)
class RunRow:
    """What the store keeps of a run besides its records and weights."""

    id: str
    owner: str
    spec: str  # RunSpec as JSON
    status: Status
    message: str
    created: float  # seconds since 1970
    step: int = 0
    seconds: float = 0.0
    learning_rate: float = 0.0
    test_accuracy: float | None = None
    records: int = 0
    server: str = field(default="", compare=False)
    heartbeat: float = field(default=0.0, compare=False)

    def read_spec(self) -> RunSpec:
        """Return the settings; raises `UnknownRun` when another version of the project wrote them."""
        try:
            return RunSpec.from_json(self.spec)
        except ValueError:
            raise UnknownRun("This run was made by another version of Seven Steps and cannot be shown.") from None

    def orphaned(self, server: str) -> bool:
        """Whether a run counts as live but its server, another than this, has gone: a dead process, or silence."""
        if not self.status.live or self.server == server:
            return False
        here = os.name == "posix" and self.server.startswith(f"{socket.gethostname()}:") and self.server.count(":") == 2
        dead = here and not _alive_elsewhere(int(self.server.split(":")[1]))
        return dead or time.time() - self.heartbeat > STALE_SECONDS


COLUMNS = [runs_table.c[f.name] for f in fields(RunRow)]


def read_rows(result: sa.CursorResult[Any]) -> Iterator[RunRow]:
    """Return what a query for `COLUMNS` has found."""
    for row in result:
        values = row._asdict()
        yield RunRow(**{**values, "status": Status(values["status"])})


def _alive_elsewhere(pid: int) -> bool:
    """Whether another process than this one has this id."""
    if pid == os.getpid():  # another store of this process, or a process of an earlier life of this container
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
