"""The way to a cluster is lost when it is broken, and only then; what is read on it keeps no page waiting."""

import threading
import time
from contextlib import closing
from types import SimpleNamespace

import pytest

from core.runs import EngineAway, Status
from core.runs.live import LiveRun
from core.runs.ray_engine import cluster
from core.runs.ray_engine.link import AWAY_AT_ONCE, Link
from core.runs.ray_engine.messages import Answers, Home, Standing
from core.runs.ray_engine.mirror import Mirror
from core.runs.ray_engine.watcher import Watcher
from core.runs.rows import RunRow
from core.telemetry.metrics import get_metrics
from tests.ray_double import RayError, RayTaskError
from tests.runs_support import SHORT, until


class Desk:
    """A dispatcher that answers at once, or not at all."""

    def __init__(self):
        self.hangs = threading.Event()
        self.stats = SimpleNamespace(remote=lambda: self)


def get(desk):
    if desk.hangs.is_set():
        time.sleep(0.5)
    return "stats"


@pytest.fixture
def link(monkeypatch):
    errors = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)
    monkeypatch.setattr(cluster, "ray", lambda: SimpleNamespace(exceptions=errors, get=get))
    monkeypatch.setattr(Link, "_connect", lambda self: Desk())
    return Link("ray://nowhere:1", Home(), 1)


def fails(error):
    def call(ray, desk):
        raise error

    return call


def hangs(ray, desk):
    time.sleep(1.0)


def test_an_error_of_the_call_is_an_answer_of_a_link_that_works(link, caplog):
    with pytest.raises(EngineAway):
        link.ask(fails(RayTaskError(OSError("in the program"))), 1.0)
    assert not link.away
    assert "in the program" in caplog.text


@pytest.mark.parametrize("error", [ConnectionError("broken"), RayError("the dispatcher has died")])
def test_a_broken_link_is_lost_and_made_anew(link, error):
    with pytest.raises(EngineAway):
        link.ask(fails(error), 1.0)
    assert link.away
    assert link.revive()
    assert link.ask(lambda ray, desk: "an answer", 1.0) == "an answer"


def test_a_slow_call_casts_doubt_which_a_probe_clears(link):
    with pytest.raises(EngineAway):
        link.ask(hangs, 0.05)
    assert (link.away, link.doubted) == (False, True)
    link.probe(5.0)
    assert (link.away, link.doubted) == (False, False)


def test_a_probe_without_an_answer_loses_the_link(link):
    link._dispatcher.hangs.set()
    with pytest.raises(EngineAway):
        link.probe(0.05)
    assert link.away


def test_a_late_failure_of_an_old_call_does_not_touch_a_new_link(link):
    late, told = threading.Event(), []

    def old(ray, desk):
        late.wait(10)
        raise ConnectionError("of the old link")

    def ask():
        with pytest.raises(EngineAway):
            link.ask(old, 10.0)
        told.append(True)

    caller = threading.Thread(target=ask)
    caller.start()
    with pytest.raises(EngineAway):
        link.ask(fails(ConnectionError("broken")), 1.0)
    link.revive()
    late.set()
    caller.join()
    assert told
    assert not link.away


def test_calls_that_hang_do_not_keep_the_link_from_being_probed(link):
    def ask():
        with pytest.raises(EngineAway):
            link.ask(hangs, 0.05)

    callers = [threading.Thread(target=ask) for _ in range(AWAY_AT_ONCE + 6)]
    for caller in callers:
        caller.start()
    link.probe(5.0)
    assert not link.away
    for caller in callers:
        caller.join()


def a_run(**changes):
    run = LiveRun("run", "ann", SHORT, 0.0, 0.1, 0.1)
    for name, value in changes.items():
        setattr(run, name, value)
    return run


class QuietLink:
    """A link that is never away and knows nothing."""

    away = doubted = False

    def ask(self, call, seconds, vital=False):
        return Answers({}, frozenset())


@pytest.fixture
def watcher():
    with closing(Watcher(QuietLink(), None)) as watcher:
        yield watcher


def test_the_store_is_read_while_pages_go_on(watcher):
    free = []

    def records(run_id):
        def look():
            free.append(watcher.lock.acquire(timeout=5))
            watcher.lock.release()

        other = threading.Thread(target=look)  # a page that polls
        other.start()
        other.join()
        return ()

    row = RunRow("run", "ann", SHORT.to_json(), Status.FINISHED, "", 0.0)
    watcher._store = SimpleNamespace(load=lambda run_id, owner: row, records=records)
    mirror = Mirror(a_run())
    watcher._settle(mirror)
    assert free == [True]
    assert mirror.run.status == Status.FINISHED


def test_another_machines_clock_is_no_measure_of_waiting(watcher):
    run = a_run()
    run.queued = run.watched = 1e12
    watcher.attach(run)
    assert time.monotonic() - 5 < run.queued <= time.monotonic()


def workers_lost():
    line = next(line for line in get_metrics().text({}).splitlines() if line.startswith("seven_steps_workers_lost_"))
    return float(line.split()[1])


@pytest.mark.parametrize(("counted", "lost"), [(True, 2), (False, 0)])
def test_processes_that_died_elsewhere_are_counted_where_the_run_was_submitted(counted, lost):
    before, mirror = workers_lost(), Mirror(a_run(counted=counted))
    for deaths in (0, 1, 1, 2, 0, 2):  # 0: said by the dispatcher, which does not know
        mirror.hear(Standing("ann", Status.RUNNING, "", "", 5, 1.0, 0.1, deaths=deaths))
    assert workers_lost() == before + lost


def test_an_end_is_settled_after_a_while_and_a_run_taken_up_again_is_not(monkeypatch):
    monkeypatch.setattr("core.runs.ray_engine.mirror.SETTLED_SECONDS", 0.05)
    mirror = Mirror(a_run())
    assert not mirror.settled
    mirror.hear(Standing("ann", Status.STOPPED, "", "", 5, 1.0, 0.1))
    assert not mirror.settled
    until(lambda: mirror.settled)
    mirror.hear(Standing("ann", Status.RUNNING, "", "", 6, 1.0, 0.1))
    assert not mirror.settled
