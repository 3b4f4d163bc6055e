"""How a run comes into an actor's hands: new, again, or after the process that had it died."""

from core.runs.engine import Status, UnknownRun
from core.runs.live import LiveRun
from core.runs.ray_engine.messages import Order
from core.runs.spec import RunSpec
from core.runs.store import Store
from core.runs.supervisor import TOOK_OVER

SERVER = "ray-run:"  # the first letters of a run actor's name in the store


def taken_up(order: Order, store: Store) -> LiveRun:
    """Return the run of an order; when an earlier process had it and died, the store knows better than the order."""
    again = False
    try:
        row = store.load(order.run_id, order.owner)
        run = LiveRun.read(row, store)
        again = order.deaths > 0 and row.server.startswith(SERVER)
    except UnknownRun:
        rate = order.learning_rate
        run = LiveRun(order.run_id, order.owner, RunSpec.from_json(order.spec), order.created, rate, rate)
    if again:
        run.budget = 0 if run.status == Status.PAUSED else None
    else:
        run.wished_rate, run.budget = order.learning_rate, order.budget
    run.on_start = TOOK_OVER if order.deaths else order.on_start
    run.deaths, run.status, run.message = order.deaths, Status.QUEUED, ""
    return run
