"""What can go wrong between dispatcher, actors and web processes, with Ray's part played by `tests/ray_double.py`."""

import shutil
import threading
import time

import pytest

from core.database import StoreUnavailable
from core.runs import Pause, QueueFull, Resume, Status, Stop, UnknownRun, live
from core.runs.ray_engine import floor, mirror, run_actor, under_way
from core.runs.ray_engine.dispatcher import Dispatcher
from core.runs.spec import MAX_SECONDS
from core.runs.store import Store
from core.runs.worker import TOO_LONG, Session
from tests.ray_double import doubled_engines
from tests.runs_support import LONG, SHORT, same_weights, undisturbed, until, until_over, until_poll


@pytest.fixture
def played(monkeypatch, tmp_path):
    monkeypatch.setattr(floor, "REST_SECONDS", 0.1)
    with doubled_engines(monkeypatch, tmp_path) as played:
        yield played


@pytest.fixture
def engine(played):
    return played.engines[0]


def floor_of(played):
    return played.dispatcher._floor


def until_ready(played):
    """Return once the actors are there that wait for a run."""
    until(lambda: played.cluster.actors and all(handle.actor for handle in list(played.cluster.actors.values())))


def without_folder(tmp_path):
    """Put a file where the folder of the checkpoints should be."""
    shutil.rmtree(tmp_path / "checkpoints", ignore_errors=True)
    (tmp_path / "checkpoints").write_text("")


def test_a_run_is_trained(engine):
    run = engine.submit(SHORT, "ann")
    assert until_over(engine, run, "ann").status == Status.FINISHED
    assert same_weights(engine.snapshot(run, "ann").weights, undisturbed(SHORT))


def test_an_actor_that_cannot_take_a_run_just_now_is_neither_dead_nor_lost(played, engine, tmp_path):
    until_ready(played)
    actors = set(played.cluster.actors)
    without_folder(tmp_path)
    run = engine.submit(SHORT, "ann")
    until_poll(engine, run, "ann", lambda p: p.message == floor.LATER)
    time.sleep(1.0)  # ten attempts
    assert engine.poll(run, "ann").status == Status.QUEUED
    assert floor_of(played).runs[run].deaths == 0
    assert set(played.cluster.actors) == actors
    (tmp_path / "checkpoints").unlink()
    finished = until_over(engine, run, "ann")
    assert (finished.status, finished.message) == (Status.FINISHED, "")


def test_a_database_that_is_away_when_a_run_begins_is_waited_for(played, engine, monkeypatch):
    load, away = Store.load, threading.Event()
    away.set()

    def gone(store, run_id, owner):
        if away.is_set() and store.server.startswith("ray-run:"):
            raise StoreUnavailable("the database does not answer")
        return load(store, run_id, owner)

    monkeypatch.setattr(Store, "load", gone)
    run = engine.submit(SHORT, "ann")
    until_poll(engine, run, "ann", lambda p: p.message == floor.LATER)
    time.sleep(0.5)
    away.clear()
    assert until_over(engine, run, "ann").status == Status.FINISHED


def test_a_command_to_a_run_that_could_not_begin_is_followed(played, engine, tmp_path):
    until_ready(played)
    without_folder(tmp_path)
    run = engine.submit(SHORT, "ann")
    engine.control(run, "ann", Stop())
    assert until_over(engine, run, "ann").status == Status.STOPPED
    (tmp_path / "checkpoints").unlink()


def test_a_fault_of_the_program_in_taking_a_run_gives_it_up_in_the_end(played, engine, monkeypatch):
    def broken(order, store):
        raise ZeroDivisionError("in the program")

    monkeypatch.setattr("core.runs.ray_engine.run_actor.taken_up", broken)
    run = engine.submit(SHORT, "ann")
    failed = until_over(engine, run, "ann")
    assert (failed.status, failed.message) == (Status.FAILED, floor.LOST)


