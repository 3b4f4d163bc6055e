"""What can go wrong with processes, disk and files: nothing is lost, and it is said."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.database import StoreUnavailable
from core.model import ModelConfig
from core.paths import ROOT
from core.runs import Pause, Progress, Resume, RunSpec, SetLearningRate, Status, Stop, watchdog
from core.runs.checkpoint import CheckpointFiles
from core.runs.messages import Changed, Saved, Weights
from core.runs.patience import MAX_DEATHS
from core.runs.pool import WorkerProcess
from core.runs.store import Store
from core.runs.wire import hear
from core.training import TrainConfig
from tests import runs_support
from tests.runs_support import (
    LONG,
    SHORT,
    engine_in,
    idle_pid,
    same_weights,
    undisturbed,
    until,
    until_over,
    until_poll,
    worker_pid,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these tests send signals")

MEDIUM = RunSpec(ModelConfig((16,)), TrainConfig(epochs=8, batch_size=128))  # 3,752 steps, some four seconds
# Well below what would happen otherwise: a silent server is given up after 15 s, LONG takes a minute. It takes a few
# tenths of a second on a free machine and several seconds where two busy cores also start new processes; exact
# speeds are measured by tests/benchmarks/engine.py.
SOON = 10.0 if runs_support.chosen["engine"] == "embedded" else 120.0  # an actor's new process imports all anew


def worker_of(engine, run_id):
    return next((worker for worker in engine._supervisor.pool if worker.run_id == run_id), None)


def kill_worker_of(engine, run_id):
    """Kill the run's worker and return its process id."""
    pid = until(lambda: worker_pid(engine, run_id))
    os.kill(pid, signal.SIGKILL)
    return pid


def exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def step_in(progress: Progress) -> int:
    """Return the step that the message names."""
    return int(progress.message.split("after step ")[1].split(".")[0])


def test_a_killed_worker_is_replaced_and_the_run_ends_with_the_same_weights(tmp_path):
    with engine_in(tmp_path) as engine:
        run = engine.submit(MEDIUM, "ann")
        until(lambda: list((tmp_path / "checkpoints").glob("*.checkpoint")))
        dead = kill_worker_of(engine, run)
        started = time.perf_counter()
        until(lambda: worker_pid(engine, run) not in (dead, None) or not engine.poll(run, "ann").status.live)
        assert time.perf_counter() - started < SOON  # noticed, replaced, given the run
        replaced = until_poll(engine, run, "ann", lambda p: "took over after step" in p.message)
        assert 0 < step_in(replaced) <= MEDIUM.total_steps
        finished = until_over(engine, run, "ann")
        assert finished.status == Status.FINISHED
        assert "took over after step" in finished.message  # and stays told
        assert same_weights(engine.snapshot(run, "ann").weights, undisturbed(MEDIUM))
        assert [r.step for r in finished.records] == sorted({r.step for r in finished.records})
        until(lambda: not exists(dead))


def test_a_paused_run_stays_paused_and_keeps_its_learning_rate_when_its_worker_dies(tmp_path):
    with engine_in(tmp_path) as engine:
        run = engine.submit(LONG, "ann")
        until_poll(engine, run, "ann", lambda p: p.step > 5)
        engine.control(run, "ann", SetLearningRate(0.0005))
        engine.control(run, "ann", Pause())
        paused = until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
        until(lambda: list((tmp_path / "checkpoints").glob("*.checkpoint")))
        kill_worker_of(engine, run)
        again = until_poll(engine, run, "ann", lambda p: "took over" in p.message and p.status == Status.PAUSED)
        assert again.learning_rate == 0.0005
        assert step_in(again) <= paused.step


