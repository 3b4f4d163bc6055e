"""The store of runs: settings, records and final weights in SQLite, or in the database of `DATABASE_URL`."""

import json
import os
import secrets
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.paths import state_dir
from core.runs.checkpoint import CheckpointFiles
from core.runs.engine import Snapshot, Status, UnknownRun
from core.runs.spec import RunSpec
from core.training.loop import StepRecord

BUSY_SECONDS = 10  # a locked SQLite database is waited for
STALE_SECONDS = 15.0  # a live run whose server has been silent for so long was interrupted
INTERRUPTED = "The server stopped while this run was under way. It can go on from its last checkpoint."
MAX_AGE = 30 * 86_400.0  # seconds
MAX_BYTES = 2 * 2**30

metadata = sa.MetaData()
runs_table = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(128), nullable=False),
    sa.Column("spec", sa.Text, nullable=False),  # RunSpec as JSON
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("created", sa.Float, nullable=False),  # seconds since 1970, like the next
    sa.Column("heartbeat", sa.Float, nullable=False),
    sa.Column("server", sa.String(300), nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("learning_rate", sa.Float, nullable=False),
    sa.Column("test_accuracy", sa.Float),
    sa.Column("records", sa.Integer, nullable=False),  # how many there are
    sa.Column("size", sa.Integer, nullable=False),  # bytes of records and weights
    sa.Index("runs_by_owner", "owner", "created"),
)
metrics_table = sa.Table(
    "metrics",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),  # index of the first record
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("records", sa.Text, nullable=False),  # JSON, one list a record in the order of StepRecord's fields
)
weights_table = sa.Table(
    "weights",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("weights", sa.LargeBinary, nullable=False),  # safetensors
)


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


_ROW = [runs_table.c[f.name] for f in fields(RunRow)]