def test_a_run_that_was_never_saved_outlives_its_actor_and_keeps_nobody_waiting(played, engine, monkeypatch):
    def full(*arguments):
        raise StoreUnavailable("the disk of the server is full")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", full)
        run = engine.submit(LONG, "ann")
        until_poll(engine, run, "ann", lambda p: p.records)
        (handle,) = played.cluster.actors.values()
        handle.die(restart=False)
        failed = until_over(engine, run, "ann")
    assert (failed.status, failed.resumable) == (Status.FAILED, True)
    other = engine.submit(SHORT, "bob")
    assert until_over(engine, other, "bob").status == Status.FINISHED


def test_two_who_press_continue_at_once_queue_a_run_once(played, engine, monkeypatch):
    run = engine.submit(LONG, "ann")
    until_poll(engine, run, "ann", lambda p: p.records)
    engine.control(run, "ann", Stop())
    until(lambda: not engine._store.load(run, "ann").status.live and not floor_of(played).has(run))
    both, load = threading.Barrier(2), Store.load

    def together(store, run_id, owner):
        row = load(store, run_id, owner)
        if store.server.startswith(floor.SERVER):
            both.wait(10)
        return row

    taken = []
    with monkeypatch.context() as patch:
        patch.setattr(Store, "load", together)
        presses = [
            threading.Thread(target=lambda: taken.append(played.dispatcher.resume(run, "ann"))) for _ in range(2)
        ]
        for press in presses:
            press.start()
        for press in presses:
            press.join(20)
    assert sorted(type(answer).__name__ for answer in taken) == ["NoneType", "Taken"]
    assert floor_of(played).queue.order().count(run) <= 1
    until_poll(engine, run, "ann", lambda p: p.status == Status.RUNNING)


def test_a_new_dispatcher_follows_an_actor_whose_run_counts_as_interrupted(played, engine):
    run = engine.submit(LONG, "ann")
    until_poll(engine, run, "ann", lambda p: p.records)
    with engine._store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE runs SET status = 'interrupted'")
    floor_of(played).closed = True  # the old one ends, its actor does not
    again = Dispatcher(played.home)
    try:
        assert list(again._floor.under_way) == [run]
        assert again.command(run, "ann", Stop()) is None
        until(lambda: not again._floor.under_way)
        assert len(again._floor.crew.idle) == 1
        assert engine._store.load(run, "ann").status == Status.STOPPED
    finally:
        again.close()


def test_a_training_that_hangs_in_an_actor_that_answers_is_replaced(played, engine, monkeypatch, request):
    report, hung, forever, mine = Session._report, threading.Event(), threading.Event(), []
    request.addfinalizer(forever.set)  # whatever happens: its thread must not outlive this test

    def hanging(session, record):
        if session.job.run_id in mine and record.step >= 1000 and not hung.is_set():  # the next one does not hang
            hung.set()
            forever.wait()
        report(session, record)

    monkeypatch.setattr(Session, "_report", hanging)
    monkeypatch.setattr(floor, "ASK_RARELY", 0.1)
    run = engine.submit(LONG, "ann")
    mine.append(run)
    until(lambda: list(played.home.checkpoints.glob("*.checkpoint")))
    monkeypatch.setattr(under_way, "SILENT_SECONDS", 1.0)
    assert hung.wait(60)
    until_poll(engine, run, "ann", lambda p: "took over after step" in p.message and p.step > 1000)


def test_a_run_that_an_actor_does_not_end_in_time_is_ended(played, engine, monkeypatch):
    monkeypatch.setattr(floor, "ASK_RARELY", 0.1)
    run = engine.submit(LONG, "ann")
    until_poll(engine, run, "ann", lambda p: p.records)
    monkeypatch.setattr(run_actor, "OVERTIME_SECONDS", 0.1 - MAX_SECONDS)
    ended = until_over(engine, run, "ann")
    assert (ended.status, ended.message, ended.resumable) == (Status.STOPPED, TOO_LONG, True)
    until(lambda: not engine._store.load(run, "ann").status.live)


