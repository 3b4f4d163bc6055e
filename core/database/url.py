"""Which database: SQLite beside the project, or the one that `DATABASE_URL` names; with limits on every wait."""

import os
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa

from core.paths import state_dir

BUSY_SECONDS = 2.0  # that a page waits for a lock, or for a connection; the recorder tries again by itself
CONNECT_SECONDS = 3
STATEMENT_SECONDS = 5
POOL = {"pool_size": 5, "max_overflow": 15, "pool_timeout": BUSY_SECONDS, "pool_pre_ping": True}
PSYCOPG = "postgresql+psycopg"


def make_engine(url: str | None = None) -> sa.Engine:
    """Return the database at `url`, else at `$DATABASE_URL`, else `runs.db` in the folder a server writes to.

    SQLite has a write-ahead log, so that readers and the writer do not wait. Raises `ValueError` for a bad address.
    """
    address = _address(url or os.environ.get("DATABASE_URL") or f"sqlite:///{state_dir() / 'runs.db'}")
    return _postgresql(address) if address.drivername == PSYCOPG else _sqlite(address)


def _address(text: str) -> sa.URL:
    """Return the address with the driver we use; an error never repeats it, for it may hold a password."""
    try:
        address = sa.make_url(text)
    except sa.exc.ArgumentError:
        address = sa.URL.create("")
    if address.drivername in ("postgres", "postgresql", PSYCOPG):
        return address.set(drivername=PSYCOPG)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise ValueError(
            "DATABASE_URL names no database that can be used; it must look like "
            "postgresql://name:password@host/database or sqlite:////folder/runs.db"
        )
    return address


def _postgresql(address: sa.URL) -> sa.Engine:
    if find_spec("psycopg") is None:
        raise ValueError(
            "DATABASE_URL names a PostgreSQL database, for which the package psycopg is missing; "
            "install it with: .venv/bin/pip install -r requirements-cluster.txt"
        )
    limits = {"statement_timeout": STATEMENT_SECONDS, "lock_timeout": BUSY_SECONDS}
    options = " ".join(f"-c {name}={1000 * seconds:.0f}" for name, seconds in limits.items())
    wait = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": 1000 * STATEMENT_SECONDS, "options": options}
    return sa.create_engine(address, connect_args={**wait, **address.query}, pool_recycle=1800, **POOL)


def _sqlite(address: sa.URL) -> sa.Engine:
    engine = sa.create_engine(address, connect_args={"timeout": BUSY_SECONDS}, **POOL)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
