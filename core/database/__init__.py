"""The database: where it is, its tables and their migrations, and what is said when it does not answer."""

from core.database.connection import Database
from core.database.errors import DatabaseTooNew, StoreUnavailable

__all__ = ["Database", "DatabaseTooNew", "StoreUnavailable"]
