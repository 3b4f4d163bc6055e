"""The engine of this process, chosen by the operator's settings."""

from functools import lru_cache

from core.runs.engine import Engine


@lru_cache(maxsize=1)
def get_engine() -> Engine:
    """Return the engine that every page of this process shares; the first call starts it."""
    from core.runs.embedded import EmbeddedEngine

    return EmbeddedEngine()