def test_a_run_that_keeps_killing_its_workers_is_given_up(tmp_path):
    with engine_in(tmp_path) as engine:
        run = engine.submit(LONG, "ann")
        for _ in range(MAX_DEATHS + 1):
            dead = kill_worker_of(engine, run)
            until(lambda d=dead: worker_pid(engine, run) != d or not engine.poll(run, "ann").status.live)
        failed = until_over(engine, run, "ann")
        assert failed.status == Status.FAILED
        assert f"died {MAX_DEATHS + 1} times" in failed.message
        assert failed.resumable
        other = engine.submit(SHORT, "bob")  # and nobody else suffers
        assert until_over(engine, other, "bob").status == Status.FINISHED


def test_an_idle_worker_that_dies_is_replaced(tmp_path):
    with engine_in(tmp_path) as engine:
        os.kill(until(lambda: idle_pid(engine)), signal.SIGKILL)
        run = engine.submit(SHORT, "ann")
        assert until_over(engine, run, "ann").status == Status.FINISHED


def test_a_damaged_checkpoint_is_skipped_and_said(tmp_path):
    with engine_in(tmp_path) as engine:
        run = engine.submit(MEDIUM, "ann")
        until_poll(engine, run, "ann", lambda p: p.step > 20)
        engine.control(run, "ann", Stop())
        stopped = until_over(engine, run, "ann")
        until(lambda: (newest := engine._store.files(run).newest()[0]) and newest.step == stopped.step)
        files = list((tmp_path / "checkpoints").glob("*.checkpoint"))
        assert files
        for path in files:
            content = bytearray(path.read_bytes())
            content[-1] ^= 1
            path.write_bytes(content)
        engine.resume(run, "ann")
        finished = until_over(engine, run, "ann")
        assert "A damaged checkpoint was skipped; the run goes on from step 0." in finished.message
        assert same_weights(engine.snapshot(run, "ann").weights, undisturbed(MEDIUM))


@pytest.mark.embedded("it reaches into the store of this process")
def test_a_full_disk_is_said_and_nothing_is_lost_once_there_is_room(tmp_path, monkeypatch):
    with engine_in(tmp_path) as engine:
        before = engine.submit(SHORT, "bob")
        until_over(engine, before, "bob")
        until(lambda: before not in engine._supervisor.runs)
        store = engine._store
        save = store.save

        def full(*arguments):
            raise StoreUnavailable("the disk of the server is full")

        monkeypatch.setattr(store, "save", full)
        run = engine.submit(SHORT, "ann")
        finished = until_poll(engine, run, "ann", lambda p: not p.status.live and "cannot be saved" in p.message)
        assert finished.status == Status.FINISHED
        assert "the disk of the server is full" in finished.message
        assert engine.poll(before, "bob").status == Status.FINISHED  # what was there is there
        monkeypatch.setattr(store, "save", save)
        until(lambda: run not in engine._supervisor.runs)
        kept = engine.poll(run, "ann")
        assert (kept.records, kept.message) == (finished.records, "")
        assert same_weights(engine.snapshot(run, "ann").weights, undisturbed(SHORT))


@pytest.mark.embedded("it reaches into the store of this process")
def test_a_checkpoint_that_cannot_be_removed_does_not_end_the_recorder(tmp_path, monkeypatch):
    def stuck(files):
        raise PermissionError("read-only file system")

    monkeypatch.setattr(CheckpointFiles, "remove", stuck)
    with engine_in(tmp_path) as engine:
        for owner in ("ann", "bob"):
            run = engine.submit(SHORT, owner)
            until(lambda r=run: r not in engine._supervisor.runs)  # the store has it
            assert engine.poll(run, owner).status == Status.FINISHED


