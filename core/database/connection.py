"""Connections that answer soon: a database that is gone, locked or full is one sentence, and is not asked too often."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from core.database.errors import SILENT, StoreUnavailable, unavailable
from core.database.migrate import bring_up_to_date
from core.database.url import make_engine

LOG = logging.getLogger("seven_steps")
REST_SECONDS = 1.0  # after a failure nobody waits for the database, so that a hundred pages do not wait in turn


class Database:
    """A database with its tables up to date; any thread may use it."""

    def __init__(self, url: str | None = None) -> None:
        self.engine = make_engine(url)
        self._resting = {"read": 0.0, "write": 0.0}  # until when, on the monotonic clock
        self._failing = ""  # why, until it can be used again
        bring_up_to_date(self.engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection to read with; raises `StoreUnavailable` at once or within a few seconds."""
        with self._guarded("read"), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield a connection whose changes are kept all or not at all; raises `StoreUnavailable` like `reading`."""
        with self._guarded("write"), self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _guarded(self, way: str) -> Iterator[None]:
        if time.monotonic() < self._resting[way]:
            raise StoreUnavailable(self._failing or SILENT)
        try:
            yield
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            failure = unavailable(error)
            self._resting[way] = time.monotonic() + REST_SECONDS
            if not self._failing:
                LOG.warning("the database cannot be used: %s", error)
            self._failing = failure.reason
            raise failure from error
        if self._failing:
            self._failing = ""
            LOG.warning("the database can be used again")
