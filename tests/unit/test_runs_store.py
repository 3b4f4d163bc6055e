"""The store gives back what was put in, to its owner only, on SQLite and PostgreSQL, and survives a full disk."""

import multiprocessing
import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.database import StoreUnavailable
from core.runs import RunSpec, Snapshot, Status, UnknownRun
from core.runs.rows import RunRow
from core.runs.store import Store, TakenOver
from core.training import StepRecord
from tests.runs_support import store_in

SPEC = RunSpec.of_recipe("quick")


def row(run_id="run", owner="ann", status=Status.FINISHED, **changes):
    return replace(RunRow(run_id, owner, SPEC.to_json(), status, "", time.time(), learning_rate=0.004), **changes)


def records(first, last):
    return [StepRecord(step, step / 10, 1 / step, 0.5, 0.1, step * 0.1) for step in range(first, last + 1)]


@pytest.fixture
def open_store(database_url, tmp_path):
    """`open_store()` is another server's store of the same database; `open_store(name)` one with this name."""
    stores = []

    def make(server=None):
        stores.append(Store(database_url, tmp_path / "checkpoints", server))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store):
    return open_store()


def execute(store, statement, **values):
    with store._database.engine.begin() as connection:
        result = connection.execute(sa.text(statement), values)
        return list(result.scalars()) if result.returns_rows else None


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


STRANGERS = [("run", "bob"), ("other", "ann"), ("run", ""), ("", "ann"), ("run' OR 1=1 --", "ann"), ("run\0", "ann")]


def test_nobody_else_sees_a_run(store):
    store.save(row(), 0, records(1, 2))
    for run_id, owner in STRANGERS:
        with pytest.raises(UnknownRun, match="There is no such run"):
            store.load(run_id, owner)
    assert store.runs_of("bob", 5) == []


def test_runs_are_listed_newest_first(store):
    for created, run_id in [(10.0, "b"), (30.0, "c"), (5.0, "a")]:
        store.save(row(run_id, created=created), 0, [])
    assert [run.id for run in store.runs_of("ann", 2)] == ["c", "b"]


def test_runs_of_a_server_that_has_gone_are_interrupted(open_store, store):
    store.save(row(status=Status.RUNNING), 0, records(1, 2))
    assert store.load("run", "ann").status == Status.RUNNING
    later = open_store()  # the same server, started again
    assert later.mark_interrupted() == 1
    assert later.load("run", "ann").status == Status.INTERRUPTED
    assert "can go on" in later.load("run", "ann").message
    assert later.mark_interrupted() == 0


@pytest.mark.parametrize("server", ["elsewhere:1:x", "a name of its own"])
def test_runs_of_a_silent_server_elsewhere_are_interrupted_and_of_a_lively_one_are_not(store, server):
    for run_id, silence in [("silent", 60), ("lively", 0)]:
        store.save(row(run_id, status=Status.RUNNING), 0, [])
        change = "UPDATE runs SET server = :server, heartbeat = :beat WHERE id = :id"
        execute(store, change, server=server, beat=time.time() - silence, id=run_id)
    assert store.load("silent", "ann").status == Status.INTERRUPTED
    assert store.load("lively", "ann").status == Status.RUNNING
    assert store.mark_interrupted() == 0


def test_servers_of_one_name_are_one(open_store):
    one, other = open_store("the cluster"), open_store("the cluster")
    one.save(row(status=Status.RUNNING), 0, records(1, 2))
    other.save(row(status=Status.RUNNING), 2, records(3, 4))
    one.save(row(), 4, records(5, 6))
    assert other.load("run", "ann").status == Status.FINISHED
    assert one.records("run") == tuple(records(1, 6))


def test_a_run_that_another_server_has_taken_up_is_written_by_that_one_only(open_store):
    old, new = open_store("old"), open_store("new")
    old.save(row(status=Status.RUNNING), 0, records(1, 3))
    execute(old, "UPDATE runs SET heartbeat = 0")  # it hangs, or its network does
    assert new.mark_interrupted() == 1
    new.save(row(status=Status.QUEUED, step=3), 3, [])
    with pytest.raises(TakenOver, match="Another server"):
        old.save(row(step=4), 3, records(4, 4), Snapshot("run", 4, SPEC.model, b"late"))
    execute(new, "UPDATE runs SET heartbeat = 1")
    old.beat(["run"])
    assert execute(new, "SELECT heartbeat FROM runs") == [1.0]
    new.beat(["run"])
    assert (new.load("run", "ann").status, new.load("run", "ann").server) == (Status.QUEUED, new.server)
    assert (new.records("run"), new.weights("run")) == (tuple(records(1, 3)), None)
    new.save(row(), 3, records(4, 5))
    assert new.records("run") == tuple(records(1, 5))


