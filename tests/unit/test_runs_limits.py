"""What a run may take of the server: memory, time with a worker, and a place while nobody looks at it."""

import time
from pathlib import Path

import pytest

from core.runs import Pause, Resume, Status, attendant, live
from core.runs.spec import MAX_MEMORY
from core.runs.worker import TOO_LONG
from tests.runs_support import LONG, SHORT, engine_in, until, until_over, until_poll, worker_pid


@pytest.fixture
def engine(tmp_path):
    with engine_in(tmp_path) as engine:
        yield engine


def worker_of(engine, run_id):
    return next((worker for worker in engine._supervisor.pool if worker.run_id == run_id), None)


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="needs Linux's /proc")
def test_a_workers_memory_is_really_limited(engine):
    run = engine.submit(LONG, "ann")
    until_poll(engine, run, "ann", lambda p: p.records)
    limits = Path(f"/proc/{worker_pid(engine, run)}/limits").read_text().splitlines()
    soft = next(line.split()[3] for line in limits if line.startswith("Max data size"))
    assert int(soft) <= MAX_MEMORY


def test_a_run_that_a_worker_does_not_end_in_time_is_ended(engine, monkeypatch):
    run = engine.submit(LONG, "ann")
    until_poll(engine, run, "ann", lambda p: p.records)
    late = worker_of(engine, run)
    monkeypatch.setattr(attendant, "OVERTIME_SECONDS", 0.2 - attendant.MAX_SECONDS)
    ended = until_over(engine, run, "ann")
    assert (ended.status, ended.message, ended.resumable) == (Status.STOPPED, TOO_LONG, True)
    monkeypatch.undo()
    assert until_over(engine, engine.submit(SHORT, "ann"), "ann").status == Status.FINISHED
    assert late.killed


def test_a_pause_is_no_time_with_a_worker(engine, monkeypatch):
    run = engine.submit(LONG, "ann", steps=0)
    until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
    worked = engine._supervisor.runs[run].worked
    time.sleep(0.5)
    assert engine._supervisor.runs[run].worked == worked


def test_a_paused_run_that_nobody_watches_is_put_away_and_can_go_on(engine, monkeypatch):
    monkeypatch.setattr(attendant, "PARK_SECONDS", 0.1)
    run = engine.submit(LONG, "ann")
    until_poll(engine, run, "ann", lambda p: p.step > 5)
    engine.control(run, "ann", Pause())
    paused = until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
    monkeypatch.setattr(live, "ABANDONED_SECONDS", 1.0)
    until(lambda: run not in engine._supervisor.runs)  # saved
    assert worker_of(engine, run) is None
    away = engine.poll(run, "ann")
    assert (away.status, away.message, away.resumable) == (Status.INTERRUPTED, live.ABANDONED, True)
    assert engine.snapshot(run, "ann").step == paused.step
    engine.resume(run, "ann")
    again = until_poll(engine, run, "ann", lambda p: p.step > paused.step)
    assert f"after step {paused.step}." in again.message


def test_a_paused_run_that_somebody_watches_stays(engine, monkeypatch):
    run = engine.submit(LONG, "ann", steps=0)
    until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
    monkeypatch.setattr(live, "ABANDONED_SECONDS", 0.5)
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        assert engine.poll(run, "ann").status == Status.PAUSED
        time.sleep(0.05)
    engine.control(run, "ann", Resume())
    until_poll(engine, run, "ann", lambda p: p.status == Status.RUNNING)
