"""What a run that waits was told and the store does not keep: the steps it may take, and what it says at its start."""

import contextlib
import logging

from core.runs.engine import Status
from core.runs.live import LiveRun
from core.runs.ray_engine.messages import Order
from core.runs.ray_engine.order_file import OrderFile
from core.runs.store import Store
from core.telemetry.logs import log


def order_of(run: LiveRun) -> Order:
    """Return the order for an actor."""
    return Order(run.id, run.owner, run.spec.to_json(), run.created, run.wished_rate, run.budget, run.on_start)


def remember(run: LiveRun, store: Store) -> None:
    """Keep what the dispatcher that follows this one must know of a run; only of one in the queue there is more."""
    if run.status != Status.QUEUED:
        forget(run.id, store)
        return
    try:
        _file(run.id, store).write(order_of(run))
    except OSError as error:  # it matters only if the dispatcher dies, too
        log(logging.WARNING, "what a run was told cannot be kept", run=run.id, reason=str(error))


def forget(run_id: str, store: Store) -> None:
    """Remove what was kept: an actor has the run, or it is over."""
    with contextlib.suppress(OSError):
        _file(run_id, store).remove()


def remembered(run: LiveRun, store: Store) -> LiveRun:
    """Return a run of the store with what was kept of it."""
    order = _file(run.id, store).read()
    if run.status == Status.PAUSED:
        run.budget = 0
    elif order is not None:
        run.wished_rate, run.budget, run.on_start = order.learning_rate, order.budget, order.on_start
    return run


def _file(run_id: str, store: Store) -> OrderFile:
    return OrderFile(store.checkpoints, f"waiting:{run_id}")
