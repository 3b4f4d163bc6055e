"""The operator's door of this server: its checks and its figures, put together from engine, database and web server."""

from core.notes import get_notes
from core.paths import state_dir
from core.runs import Engine
from core.telemetry.health import Health, disk_room
from core.telemetry.metrics import get_metrics
from core.telemetry.operator import OperatorDoor, operator_place
from pages.ui.web.sessions import Sessions


def open_door(engine: Engine) -> OperatorDoor | None:
    """Open the port that `$SEVEN_STEPS_OPERATOR_PORT` names, or nothing; raises `ValueError`."""
    place = operator_place()
    if place is None:
        return None

    def hands_out() -> str:
        return "" if engine.stats().ready else "the engine takes no runs"

    def answers() -> str:
        get_notes().find("operator", "health")
        return ""

    health = Health({"engine": hands_out, "database": answers, "disk": lambda: disk_room(state_dir())})
    try:
        return OperatorDoor(place, health, lambda: figures(engine))
    except OSError as error:
        at = f"{place[0]}:{place[1]}"
        raise ValueError(f"SEVEN_STEPS_OPERATOR_PORT names {at}, which cannot be opened: {error.strerror}") from error


def figures(engine: Engine) -> str:
    """Return the figures of this process as OpenMetrics text."""
    stats = engine.stats()
    return get_metrics().text(
        {
            "seven_steps_runs_queued": stats.queued,
            "seven_steps_runs_running": stats.running,
            "seven_steps_runs_paused": stats.paused,
            "seven_steps_workers": stats.workers,
            "seven_steps_sessions": Sessions.connected,
        }
    )
