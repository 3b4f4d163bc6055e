"""The engine of this process, chosen by the operator's settings."""

import os
import re
from functools import lru_cache
from importlib.util import find_spec

from core.database.url import make_engine as make_database
from core.runs.engine import Engine

CLUSTER = re.compile(r"ray(://[^\s/:]+:\d{1,5})?")
ALLOWED = (
    '"embedded" (or nothing), "ray", or "ray://" with the host and port of a cluster, such as ray://ray-head:10001'
)


@lru_cache(maxsize=1)
def get_engine() -> Engine:
    """Return the engine that every page of this process shares; the first call starts it."""
    return make_engine(os.environ.get("SEVEN_STEPS_ENGINE", ""))


def make_engine(setting: str) -> Engine:
    """Start the engine that `$SEVEN_STEPS_ENGINE` names; raises `ValueError` for any other name."""
    if is_embedded(setting):
        from core.runs.embedded import EmbeddedEngine

        return EmbeddedEngine()
    from core.runs.ray_engine.engine import RayEngine

    return RayEngine(setting)


def check_settings() -> None:
    """Raise `ValueError` for a setting of engine, workers or database that cannot be meant; starts nothing."""
    from core.runs.embedded import worker_count

    is_embedded(os.environ.get("SEVEN_STEPS_ENGINE", ""))
    worker_count()
    make_database().dispose()


def is_embedded(setting: str) -> bool:
    """Return whether `$SEVEN_STEPS_ENGINE` names the embedded engine; raises `ValueError` if it names none."""
    if setting in ("", "embedded"):
        return True
    if not CLUSTER.fullmatch(setting):
        raise ValueError(f"SEVEN_STEPS_ENGINE is {setting!r}; it must be {ALLOWED}")
    if find_spec("ray") is None:
        raise ValueError(
            f"SEVEN_STEPS_ENGINE is {setting!r}, for which the package ray is missing; "
            "install it with: .venv/bin/pip install -r requirements-cluster.txt"
        )
    return False