def test_a_server_that_was_only_slow_keeps_its_run(open_store):
    slow, other = open_store("slow"), open_store()
    slow.save(row(status=Status.RUNNING), 0, records(1, 3))
    execute(slow, "UPDATE runs SET heartbeat = 0")
    assert other.load("run", "ann").status == Status.INTERRUPTED
    slow.save(row(status=Status.RUNNING, step=4), 3, records(4, 4))
    assert other.load("run", "ann").status == Status.RUNNING
    assert other.records("run") == tuple(records(1, 4))


def test_a_run_taken_up_by_turns_is_written_by_whoever_has_it(open_store):
    one, other = open_store(), open_store()
    for turn, writer in enumerate((one, other, one, other)):
        writer.save(row(status=Status.RUNNING), turn, records(turn + 1, turn + 1))
        writer.save(row(status=Status.STOPPED), turn + 1, [])
    assert one.records("run") == tuple(records(1, 4))
    one.save(row(status=Status.QUEUED), 4, [])
    one.let_go("run")  # for the process that trains it
    other.save(row(status=Status.RUNNING), 4, records(5, 5))
    one.save(row(status=Status.STOPPED), 5, [])  # which then died
    with pytest.raises(TakenOver):
        other.save(row(status=Status.RUNNING), 5, records(6, 6))


def test_saving_twice_is_saving_once(store):
    for _ in range(2):  # as when the connection breaks after the database has taken it
        store.save(row(status=Status.RUNNING), 0, records(1, 3), Snapshot("run", 3, SPEC.model, b"weights"))
    assert store.records("run") == tuple(records(1, 3))
    (size,) = execute(store, "SELECT size FROM runs")
    (text,) = execute(store, "SELECT length(records) FROM metrics")
    assert size == text + len(b"weights")


def write_many(url, folder, name):
    with closing(Store(url, folder)) as store:
        for first in range(0, 60, 3):
            store.save(row(name, status=Status.RUNNING), first, records(first + 1, first + 3))
            store.beat([name, "run of nobody"])
            store.mark_interrupted()
        store.save(row(name), 60, [], Snapshot(name, 60, SPEC.model, name.encode()))


def test_several_processes_write_at_the_same_time_and_nothing_is_lost(database_url, tmp_path, store):
    context = multiprocessing.get_context("spawn")
    names = [f"run-{index}" for index in range(3)]
    writers = [context.Process(target=write_many, args=(database_url, tmp_path, name)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    for name in names:
        assert store.load(name, "ann").status == Status.FINISHED
        assert store.records(name) == tuple(records(1, 60))
        assert store.weights(name) == (60, name.encode())


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


def test_numbers_come_back_to_the_last_digit(store):
    numbers = [replace(records(1, 1)[0], loss=0.1 + 0.2, epoch=1e-300, learning_rate=1 / 3, seconds=1e300)]
    exact = row(created=1_763_800_000.123456, seconds=0.1 + 0.2, learning_rate=1 / 3, test_accuracy=0.98765)
    store.save(exact, 0, numbers)
    assert store.load("run", "ann") == replace(exact, records=1)
    assert store.records("run") == tuple(numbers)


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path):
    with closing(store_in(tmp_path)) as store:
        store.save(row(), 0, records(1, 3), Snapshot("run", 3, SPEC.model, b"weights"))
        with store._database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreUnavailable, match="the disk of the server is full"):
            store.save(row(), 3, records(4, 6), Snapshot("run", 6, SPEC.model, bytes(100_000)))
        assert store.records("run") == tuple(records(1, 3))
        assert store.weights("run") == (3, b"weights")


def test_sqlite_has_a_write_ahead_log(tmp_path):
    with closing(store_in(tmp_path)), closing(sqlite3.connect(tmp_path / "runs.db")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_default_is_in_the_state_folder_and_the_url_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("SEVEN_STEPS_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with closing(Store()) as store:
        assert store.checkpoints == tmp_path / "state" / "checkpoints"
    assert (tmp_path / "state" / "runs.db").exists()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    with closing(Store()):
        assert (tmp_path / "elsewhere.db").exists()
