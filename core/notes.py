"""What a learner made besides runs, such as a drawing: small texts by owner and name, in the database of the runs."""

import time
from functools import lru_cache

import sqlalchemy as sa

from core.runs.store import connect

MAX_CHARACTERS = 400_000  # of one note
MAX_NOTES = 50_000  # of all owners; the oldest go first
PRUNE_EVERY = 1_000  # notes kept between two looks at the number

metadata = sa.MetaData()
notes_table = sa.Table(
    "notes",
    metadata,
    sa.Column("owner", sa.String(128), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written", sa.Float, nullable=False),  # seconds since 1970
)


class Notes:
    """Small texts on disk; every method may be called from any thread and raises SQLAlchemy's errors."""

    def __init__(self, url: str | None = None) -> None:
        self._database = connect(url)
        self._kept = 0
        metadata.create_all(self._database)

    def keep(self, owner: str, name: str, text: str) -> None:
        """Write a note over the one of that name; raises `ValueError` when it is too long."""
        if len(text) > MAX_CHARACTERS:
            raise ValueError(f"{name} has {len(text)} characters; it must have at most {MAX_CHARACTERS}")
        mine = (notes_table.c.owner == owner) & (notes_table.c.name == name)
        with self._database.begin() as connection:
            connection.execute(notes_table.delete().where(mine))
            connection.execute(notes_table.insert().values(owner=owner, name=name, text=text, written=time.time()))
        self._kept += 1
        if self._kept % PRUNE_EVERY == 0:
            self.prune()

    def find(self, owner: str, name: str) -> str | None:
        """Return the owner's note of that name, or None."""
        query = sa.select(notes_table.c.text).where(notes_table.c.owner == owner, notes_table.c.name == name)
        with self._database.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def prune(self, most: int = MAX_NOTES) -> None:
        """Delete the oldest notes beyond `most`."""
        newest = sa.select(notes_table.c.written).order_by(notes_table.c.written.desc()).offset(most).limit(1)
        with self._database.begin() as connection:
            limit = connection.execute(newest).scalar_one_or_none()
            if limit is not None:
                connection.execute(notes_table.delete().where(notes_table.c.written <= limit))

    def close(self) -> None:
        """Close every connection."""
        self._database.dispose()


@lru_cache(maxsize=1)
def get_notes() -> Notes:
    """Return the notes that every page of this process shares."""
    return Notes()
