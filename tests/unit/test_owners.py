"""Nobody sees or controls what is another's: every method of an engine, of its store and of the notes is tried."""

import inspect

import pytest

from core.notes import Notes
from core.runs import Engine, Pause, SetLearningRate, Stop, UnknownRun
from pages.ui.web import new_owner
from tests.runs_support import LONG, SHORT, engine_in, until_over, until_poll

WITH_RUN = [
    name
    for name, method in inspect.getmembers(Engine, inspect.isfunction)
    if "run_id" in str(inspect.signature(method))
]
OTHERS = ["eve", "", "ann ", "ANN", "ann\x00", "' or 1=1 --", "%", "user:ann", new_owner()]
EXTRA = {"control": [(Pause(),), (Stop(),), (SetLearningRate(9.0),)]}


def tries(engine, run, owner):
    """Call every method that takes a run as `owner`, and return what was not refused."""
    through = []
    for name in WITH_RUN:
        for arguments in EXTRA.get(name, [()]):
            try:
                getattr(engine, name)(run, owner, *arguments)
                through.append((name, owner))
            except UnknownRun:
                continue
    return through


def test_the_methods_are_found():
    assert {"control", "poll", "snapshot", "resume"} <= set(WITH_RUN)


def test_runs_are_their_owners_alone_alive_ended_and_after_a_restart(tmp_path):
    with engine_in(tmp_path) as engine:
        alive = engine.submit(LONG, "ann")
        until_poll(engine, alive, "ann", lambda progress: progress.step)
        for owner in OTHERS:
            assert not tries(engine, alive, owner)
            assert engine.runs(owner) == []
            assert engine.latest(owner) is None
        assert engine.poll(alive, "ann").learning_rate == LONG.training.learning_rate
        engine.control(alive, "ann", Stop())
        until_over(engine, alive, "ann")
        ended = engine.submit(SHORT, "ann")
        until_over(engine, ended, "ann")
        for owner in OTHERS:
            assert not tries(engine, ended, owner)
    with engine_in(tmp_path) as engine:
        for owner in OTHERS:
            assert not tries(engine, ended, owner) + tries(engine, alive, owner)
            assert engine.runs(owner) == []
        assert {run.run_id for run in engine.runs("ann")} == {alive, ended}


@pytest.mark.parametrize("run", ["", "x", "../../etc/passwd", "%", "' or 1=1 --", "\x00", "a" * 100_000, "é", "runs"])
def test_made_up_ids_are_no_run(tmp_path, run):
    with engine_in(tmp_path) as engine:
        assert not tries(engine, run, "ann")
    assert not list(tmp_path.glob("checkpoints/*"))


def test_drawings_are_their_owners_alone(tmp_path):
    notes = Notes(f"sqlite:///{tmp_path / 'notes.db'}")
    notes.keep("ann", "drawing:draw", "strokes")
    for owner in OTHERS:
        assert notes.find(owner, "drawing:draw") is None
        notes.keep(owner[:128], "drawing:draw", "other strokes")
    assert notes.find("ann", "drawing:draw") == "strokes"
    notes.close()