class Store:
    """Runs on disk. Every method may be called from any thread and raises SQLAlchemy's errors when the disk fails."""

    def __init__(self, url: str | None = None, checkpoints: Path | None = None) -> None:
        self.checkpoints = checkpoints or state_dir() / "checkpoints"
        self.server = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"
        self._database = connect(url)
        metadata.create_all(self._database)

    def close(self) -> None:
        """Close every connection."""
        self._database.dispose()

    def save(self, row: RunRow, first: int, records: Sequence[StepRecord], weights: Snapshot | None = None) -> None:
        """Write a run with its records from index `first` and, if given, its weights: all of it or nothing."""
        text = json.dumps([astuple(record) for record in records])
        values = {f.name: getattr(row, f.name) for f in fields(row)}
        values |= {"server": self.server, "heartbeat": time.time(), "records": first + len(records)}
        added = (len(text) if records else 0) + (len(weights.weights) if weights else 0)
        with self._database.begin() as connection:
            changed = connection.execute(
                runs_table.update().where(runs_table.c.id == row.id).values(**values, size=runs_table.c.size + added)
            )
            if not changed.rowcount:
                connection.execute(runs_table.insert().values(**values, size=added))
            if records:
                chunk = {"run_id": row.id, "seq": first, "count": len(records), "records": text}
                connection.execute(metrics_table.insert().values(chunk))
            if weights is not None:
                connection.execute(weights_table.delete().where(weights_table.c.run_id == row.id))
                connection.execute(
                    weights_table.insert().values(run_id=row.id, step=weights.step, weights=weights.weights)
                )

    def beat(self, run_ids: Sequence[str]) -> None:
        """Say that this server still has these runs in hand."""
        with self._database.begin() as connection:
            mine = runs_table.update().where(runs_table.c.id.in_(run_ids))
            connection.execute(mine.values(heartbeat=time.time(), server=self.server))

    def load(self, run_id: str, owner: str) -> RunRow:
        """Return a run; one whose server has gone is marked interrupted. Raises `UnknownRun` for anyone else's."""
        with self._database.connect() as connection:
            found = connection.execute(sa.select(*_ROW).where(runs_table.c.id == run_id, runs_table.c.owner == owner))
            row = next(_rows(found), None)
        if row is None:
            raise UnknownRun("There is no such run.")
        if self._orphaned(row):
            self.mark_interrupted()
            return self.load(run_id, owner)
        return row

    def records(self, run_id: str, after: int = 0) -> tuple[StepRecord, ...]:
        """Return the records of a run from index `after`."""
        table = metrics_table.c
        query = sa.select(table.seq, table.records).where(table.run_id == run_id, table.seq + table.count > after)
        with self._database.connect() as connection:
            chunks = connection.execute(query.order_by(table.seq)).all()
        records: list[StepRecord] = []
        for seq, text in chunks:
            records += [StepRecord(*values) for values in json.loads(text)[max(0, after - seq) :]]
        return tuple(records)

    def weights(self, run_id: str) -> tuple[int, bytes] | None:
        """Return the step and the final weights of a run, or None."""
        query = sa.select(weights_table.c.step, weights_table.c.weights).where(weights_table.c.run_id == run_id)
        with self._database.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (row.step, bytes(row.weights))

    def runs_of(self, owner: str, limit: int) -> list[RunRow]:
        """Return the owner's newest runs, newest first."""
        query = sa.select(*_ROW).where(runs_table.c.owner == owner).order_by(runs_table.c.created.desc()).limit(limit)
        with self._database.connect() as connection:
            return list(_rows(connection.execute(query)))

    def mark_interrupted(self) -> int:
        """Mark the live runs of servers that have gone; return how many there were."""
        live = [status.value for status in Status if status.live]
        with self._database.begin() as connection:
            rows = _rows(connection.execute(sa.select(*_ROW).where(runs_table.c.status.in_(live))))
            orphans = [row.id for row in rows if self._orphaned(row)]
            change = runs_table.update().where(runs_table.c.id.in_(orphans))
            connection.execute(change.values(status=Status.INTERRUPTED.value, message=INTERRUPTED))
        return len(orphans)

    def prune(self, max_age: float = MAX_AGE, max_bytes: int = MAX_BYTES) -> int:
        """Delete runs that ended `max_age` seconds ago, then the oldest beyond `max_bytes`; return how many."""
        table, total, doomed = runs_table.c, 0, []
        with self._database.begin() as connection:
            query = sa.select(table.id, table.status, table.heartbeat, table.size).order_by(table.heartbeat.desc())
            for run_id, status, heartbeat, size in connection.execute(query):
                total += size + self.files(run_id).size()
                old = time.time() - heartbeat > max_age
                if not Status(status).live and (old or total > max_bytes):
                    doomed.append(run_id)
            for owned in (metrics_table.c.run_id, weights_table.c.run_id, table.id):
                connection.execute(sa.delete(owned.table).where(owned.in_(doomed)))
        for run_id in doomed:
            self.files(run_id).remove()
        return len(doomed)

    def files(self, run_id: str) -> CheckpointFiles:
        """Return the checkpoint files of a run."""
        return CheckpointFiles(self.checkpoints, run_id)

    def _orphaned(self, row: RunRow) -> bool:
        """Whether a run counts as live but its server has gone: a dead process here, or silence from elsewhere."""
        if not row.status.live or row.server == self.server:
            return False
        host, pid, _ = row.server.rsplit(":", 2)
        here = host == socket.gethostname() and os.name == "posix"
        return time.time() - row.heartbeat > STALE_SECONDS or (here and not _alive_elsewhere(int(pid)))


def connect(url: str | None = None) -> sa.Engine:
    """Return the database at `url`, else at `$DATABASE_URL`, else `runs.db` in the folder a server writes to.

    SQLite has a write-ahead log, so that readers and the writer do not wait.
    """
    url = url or os.environ.get("DATABASE_URL") or f"sqlite:///{state_dir() / 'runs.db'}"
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    database = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(database, "connect")
    def prepare(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return database


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


def _rows(result: sa.CursorResult[Any]) -> Iterator[RunRow]:
    for row in result:
        values = row._asdict()
        yield RunRow(**{**values, "status": Status(values["status"])})