def children(pid):
    """Return the ids of a process's children and theirs."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name_and_rest = status.read_text().rsplit(")", 1)
        except OSError:
            continue
        if int(name_and_rest[1].split()[1]) == pid:
            child = int(status.parent.name)
            found += [child, *children(child)]
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")


@pytest.mark.embedded("it looks at the pool")
def test_close_leaves_no_worker_behind(tmp_path):
    with engine_in(tmp_path, workers=2) as engine:
        runs = [engine.submit(LONG, owner) for owner in ("ann", "bob")]
        for run, owner in zip(runs, ("ann", "bob"), strict=True):
            until_poll(engine, run, owner, lambda p: p.records)
        pids = [worker.pid for worker in engine._supervisor.pool]
        assert len(pids) == 2
        started = time.perf_counter()
        engine.close()
        assert time.perf_counter() - started < SOON  # it does not wait for the runs' ends
    assert not any(exists(pid) for pid in pids)


SERVER = """
import sys, time
from pathlib import Path
from core.runs import RunSpec
from core.runs.embedded import EmbeddedEngine
from core.runs.store import Store
folder = Path(sys.argv[1])
with open(folder / "main_runs", "a") as file:
    file.write("x")  # no guard here: a worker that imported the main module would write, too
engine = EmbeddedEngine(Store(f"sqlite:///{folder / 'runs.db'}", folder / "checkpoints"), 1)
run = engine.submit(RunSpec.from_json(sys.argv[2]), "ann")
while not list((folder / "checkpoints").glob("*.checkpoint")):
    time.sleep(0.01)
print(run, flush=True)
if sys.argv[3] == "stay":
    time.sleep(60)
"""


def serve(tmp_path, spec, then):
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    arguments = [sys.executable, str(script), str(tmp_path), spec.to_json(), then]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(arguments, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)


@needs_proc
@pytest.mark.embedded("its runs go on without the server; tests/cluster")
def test_a_killed_server_takes_its_workers_with_it_and_its_run_goes_on_later(tmp_path):
    with serve(tmp_path, MEDIUM, "stay") as server:
        run = server.stdout.readline().strip()
        family = children(server.pid)
        assert len(family) >= 2  # the fork server and its worker
        server.kill()
        server.wait()
        until(lambda: not any(exists(pid) for pid in family))
    assert (tmp_path / "main_runs").read_text() == "x"
    with engine_in(tmp_path) as engine:
        assert engine.latest("ann") == run
        found = engine.poll(run, "ann")
        assert (found.status, found.resumable) == (Status.INTERRUPTED, True)
        assert engine.snapshot(run, "ann").step > 0  # from the checkpoint
        engine.resume(run, "ann")
        assert until_over(engine, run, "ann").status == Status.FINISHED
        assert same_weights(engine.snapshot(run, "ann").weights, undisturbed(MEDIUM))


@needs_proc
@pytest.mark.embedded("its runs go on without the server; tests/cluster")
def test_a_server_that_forgets_to_close_ends_cleanly(tmp_path):
    with serve(tmp_path, LONG, "leave") as server:
        run = server.stdout.readline().strip()
        family = children(server.pid)
        assert server.wait(timeout=20) == 0
        until(lambda: not any(exists(pid) for pid in family))
    with engine_in(tmp_path) as engine:
        assert engine.poll(run, "ann").status == Status.INTERRUPTED


def stop_worker_of(engine, run_id):
    """Stop the run's worker as a debugger would, and return its process id."""
    pid = until(lambda: worker_of(engine, run_id)).pid
    os.kill(pid, signal.SIGSTOP)
    return pid


@pytest.mark.embedded("its watchdog")
@pytest.mark.parametrize("moment", ["training", "paused"])
def test_a_worker_that_hangs_is_killed_and_the_run_ends_with_the_same_weights(tmp_path, monkeypatch, moment):
    with engine_in(tmp_path) as engine:
        run = engine.submit(MEDIUM, "ann")
        until(lambda: list((tmp_path / "checkpoints").glob("*.checkpoint")))
        if moment != "training":
            engine.control(run, "ann", Pause())
            until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
        hung = stop_worker_of(engine, run)
        engine.control(run, "ann", Resume())
        with monkeypatch.context() as patch:
            patch.setattr(watchdog, "SILENT_SECONDS", 1.5)
            until(lambda: not exists(hung))
        finished = until_over(engine, run, "ann")
        assert not exists(hung)
        assert finished.status == Status.FINISHED
        assert "no longer answered; a new one took over after step" in finished.message
        assert same_weights(engine.snapshot(run, "ann").weights, undisturbed(MEDIUM))


