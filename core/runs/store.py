"""The store of runs: settings, records and final weights in the database, checkpoints in files."""

import json
import os
import re
import secrets
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.database import Database, StoreUnavailable
from core.database.tables import metrics as metrics_table
from core.database.tables import runs as runs_table
from core.database.tables import weights as weights_table
from core.database.upsert import insert_or_ignore, insert_or_replace
from core.paths import state_dir
from core.runs.checkpoint import CheckpointFiles
from core.runs.engine import Snapshot, Status, UnknownRun
from core.runs.rows import COLUMNS, LIVE, RunRow, read_rows
from core.training.loop import StepRecord

INTERRUPTED = "The server stopped while this run was under way. It can go on from its last checkpoint."
MAX_AGE = 30 * 86_400.0  # seconds
MAX_BYTES = 2 * 2**30
PRUNED_AT_ONCE = 100  # runs; a large transaction would keep others waiting
RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class TakenOver(RuntimeError):
    """Another server has taken the run up; what this one says about it no longer counts."""


class Store:
    """Runs on disk. Every method may be called from any thread and raises `StoreUnavailable` when the database fails.

    A run is written by one server at a time, its `server`: the one whose `save` came last as the first of a run or
    after the run had ended. `server` names this one; processes that share a name count as one.
    """

    def __init__(self, url: str | None = None, checkpoints: Path | None = None, server: str | None = None) -> None:
        self.checkpoints = checkpoints or state_dir() / "checkpoints"
        self.server = server or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"
        self._mine: set[str] = set()  # runs that this store writes
        self._database = Database(url)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def save(self, row: RunRow, first: int, records: Sequence[StepRecord], weights: Snapshot | None = None) -> None:
        """Write a run with its records from index `first` and, if given, its weights: all of it or nothing.

        A second call with the same arguments changes nothing. Raises `TakenOver` for a run of another server.
        """
        text = json.dumps([astuple(record) for record in records]) if records else ""
        values = {f.name: getattr(row, f.name) for f in fields(row)}
        values |= {"server": self.server, "heartbeat": time.time(), "records": first + len(records)}
        added = len(text) + (len(weights.weights) if weights else 0)
        with self._database.writing() as connection:
            self._write_row(connection, row.id, values, added - _stale(row.id, first, weights is not None), added)
            if records:
                later = (metrics_table.c.run_id == row.id) & (metrics_table.c.seq >= first)
                connection.execute(metrics_table.delete().where(later))
                chunk = {"run_id": row.id, "seq": first, "count": len(records), "records": text}
                connection.execute(metrics_table.insert().values(chunk))
            if weights is not None:
                final = {"run_id": row.id, "step": weights.step, "weights": weights.weights}
                insert_or_replace(connection, weights_table, final)
        (self._mine.add if row.status.live else self._mine.discard)(row.id)

    def let_go(self, run_id: str) -> None:
        """Leave a run to whichever server saves it next; a later `save` here takes it over again."""
        self._mine.discard(run_id)

    def beat(self, run_ids: Sequence[str]) -> None:
        """Say that this server still has these runs in hand."""
        with self._database.writing() as connection:
            mine = runs_table.c.id.in_(run_ids) & (runs_table.c.server == self.server)
            connection.execute(runs_table.update().where(mine).values(heartbeat=time.time()))

    def load(self, run_id: str, owner: str) -> RunRow:
        """Return a run; one whose server has gone is marked interrupted. Raises `UnknownRun` for anyone else's."""
        row = None
        if RUN_ID.fullmatch(run_id):
            query = sa.select(*COLUMNS).where(runs_table.c.id == run_id, runs_table.c.owner == owner)
            with self._database.reading() as connection:
                row = next(read_rows(connection.execute(query)), None)
        if row is None:
            raise UnknownRun("There is no such run.")
        return self._seen(row)

    def records(self, run_id: str, after: int = 0) -> tuple[StepRecord, ...]:
        """Return the records of a run from index `after`."""
        table = metrics_table.c
        query = sa.select(table.seq, table.records).where(table.run_id == run_id, table.seq + table.count > after)
        with self._database.reading() as connection:
            chunks = connection.execute(query.order_by(table.seq)).all()
        records: list[StepRecord] = []
        for seq, text in chunks:
            records += [StepRecord(*values) for values in json.loads(text)[max(0, after - seq) :]]
        return tuple(records)

    def weights(self, run_id: str) -> tuple[int, bytes] | None:
        """Return the step and the final weights of a run, or None."""
        query = sa.select(weights_table.c.step, weights_table.c.weights).where(weights_table.c.run_id == run_id)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (row.step, bytes(row.weights))

    def runs_of(self, owner: str, limit: int) -> list[RunRow]:
        """Return the owner's newest runs, newest first, each as `load` does."""
        mine = sa.select(*COLUMNS).where(runs_table.c.owner == owner)
        query = mine.order_by(runs_table.c.created.desc()).limit(limit)
        with self._database.reading() as connection:
            rows = list(read_rows(connection.execute(query)))
        return [self._seen(row) for row in rows]

    def mark_interrupted(self) -> int:
        """Mark the live runs of servers that have gone; return how many there were."""
        return self._mark([row for row in self.live() if row.orphaned(self.server)])

    def live(self) -> list[RunRow]:
        """Return the live runs of all servers, as they stand."""
        with self._database.reading() as connection:
            return list(read_rows(connection.execute(sa.select(*COLUMNS).where(runs_table.c.status.in_(LIVE)))))

    def prune(self, max_age: float = MAX_AGE, max_bytes: int = MAX_BYTES) -> int:
        """Delete runs that ended `max_age` seconds ago, then the oldest beyond `max_bytes`; return how many."""
        doomed = self._doomed(max_age, max_bytes)
        for start in range(0, len(doomed), PRUNED_AT_ONCE):
            some = runs_table.c.id.in_(doomed[start : start + PRUNED_AT_ONCE]) & runs_table.c.status.not_in(LIVE)
            with self._database.writing() as connection:  # records and weights go with their run
                gone = connection.execute(runs_table.delete().where(some).returning(runs_table.c.id)).scalars().all()
            for run_id in gone:
                self.files(run_id).remove()
        return len(doomed)

    def files(self, run_id: str) -> CheckpointFiles:
        """Return the checkpoint files of a run."""
        return CheckpointFiles(self.checkpoints, run_id)

    def _write_row(self, connection: sa.Connection, run_id: str, values: dict[str, Any], grown: Any, size: int) -> None:
        """Change a run's row, or make it."""
        mine = runs_table.c.id == run_id
        if run_id in self._mine:
            mine &= runs_table.c.server == self.server
        change = runs_table.update().where(mine).values(**values, size=runs_table.c.size + grown)
        if connection.execute(change).rowcount or insert_or_ignore(connection, runs_table, values | {"size": size}):
            return
        self._mine.discard(run_id)
        raise TakenOver("Another server has taken this run up.")

    def _seen(self, row: RunRow) -> RunRow:
        """Return a run as it is; one whose server has gone is marked interrupted."""
        if not row.orphaned(self.server):
            return row
        with suppress(StoreUnavailable):  # the next one who asks marks it
            self._mark([row])
        return replace(row, status=Status.INTERRUPTED, message=INTERRUPTED)

    def _mark(self, rows: Sequence[RunRow]) -> int:
        """Mark runs as interrupted, but none that somebody has saved since it was read."""
        change = {"status": Status.INTERRUPTED.value, "message": INTERRUPTED}
        marked = 0
        with self._database.writing() as connection:
            for row in rows:
                same = (runs_table.c.id == row.id) & (runs_table.c.heartbeat == row.heartbeat)
                marked += connection.execute(runs_table.update().where(same).values(**change)).rowcount
        return marked

    def _doomed(self, max_age: float, max_bytes: int) -> list[str]:
        """Return the runs that are too old or too much, newest first."""
        table, total, doomed = runs_table.c, 0, []
        query = sa.select(table.id, table.status, table.heartbeat, table.size).order_by(table.heartbeat.desc())
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        for run_id, status, heartbeat, size in rows:
            total += size + self.files(run_id).size()
            old = time.time() - heartbeat > max_age
            if not Status(status).live and (old or total > max_bytes):
                doomed.append(run_id)
        return doomed


def _stale(run_id: str, first: int, weights: bool) -> Any:
    """Return the bytes that a `save` replaces, as SQL."""
    text = sa.func.sum(sa.func.length(metrics_table.c.records))
    later = (metrics_table.c.run_id == run_id) & (metrics_table.c.seq >= first)
    replaced = sa.func.coalesce(sa.select(text).where(later).scalar_subquery(), 0)
    if not weights:
        return replaced
    old = sa.select(sa.func.length(weights_table.c.weights)).where(weights_table.c.run_id == run_id)
    return replaced + sa.func.coalesce(old.scalar_subquery(), 0)
