import contextvars
import sys
import threading

import pytest
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from core import waiting
from pages.ui import turns
from pages.ui.turns import Turns
from tests.runs_support import until

WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")


def test_tasks_are_done_in_order_and_one_at_a_time():
    done, gate, at_work = [], threading.Event(), []
    turns = Turns(at_once=1, long=60)

    def task(name):
        def do():
            at_work.append(name)
            gate.wait(10)
            assert at_work == [name]
            at_work.remove(name)
            done.append(name)

        return do

    for name in "abcdef":
        turns.add(task(name))
    until(lambda: at_work == ["a"])
    gate.set()
    until(lambda: len(done) == 6)
    assert done == list("abcdef")


def test_a_long_task_keeps_nobody_waiting_and_its_thread_leaves_in_the_end():
    gate, done = threading.Event(), threading.Event()
    turns = Turns(at_once=1, long=0.01)
    for _ in range(5):
        turns.add(lambda: gate.wait(60))
    turns.add(done.set)
    assert done.wait(30)
    assert len(turns._began) == 5  # all five wait still
    gate.set()
    until(lambda: not turns._began and turns._idle == 1)


def test_short_tasks_need_no_more_threads_than_may_work_at_once():
    used, done = set(), threading.Semaphore(0)
    turns = Turns(at_once=2, long=60)

    def task():
        used.add(threading.get_ident())
        done.release()

    for _ in range(500):
        turns.add(task)
    assert all(done.acquire(timeout=30) for _ in range(500))
    assert len(used) <= 2


def test_a_task_that_fails_takes_nothing_with_it_and_leaves_nothing_behind(caplog):
    turns, seen, done = Turns(at_once=1, long=60), [], threading.Event()

    def fails():
        WHO.set("me")
        raise ZeroDivisionError

    turns.add(fails)
    turns.add(lambda: seen.append(WHO.get()))
    turns.add(done.set)
    assert done.wait(30)
    assert seen == ["nobody"]
    assert "ZeroDivisionError" in caplog.text


def test_a_task_whose_thread_finds_no_room_is_not_forgotten(monkeypatch):
    """A is aside when C comes; C's new thread looks for room only once A is back at work."""
    turns, aside, held, back, gate, done = Turns(at_once=1, long=0.2), *(threading.Event() for _ in range(5))
    look = turns._next

    def late(thread):
        if aside.is_set() and not back.is_set():
            held.set()
            back.wait(30)
        return look(thread)

    def waits():
        with turns.step_aside():
            aside.set()
            assert held.wait(30)
        back.set()
        gate.wait(30)

    monkeypatch.setattr(turns, "_next", late)
    turns.add(waits)
    assert aside.wait(30)
    turns.add(done.set)
    assert done.wait(20)  # though A is still at work
    gate.set()


@pytest.fixture
def as_before(monkeypatch):
    monkeypatch.setattr(ScriptRunner, "start", ScriptRunner.start)
    monkeypatch.setattr(waiting, "_step_aside", waiting._step_aside)
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)


def test_streamlits_runner_is_run_in_a_thread_that_forgets_it(as_before):
    class Runner:
        _script_thread = None

        def _run_script_thread(self):
            setattr(threading.current_thread(), turns.WHOSE, self)
            self.ran_in = threading.current_thread()

    turns.take_turns()
    runner = Runner()
    ScriptRunner.start(runner)
    until(lambda: hasattr(runner, "ran_in"))
    assert runner._script_thread is runner.ran_in is not threading.main_thread()
    until(lambda: not hasattr(runner.ran_in, turns.WHOSE))


def test_streamlit_still_starts_and_marks_its_scripts_as_we_replace_it():
    names = ScriptRunner.start.__code__.co_names
    assert {"_script_thread", "_run_script_thread", "Thread"} <= {*names}
    assert "current_thread" in ScriptRunner._is_in_script_thread.__code__.co_names
