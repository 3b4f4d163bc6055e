"""Connections that answer soon: a database that is gone, locked or full is one sentence, and is not asked too often."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from core.database.errors import SILENT, StoreUnavailable, unavailable
from core.database.migrate import bring_up_to_date
from core.database.url import make_engine

LOG = logging.getLogger("seven_steps")
REST_SECONDS = 1.0  # after a failure nobody waits for the database, so that a hundred pages do not wait in turn


@dataclass
class Way:
    """Reading or writing: what was wrong with it last, "" for nothing, and until when nobody tries it again."""

    name: str
    reason: str = ""
    rests_until: float = 0.0  # on the monotonic clock


class Database:
    """A database with its tables up to date; any thread may use it."""

    def __init__(self, url: str | None = None) -> None:
        self.engine = make_engine(url)
        self.read, self.write = Way("read"), Way("written")
        bring_up_to_date(self.engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection to read with; raises `StoreUnavailable` at once or within a few seconds."""
        with guarded(self.read), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield a connection whose changes are kept all or not at all; raises `StoreUnavailable` like `reading`."""
        with guarded(self.write), self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def guarded(way: Way) -> Iterator[None]:
    """Raise `StoreUnavailable` instead of the driver's errors, and for a while after one without trying."""
    if time.monotonic() < way.rests_until:
        raise StoreUnavailable(way.reason or SILENT)
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        failure = unavailable(error)
        if not way.reason:
            LOG.warning("the database cannot be %s: %s", way.name, getattr(error, "orig", None) or error)
        rest = 0.0 if isinstance(error, sa.exc.IntegrityError | sa.exc.DataError) else REST_SECONDS  # not its fault
        way.reason, way.rests_until = failure.reason, time.monotonic() + rest
        raise failure from error
    if way.reason:
        way.reason = ""
        LOG.warning("the database can be %s again", way.name)
