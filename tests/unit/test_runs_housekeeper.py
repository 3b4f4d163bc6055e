"""The housekeeper: old runs go, what killed processes left goes, and nobody waits for it."""

import json
import os
import threading
import time
from contextlib import closing

import pytest

from core.runs import Status, housekeeper
from core.runs.housekeeper import tidy
from core.runs.rows import RunRow
from core.runs.store import MAX_AGE, Store
from tests.runs_support import SHORT, embedded_engine_in, store_in, until, until_over

DAY = 86_400.0


@pytest.fixture
def store(tmp_path):
    with closing(store_in(tmp_path)) as store:
        store.checkpoints.mkdir()
        yield store


def row(run_id, status=Status.FINISHED):
    return RunRow(run_id, "ann", SHORT.to_json(), status, "", time.time())


def age(store, run_id, seconds):
    with store._database.writing() as connection:
        change = "UPDATE runs SET heartbeat = ?, server = 'elsewhere' WHERE id = ?"
        connection.exec_driver_sql(change, (time.time() - seconds, run_id))


def left(path, seconds=DAY, content=b""):
    """Make a file that was written so many seconds ago."""
    path.write_bytes(content)
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def order(run_id):
    return json.dumps({"run_id": run_id}).encode()


def test_files_that_killed_processes_left_are_removed_and_others_stay(store):
    store.save(row("lives", Status.RUNNING), 0, [])
    store.save(row("over"), 0, [])
    folder = store.checkpoints
    gone = [
        left(folder / ".a.0.checkpoint-x1y2"),
        left(folder / "run-1.order", content=order("over")),
        left(folder / "waiting-b.order", content=order("never saved")),
        left(folder / "run-2.order", content=b"not an order"),
    ]
    stay = [
        left(folder / ".a.1.checkpoint-x1y2", 10.0),
        left(folder / "a.0.checkpoint"),
        left(folder / "run-3.order", content=order("lives")),
        left(folder / "run-4.order", 10.0, order("over")),
    ]
    tidy(store)
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in stay)


def test_live_runs_of_a_cluster_that_has_gone_are_interrupted(store):
    for run_id, silence in (("dead", 60.0), ("lively", 0.0)):
        store.save(row(run_id, Status.RUNNING), 0, [])
        age(store, run_id, silence)
    tidy(store)
    assert [found.id for found in store.live()] == ["lively"]


def test_an_engine_prunes(store, tmp_path, monkeypatch):
    monkeypatch.setattr(housekeeper, "FIRST_SECONDS", 0.1)
    store.save(row("old"), 0, [])
    store.save(row("new"), 0, [])
    age(store, "old", MAX_AGE + DAY)
    with embedded_engine_in(tmp_path) as engine:
        until(lambda: [run.run_id for run in engine.runs("ann")] == ["new"])


def test_a_slow_prune_keeps_no_run_waiting(tmp_path, monkeypatch):
    begun, done = threading.Event(), threading.Event()

    def slow(store):
        begun.set()
        done.wait(60)
        return 0

    monkeypatch.setattr(housekeeper, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(Store, "prune", slow)
    with embedded_engine_in(tmp_path) as engine:
        until(begun.is_set)
        run = engine.submit(SHORT, "ann")
        until_over(engine, run, "ann")
        until(lambda: run not in engine._supervisor.runs)  # saved
        done.set()


def test_a_fault_does_not_end_the_housekeeper(tmp_path, monkeypatch, caplog):
    seen = []

    def broken(store):
        seen.append(store)
        raise OSError("read-only file system")

    monkeypatch.setattr(housekeeper, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(housekeeper, "PRUNE_SECONDS", 0.0)
    monkeypatch.setattr(housekeeper, "tidy", broken)
    with embedded_engine_in(tmp_path):
        until(lambda: len(seen) > 2)
    assert "read-only file system" in caplog.text
