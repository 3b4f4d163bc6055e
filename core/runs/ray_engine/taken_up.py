"""How a run comes into an actor's hands: new, again, or after the process that had it died."""

from dataclasses import replace

from core.runs.engine import Status, UnknownRun
from core.runs.live import LiveRun
from core.runs.patience import TOOK_OVER
from core.runs.ray_engine.messages import Order
from core.runs.spec import RunSpec
from core.runs.store import Store

SERVER = "ray-run:"  # the first letters of a run actor's name in the store


def taken_up(order: Order, store: Store) -> LiveRun:
    """Return the run of an order, as far as the store and its checkpoints know it."""
    try:
        run = LiveRun.read(store.load(order.run_id, order.owner), store)
    except UnknownRun:
        rate = order.learning_rate
        run = LiveRun(order.run_id, order.owner, RunSpec.from_json(order.spec), order.created, rate, rate)
    run.wished_rate, run.budget, run.on_start = order.learning_rate, order.budget, order.on_start
    if order.deaths:
        run.on_start = TOOK_OVER
        if order.pause_at is not None:
            checkpoint, _ = store.files(run.id).newest()
            run.budget = max(0, order.pause_at - (checkpoint.step if checkpoint else 0))
    run.deaths, run.status, run.message = order.deaths, Status.QUEUED, ""
    return run


def after(order: Order, run: LiveRun) -> Order:
    """Return the order as the commands that the run has had since leave it."""
    pause_at = None if run.budget is None else run.step + run.budget
    return replace(order, learning_rate=run.wished_rate, pause_at=pause_at if run.budget else run.budget)
