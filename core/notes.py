"""What a learner made besides runs, such as a drawing: small texts by owner and name, in the database of the runs."""

import threading
import time
from contextlib import suppress
from functools import lru_cache

import sqlalchemy as sa

from core.database import Database, StoreUnavailable
from core.database.tables import notes as notes_table
from core.database.upsert import insert_or_replace

MAX_CHARACTERS = 400_000  # of one note
MAX_NOTES = 50_000  # of all owners; the oldest go first
PRUNE_EVERY = 1_000  # notes kept between two looks at the number
MAX_WAITING = 500  # notes in memory while the database cannot be used
MAX_WAITING_CHARACTERS = 40_000_000  # of all of them
RETRY_SECONDS = 1.0


class Notes:
    """Small texts on disk; every method may be called from any thread and raises `StoreUnavailable`.

    A note that the database does not take is held in memory, found there, and written as soon as the database can.
    """

    def __init__(self, url: str | None = None) -> None:
        self._database = Database(url)
        self._kept = 0
        self._waiting: dict[tuple[str, str], tuple[str, float]] = {}  # what the database has not taken yet
        self._lock = threading.Lock()  # guards what waits
        self._closed = threading.Event()
        self._writer: threading.Thread | None = None

    def keep(self, owner: str, name: str, text: str) -> None:
        """Write a note over the one of that name; raises `ValueError` when it is too long.

        After `StoreUnavailable` the note waits in memory, as the newest `MAX_WAITING` do.
        """
        if len(text) > MAX_CHARACTERS:
            raise ValueError(f"{name} has {len(text)} characters; it must have at most {MAX_CHARACTERS}")
        with self._lock:
            self._waiting.pop((owner, name), None)
            self._waiting[owner, name] = (text, time.time())
            self._forget_oldest()
        try:
            self._write(owner, name)
        except StoreUnavailable:
            self._write_later()
            raise
        self._kept += 1
        if self._kept % PRUNE_EVERY == 0:
            with suppress(StoreUnavailable):  # this note is kept; the next thousand will see to it
                self.prune()

    def find(self, owner: str, name: str) -> str | None:
        """Return the owner's note of that name, or None."""
        with self._lock:
            if waiting := self._waiting.get((owner, name)):
                return waiting[0]
        query = sa.select(notes_table.c.text).where(notes_table.c.owner == owner, notes_table.c.name == name)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def waits(self, owner: str, name: str) -> bool:
        """Return whether a note is held in memory because the database has not taken it yet."""
        return (owner, name) in self._waiting

    def prune(self, most: int = MAX_NOTES) -> None:
        """Delete the oldest notes beyond `most`."""
        newest = sa.select(notes_table.c.written).order_by(notes_table.c.written.desc()).offset(most).limit(1)
        with self._database.writing() as connection:
            limit = connection.execute(newest).scalar_one_or_none()
            if limit is not None:
                connection.execute(notes_table.delete().where(notes_table.c.written <= limit))

    def close(self) -> None:
        """Write what waits, if the database can be used, and close every connection."""
        self._closed.set()
        writer = self._writer
        if writer is not None:
            writer.join()
        self._database.close()

    def _forget_oldest(self) -> None:
        """Keep what waits within its bounds; called under the lock."""
        size = sum(len(text) for text, _ in self._waiting.values())
        for key in list(self._waiting):
            if len(self._waiting) <= MAX_WAITING and size <= MAX_WAITING_CHARACTERS:
                return
            size -= len(self._waiting.pop(key)[0])

    def _write(self, owner: str, name: str) -> None:
        """Write what waits under this name, if anything does; it waits no longer unless it has changed meanwhile."""
        with self._lock:
            note = self._waiting.get((owner, name))
        if note is None:
            return
        values = {"owner": owner, "name": name, "text": note[0], "written": note[1]}
        with self._database.writing() as connection:
            insert_or_replace(connection, notes_table, values, newest="written")
        with self._lock:
            if self._waiting.get((owner, name)) == note:
                del self._waiting[owner, name]

    def _write_later(self) -> None:
        with self._lock:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_waiting, name="seven-steps-notes", daemon=True)
                self._writer.start()

    def _write_waiting(self) -> None:
        """Try again and again until nothing waits; once more when this server ends."""
        last = False
        while not last:
            last = self._closed.wait(RETRY_SECONDS)
            with suppress(StoreUnavailable):
                for owner, name in list(self._waiting):
                    self._write(owner, name)
            with self._lock:
                if not self._waiting:
                    self._writer = None
                    return


@lru_cache(maxsize=1)
def get_notes() -> Notes:
    """Return the notes that every page of this process shares."""
    return Notes()
