"""What can be wrong with the database, in sentences for those who cannot repair it."""

import sqlalchemy as sa

REASONS = {  # words in a driver's message → what they mean
    "full": "the disk of the server is full",
    "no space left": "the disk of the server is full",
    "disk i/o": "the disk of the server cannot be written",
    "locked": "the database is busy",
    "timeout": "the database is busy",
    "limit of size": "the database is busy",  # the pool of connections
    "readonly": "the disk of the server can only be read",
    "read-only": "the disk of the server can only be read",
    "malformed": "the file of the database is damaged",
    "not a database": "the file of the database is damaged",
}
SILENT = "the database does not answer"


class StoreUnavailable(RuntimeError):
    """The database cannot be used just now; `reason` says why, the message also says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Saved runs and drawings cannot be reached just now: {reason}. "
            "What was saved is kept. Please try again in a minute."
        )
        self.reason = reason


class DatabaseTooNew(RuntimeError):
    """A newer version of the project has changed the tables."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database was changed by a newer version of Seven Steps (its tables are at {revision!r}, which this "
            "version does not know). Start that version again, or use a backup from before."
        )


def unavailable(error: Exception) -> StoreUnavailable:
    """Return the sentence for an error of the driver, of the pool of connections or of the disk."""
    text = str(error.orig if isinstance(error, sa.exc.DBAPIError) else error).lower()
    known = (meaning for words, meaning in REASONS.items() if words in text)
    return StoreUnavailable(next(known, SILENT))
