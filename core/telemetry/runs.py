"""What happens to a run, as a log line and in the figures: submitted, refused, started, ended."""

import logging

from core.telemetry.logs import log, short
from core.telemetry.metrics import get_metrics


def run_submitted(run_id: str, owner: str, parameters: int, epochs: int) -> None:
    """A learner's run stands in the queue."""
    get_metrics().count("seven_steps_runs_submitted")
    log(logging.INFO, "run submitted", run=run_id, owner=short(owner), parameters=parameters, epochs=epochs)


def run_resumed(run_id: str, owner: str) -> None:
    """A run that had ended stands in the queue again."""
    get_metrics().count("seven_steps_runs_submitted")
    log(logging.INFO, "run taken up again", run=run_id, owner=short(owner))


def run_refused(owner: str, reason: str) -> None:
    """A run was not taken, because a queue was full."""
    get_metrics().count("seven_steps_runs_refused")
    log(logging.INFO, "run refused", owner=short(owner), reason=reason)


def run_started(run_id: str, owner: str, waited: float, step: int) -> None:
    """A worker has the run; `waited` seconds it stood in the queue."""
    get_metrics().observe("seven_steps_queue_wait_seconds", waited)
    log(logging.INFO, "run started", run=run_id, owner=short(owner), waited=round(waited, 3), step=step)


def run_ended(run_id: str, owner: str, status: str, step: int, seconds: float, message: str) -> None:
    """The run is over, or was interrupted; `seconds` of training it took."""
    get_metrics().count("seven_steps_runs_ended", status)
    get_metrics().observe("seven_steps_run_seconds", seconds)
    level = logging.ERROR if status == "failed" else logging.INFO
    spent = round(seconds, 3)
    log(level, "run ended", run=run_id, owner=short(owner), status=status, step=step, seconds=spent, message=message)


def worker_lost(run_id: str, owner: str, deaths: int) -> None:
    """The process that trained a run died; it was the run's `deaths`-th."""
    get_metrics().count("seven_steps_workers_lost")
    log(logging.WARNING, "worker lost", run=run_id, owner=short(owner), deaths=deaths)
