"""The store gives back what was put in, to its owner only, and survives a full disk."""

import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from core.runs import RunSpec, Snapshot, Status, UnknownRun
from core.runs.store import RunRow, Store
from core.training import StepRecord
from tests.runs_support import store_in

SPEC = RunSpec.of_recipe("quick")


def row(run_id="run", owner="ann", status=Status.FINISHED, **changes):
    return replace(RunRow(run_id, owner, SPEC.to_json(), status, "", time.time(), learning_rate=0.004), **changes)


def records(first, last):
    return [StepRecord(step, step / 10, 1 / step, 0.5, 0.1, step * 0.1) for step in range(first, last + 1)]


@pytest.fixture
def store(tmp_path):
    store = store_in(tmp_path)
    yield store
    store.close()


def test_records_come_back_from_any_index(store):
    everything = [*records(1, 7), replace(records(8, 8)[0], test_loss=0.3, test_accuracy=0.9)]
    store.save(row(), 0, everything[:3])
    store.save(row(), 3, everything[3:])
    for after in range(10):
        assert store.records("run", after) == tuple(everything[after:])
    assert store.load("run", "ann").records == 8


def test_a_loss_that_is_not_a_number_comes_back(store):
    store.save(row(status=Status.DIVERGED), 0, [replace(records(1, 1)[0], loss=float("inf"), diverged=True)])
    assert store.records("run")[0].loss == float("inf")


def test_weights_come_back_with_their_step(store):
    assert store.weights("run") is None
    store.save(row(), 0, [], Snapshot("run", 7, SPEC.model, b"old"))
    store.save(row(), 0, [], Snapshot("run", 9, SPEC.model, b"new"))
    assert store.weights("run") == (9, b"new")


def test_nobody_else_sees_a_run(store):
    store.save(row(), 0, records(1, 2))
    for run_id, owner in [("run", "bob"), ("other", "ann"), ("run", ""), ("", "ann"), ("run' OR 1=1 --", "ann")]:
        with pytest.raises(UnknownRun, match="There is no such run"):
            store.load(run_id, owner)
    assert store.runs_of("bob", 5) == []


def test_runs_are_listed_newest_first(store):
    for created, run_id in [(10.0, "b"), (30.0, "c"), (5.0, "a")]:
        store.save(row(run_id, created=created), 0, [])
    assert [run.id for run in store.runs_of("ann", 2)] == ["c", "b"]


def test_runs_of_a_server_that_has_gone_are_interrupted(tmp_path, store):
    store.save(row(status=Status.RUNNING), 0, records(1, 2))
    assert store.load("run", "ann").status == Status.RUNNING
    with closing(store_in(tmp_path)) as later:  # the same server, started again
        assert later.mark_interrupted() == 1
        assert later.load("run", "ann").status == Status.INTERRUPTED
        assert "can go on" in later.load("run", "ann").message
        assert later.mark_interrupted() == 0


def test_runs_of_a_silent_server_elsewhere_are_interrupted_and_of_a_lively_one_are_not(tmp_path, store):
    for run_id, silence in [("silent", 60), ("lively", 0)]:
        store.save(row(run_id, status=Status.RUNNING), 0, [])
        with closing(sqlite3.connect(tmp_path / "runs.db")) as database, database:
            change = "UPDATE runs SET server = 'elsewhere:1:x', heartbeat = ? WHERE id = ?"
            database.execute(change, (time.time() - silence, run_id))
    assert store.load("silent", "ann").status == Status.INTERRUPTED
    assert store.load("lively", "ann").status == Status.RUNNING


def test_old_runs_go_by_age_and_size_and_live_ones_stay(store):
    for run_id, status in [("old", Status.FINISHED), ("live", Status.RUNNING), ("new", Status.FINISHED)]:
        store.save(row(run_id, status=status), 0, records(1, 2), Snapshot(run_id, 1, SPEC.model, bytes(1000)))
        store.files(run_id).write(b"checkpoint")
        time.sleep(0.01)
    assert store.prune() == 0
    assert store.prune(max_bytes=2700) == 1  # three runs have some 3,500 bytes; the oldest goes
    with pytest.raises(UnknownRun):
        store.load("old", "ann")
    assert store.weights("old") is None
    assert store.records("old") == ()
    assert store.files("old").size() == 0
    assert store.prune(max_age=-1) == 1
    assert [run.id for run in store.runs_of("ann", 9)] == ["live"]


def test_a_full_disk_raises_and_leaves_what_was_there(tmp_path, store):
    store.save(row(), 0, records(1, 3), Snapshot("run", 3, SPEC.model, b"weights"))
    with store._database.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OperationalError, match="database or disk is full"):
        store.save(row(), 3, records(4, 6), Snapshot("run", 6, SPEC.model, bytes(100_000)))
    assert store.records("run") == tuple(records(1, 3))
    assert store.weights("run") == (3, b"weights")


def test_the_database_has_a_write_ahead_log(store):
    with store._database.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_the_default_is_in_the_state_folder_and_the_url_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("SEVEN_STEPS_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with closing(Store()) as store:
        assert store.checkpoints == tmp_path / "state" / "checkpoints"
    assert (tmp_path / "state" / "runs.db").exists()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    with closing(Store()):
        assert (tmp_path / "elsewhere.db").exists()
