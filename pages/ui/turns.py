"""Scripts take turns: a few threads run them in the order in which readers asked, and a long one makes room.

Streamlit starts a thread for each run, and the event loop waits until that thread has begun. With 50 live pages the
loop then spends half of its time waiting, for whoever runs Python gives way after five milliseconds only, and all who
run at once slow one another down.
"""

import contextvars
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_run_context_attr import SCRIPT_RUN_CONTEXT_ATTR_NAME as WHOSE

from core.processes import SWITCH_SECONDS
from core.waiting import wait_aside

LOG = logging.getLogger("seven_steps")
AT_ONCE = 2  # one computes while another waits for a lock, a file or the database
LONG_SECONDS = 0.4  # after which a script counts no more: nobody waits for somebody else's experiment


class Turns:
    """Threads that do tasks in order, `at_once` at a time besides those that take longer than `long` seconds."""

    def __init__(self, at_once: int = AT_ONCE, long: float = LONG_SECONDS) -> None:
        self._at_once, self._long = at_once, long
        self._waiting: deque[Callable[[], None]] = deque()
        self._began: dict[threading.Thread, float] = {}  # threads at work, and since when
        self._idle = 0
        lock = threading.Lock()
        self._wanted, self._late = threading.Condition(lock), threading.Condition(lock)
        self._start(self._make_room)

    def add(self, task: Callable[[], None]) -> None:
        """Do a task when it is its turn."""
        with self._wanted:
            self._waiting.append(task)
            if self._idle >= len(self._waiting):
                self._wanted.notify()
            elif self._has_room():
                self._start(self._work)
            else:
                self._late.notify()

    @contextmanager
    def step_aside(self) -> Iterator[None]:
        """Make room for another task while this one's thread only waits for somebody else's work."""
        me = threading.current_thread()
        with self._wanted:
            began = self._began.get(me)
            if began is not None:
                self._began[me] = began - self._long  # counts no more
                if len(self._waiting) > self._idle:
                    self._start(self._work)
        try:
            yield
        finally:
            with self._wanted:
                if began is not None:
                    self._began[me] = time.monotonic()

    def _has_room(self) -> bool:
        """Whether there are too few threads, not counting those that have been at work for long."""
        now = time.monotonic()
        at_work = sum(now - began < self._long for began in self._began.values())
        return self._idle + at_work < self._at_once

    def _start(self, what: Callable[[], None]) -> None:
        thread = threading.Thread(target=what, name="seven-steps-script", daemon=True)
        if what == self._work:
            self._began[thread] = time.monotonic()
        thread.start()

    def _work(self) -> None:
        me = threading.current_thread()
        while task := self._next(me):
            try:
                contextvars.Context().run(task)  # as new as a new thread's
            except Exception:
                LOG.exception("a script's thread met a fault")

    def _next(self, me: threading.Thread) -> Callable[[], None] | None:
        """Return the next task, or None for a thread that is one too many."""
        with self._wanted:
            del self._began[me]
            if not self._has_room():
                self._late.notify()  # for whom this thread was started
                return None
            self._idle += 1
            while not self._waiting:
                self._wanted.wait()
            self._idle -= 1
            self._began[me] = time.monotonic()
            return self._waiting.popleft()

    def _make_room(self) -> None:
        """Start one more thread whenever a task waits for others that take long."""
        while True:
            with self._late:
                while len(self._waiting) <= self._idle:
                    self._late.wait()
                if self._has_room():
                    self._start(self._work)
            time.sleep(self._long / 5)


def take_turns() -> None:
    """Let the scripts of all readers take turns from now on."""
    sys.setswitchinterval(SWITCH_SECONDS)
    turns = Turns()
    wait_aside(turns.step_aside)
    setattr(ScriptRunner, "start", lambda runner: turns.add(lambda: run(runner)))  # noqa: B010


def run(runner: ScriptRunner) -> None:
    """Run a script in this thread as in one of its own, and forget whose it was."""
    runner._script_thread = me = threading.current_thread()
    try:
        runner._run_script_thread()
    finally:
        if hasattr(me, WHOSE):
            delattr(me, WHOSE)
