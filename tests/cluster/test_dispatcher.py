"""The dispatcher dies: a new one takes over what waits and what trains, and each run keeps what it was told."""

import os
import re
import signal
from contextlib import closing, suppress

from core.model import ModelConfig
from core.runs import EngineAway, Pause, RunSpec, Status, StepN, Stop
from core.telemetry.metrics import get_metrics
from core.training import TrainConfig
from tests.ray_support import START_SECONDS, ray_engine_in
from tests.runs_support import LONG, SHORT, same_weights, undisturbed, until, until_over, until_poll

MEDIUM = RunSpec(ModelConfig((16,)), TrainConfig(epochs=6, batch_size=128))  # 2,814 steps, some three seconds


def kill_dispatcher(engine):
    """Kill the dispatcher's process and return once another one answers."""
    whose = lambda ray, dispatcher: ray.get(dispatcher.__ray_call__.remote(lambda _: os.getpid()))  # noqa: E731
    dead = engine._link.ask(whose, START_SECONDS)
    os.kill(dead, signal.SIGKILL)

    def replaced():
        with suppress(EngineAway):
            return engine._link.ask(whose, START_SECONDS) != dead

    until(replaced)


def test_a_new_dispatcher_goes_on_with_what_trains_and_what_waits(tmp_path):
    with ray_engine_in(tmp_path) as engine:
        trains = engine.submit(MEDIUM, "ann")
        until_poll(engine, trains, "ann", lambda p: p.records)
        waits = engine.submit(LONG, "bob", steps=5)
        assert engine.poll(waits, "bob").position == 1
        kill_dispatcher(engine)
        finished = until_over(engine, trains, "ann")
        assert (finished.status, finished.message) == (Status.FINISHED, "")  # its actor knows of nothing
        assert same_weights(engine.snapshot(trains, "ann").weights, undisturbed(MEDIUM))
        until_poll(engine, waits, "bob", lambda p: p.status == Status.PAUSED and p.step == 5)
        assert not list((tmp_path / "checkpoints").glob("waiting-*"))
        assert until_over(engine, engine.submit(SHORT, "cleo"), "cleo").status == Status.FINISHED


def test_steps_asked_of_a_run_that_waits_outlive_the_dispatcher(tmp_path):
    with ray_engine_in(tmp_path) as engine:
        run = engine.submit(LONG, "ann")
        engine.control(run, "ann", Pause())
        paused = until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
        other = engine.submit(LONG, "bob")
        until_poll(engine, other, "bob", lambda p: p.status == Status.RUNNING)  # the paused one has been parked
        engine.control(run, "ann", StepN(3))
        until(lambda: engine._store.load(run, "ann").status == Status.QUEUED)
        kill_dispatcher(engine)
        assert engine.poll(run, "ann").step == paused.step
        engine.control(other, "bob", Stop())
        after = until_poll(engine, run, "ann", lambda p: p.status == Status.PAUSED)
        assert after.step == paused.step + 3


def runs_finished() -> int:
    """Return the number of runs that ended well, as this process tells the operator."""
    found = re.search(
        r'^seven_steps_runs_ended_total\{status="finished"\} (\d+)$', get_metrics().text({}), re.MULTILINE
    )
    return int(found[1]) if found else 0


def test_a_run_that_several_web_processes_watch_is_counted_where_it_was_submitted(tmp_path):
    from core.runs.ray_engine.engine import RayEngine

    with ray_engine_in(tmp_path) as engine, closing(RayEngine("ray", engine._home)) as other:
        before = runs_finished()
        run = engine.submit(MEDIUM, "ann")
        until_poll(other, run, "ann", lambda p: p.records)
        assert until_over(other, run, "ann").status == Status.FINISHED
        until(lambda: runs_finished() == before + 1)  # though nobody watches it there
        assert until_over(engine, run, "ann").status == Status.FINISHED
        assert runs_finished() == before + 1