def test_a_paused_run_that_nobody_watches_is_put_away_and_can_go_on(played, engine, monkeypatch):
    monkeypatch.setattr(floor, "ASK_RARELY", 0.1)
    monkeypatch.setattr(floor, "PARK_SECONDS", 0.1)
    run = engine.submit(LONG, "ann", 30)
    paused = until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
    for module in (floor, live):
        monkeypatch.setattr(module, "ABANDONED_SECONDS", 0.5)
    until(lambda: not floor_of(played).under_way)  # the actor is free
    until(lambda: engine._store.load(run, "ann").status == Status.INTERRUPTED)
    away = until_over(engine, run, "ann")
    assert (away.message, away.resumable, away.step) == (live.ABANDONED, True, paused.step)
    engine.resume(run, "ann")
    until_poll(engine, run, "ann", lambda p: p.step > paused.step)


def test_a_parked_run_takes_no_second_place_in_the_queue(played, engine, monkeypatch):
    monkeypatch.setattr(floor, "PARK_SECONDS", 0.1)
    monkeypatch.setattr(floor, "ASK_SECONDS", 0.1)
    parked = engine.submit(LONG, "ann", 5)
    until_poll(engine, parked, "ann", lambda p: p.status == Status.PAUSED)
    other = engine.submit(LONG, "bob")
    until_poll(engine, other, "bob", lambda p: p.status == Status.RUNNING)
    waits = engine.submit(LONG, "ann")
    with pytest.raises(QueueFull, match="One of your runs is waiting already"):
        engine.control(parked, "ann", Resume())
    assert engine.poll(parked, "ann").status == Status.PAUSED
    assert until_poll(engine, waits, "ann", lambda p: p.position).position == 1


def test_a_run_that_another_replica_took_up_again_is_seen_to_live(monkeypatch, tmp_path):
    monkeypatch.setattr(mirror, "SETTLED_SECONDS", 0.2)
    with doubled_engines(monkeypatch, tmp_path, count=2) as played:
        first, second = played.engines
        run = first.submit(LONG, "ann")
        until_poll(first, run, "ann", lambda p: p.records)
        first.control(run, "ann", Stop())
        assert until_over(first, run, "ann").status == Status.STOPPED
        until(lambda: second.poll(run, "ann").resumable and not floor_of(played).has(run))
        second.resume(run, "ann")
        until_poll(second, run, "ann", lambda p: p.status == Status.RUNNING)
        until_poll(first, run, "ann", lambda p: p.status == Status.RUNNING)
        first.control(run, "ann", Pause())
        until_poll(first, run, "ann", lambda p: p.status == Status.PAUSED)
        with pytest.raises(UnknownRun):
            first.poll(run, "bob")


def test_a_paused_run_that_is_given_away_leaves_no_thread_behind(played, engine):
    run = engine.submit(LONG, "ann", 5)
    until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
    (actor,) = (handle.actor for handle in played.cluster.actors.values() if handle.actor.runs)
    actor.give_away(actor.runs[run])
    until(lambda: not {"seven-steps-training", "seven-steps-listener"} & {t.name for t in threading.enumerate()})


def test_an_actor_that_starts_while_the_disk_is_away_waits_for_it(played, engine, tmp_path, monkeypatch):
    monkeypatch.setattr(run_actor, "RETRY_SECONDS", 0.05)
    until_ready(played)
    without_folder(tmp_path)
    late = played.cluster.start("run:late", played.home)
    time.sleep(0.3)
    assert not late._made.done()
    (tmp_path / "checkpoints").unlink()
    assert late.actor.holding() is None


def test_an_actor_whose_process_dies_while_the_database_is_away_goes_on_when_it_is_back(played, engine, monkeypatch):
    run = engine.submit(LONG, "ann")
    until(lambda: list(played.home.checkpoints.glob("*.checkpoint")))
    until(lambda: engine._store.runs_of("ann", 1))
    load, tries = Store.load, []

    def gone(store, run_id, owner):
        if store.server.startswith("ray-run:") and len(tries) < 3:
            tries.append(run_id)
            raise StoreUnavailable("the database does not answer")
        return load(store, run_id, owner)

    monkeypatch.setattr(Store, "load", gone)
    monkeypatch.setattr(run_actor, "RETRY_SECONDS", 0.1)
    (handle,) = (actor for actor in played.cluster.actors.values() if actor.actor.runs)
    handle.die(restart=True)
    until_poll(engine, run, "ann", lambda p: "took over after step" in p.message and p.status == Status.RUNNING)
    assert len(tries) == 3
