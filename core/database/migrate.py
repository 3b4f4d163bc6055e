"""Bringing the tables up to date at start-up, once, however many processes start together."""

import logging
import threading
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.database.errors import DatabaseTooNew, unavailable
from core.database.tables import REVISION

LOG = logging.getLogger("seven_steps")
MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE = 30.0  # seconds that a server waits for its database at start-up
ADVISORY_LOCK = 7_577_001  # any number that no other program uses in our database
_one_thread = threading.Lock()  # Alembic keeps its context in its module


def bring_up_to_date(engine: sa.Engine, patience: float = PATIENCE) -> None:
    """Make the tables, or change those of an older version; raises `DatabaseTooNew`, or `StoreUnavailable` at last."""
    end = time.monotonic() + patience
    while True:
        try:
            if revision(engine) != REVISION:
                _migrate(engine)
            return
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            if time.monotonic() > end:
                raise unavailable(error) from error
            LOG.warning("waiting for the database: %s", error.orig)
            time.sleep(0.5)


def revision(engine: sa.Engine) -> str | None:
    """Return the migration the tables are at; None before there are any, or when no migration has made them."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _migrate(engine: sa.Engine) -> None:
    """Run the migrations that are missing in one transaction, while no other process can."""
    with _one_thread, engine.connect() as connection:
        try:
            _lock(connection)
            upgrade(connection)
            connection.commit()
        finally:
            connection.detach()  # its settings are not for others: it is closed, not put back


def _lock(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    else:
        connection.exec_driver_sql("PRAGMA busy_timeout = 60000")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")  # a table that is made anew must not take others along
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def upgrade(connection: sa.Connection, to: str = "head") -> None:
    """Run the migrations up to one of them on a connection; raises `DatabaseTooNew`."""
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    settings = alembic_settings(connection)
    found = _revision(connection)
    try:
        ScriptDirectory.from_config(settings).get_revision(found or "base")
    except CommandError:
        raise DatabaseTooNew(found or "") from None
    command.upgrade(settings, to)


def alembic_settings(connection: sa.Connection) -> Any:
    """Return Alembic's configuration for our migrations on a connection."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