@pytest.mark.embedded("its watchdog")
def test_stop_ends_a_run_also_when_its_worker_hangs(tmp_path, monkeypatch):
    with engine_in(tmp_path) as engine:
        run = engine.submit(LONG, "ann")
        until_poll(engine, run, "ann", lambda p: p.records)
        stop_worker_of(engine, run)
        engine.control(run, "ann", Stop())
        monkeypatch.setattr(watchdog, "SILENT_SECONDS", 1.0)
        stopped = until_over(engine, run, "ann")
        assert (stopped.status, stopped.resumable) == (Status.STOPPED, True)


@pytest.mark.embedded("its supervisor")
@pytest.mark.parametrize(
    ("answers", "owes"),
    [
        ([Saved("")], True),  # after each pause, perhaps just behind the command
        ([Weights(7, b""), Saved("")], True),
        ([Saved(""), Changed(Status.RUNNING, 0.1)], False),
    ],
)
def test_what_a_worker_says_of_itself_is_no_answer_to_a_command(tmp_path, monkeypatch, answers, owes):
    with engine_in(tmp_path) as engine:
        run = engine.submit(MEDIUM, "ann")
        worker = until(lambda: worker_of(engine, run))
        with engine._supervisor.lock, monkeypatch.context() as patch:
            patch.setattr(worker, "receive", lambda: answers)
            worker.owes = True
            engine._supervisor._listen(worker)
            assert worker.owes == owes


def test_a_worker_that_reads_no_longer_keeps_nobody_waiting():
    worker = WorkerProcess()
    os.kill(worker.pid, signal.SIGSTOP)
    sender = threading.Thread(target=lambda: [worker.send(SetLearningRate(0.1)) for _ in range(20_000)], daemon=True)
    sender.start()  # far more than a pipe holds
    sender.join(30)
    assert not sender.is_alive()
    assert worker.killed
    worker.close()


def test_a_worker_that_hangs_in_the_middle_of_a_message_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(watchdog, "BROKEN_OFF_SECONDS", 0.5)
    worker, dog = WorkerProcess(), watchdog.Watchdog()
    os.kill(worker.pid, signal.SIGSTOP)
    with pytest.raises(EOFError), dog.hearing(worker):
        hear(worker.pipe)  # as for the rest of a message
    assert worker.killed
    dog.close()
    worker.close()


@pytest.mark.embedded("its watchdog")
def test_a_pause_is_no_silence(tmp_path, monkeypatch):
    with engine_in(tmp_path) as engine:
        run = engine.submit(LONG, "ann", steps=0)
        until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
        monkeypatch.setattr(watchdog, "SILENT_SECONDS", 0.3)
        engine.control(run, "ann", Pause())  # which has no answer
        worker = worker_of(engine, run)
        time.sleep(1)
        assert worker_of(engine, run) is worker
        assert not worker.killed


@pytest.mark.embedded("it looks at the pool")
def test_a_run_that_another_server_took_up_ends_here(tmp_path):
    with engine_in(tmp_path) as engine:
        run = engine.submit(LONG, "ann")
        until_poll(engine, run, "ann", lambda p: p.records)
        until(lambda: engine._store.runs_of("ann", 1))  # the store knows it
        worker = worker_of(engine, run).pid
        with closing(Store(f"sqlite:///{tmp_path / 'runs.db'}", tmp_path / "checkpoints", "another")) as other:
            row = other.load(run, "ann")
            other.save(replace(row, status=Status.QUEUED), row.records, [])
            until(lambda: not exists(worker))
            assert run not in engine._supervisor.runs
            assert other.load(run, "ann").status == Status.QUEUED
            assert engine.poll(run, "ann").status == Status.QUEUED  # as the other says
            assert engine._supervisor._early_deaths == 0  # the next worker need not wait
        assert until_over(engine, engine.submit(SHORT, "bob"), "bob").status == Status.FINISHED
