"""An actor with one run: a thread trains with the worker's function, others answer while it does."""

import importlib
import logging
import os
import secrets
import threading
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import torch

from core.database import StoreUnavailable
from core.runs.dispatch import work
from core.runs.engine import Command, Pause, Status
from core.runs.live import LiveRun
from core.runs.messages import OF_ITSELF, Ended, Look, Park
from core.runs.patience import GAVE_UP, LOOK_SECONDS, MAX_DEATHS, OVERTIME_SECONDS
from core.runs.ray_engine.hand import Hand
from core.runs.ray_engine.messages import Brief, Home, Order, Outcome, Question, Standing
from core.runs.ray_engine.order_file import OrderFile
from core.runs.ray_engine.taken_up import SERVER, after, taken_up
from core.runs.recorder import Recorder
from core.runs.spec import MAX_MEMORY, MAX_SECONDS
from core.runs.store import INTERRUPTED
from core.runs.worker import TOO_LONG, limit_memory
from core.telemetry.logs import configure_logs, log
from core.telemetry.runs import worker_lost

T = TypeVar("T")

RAY_MEMORY = 2**30  # bytes that Ray's own threads may hold besides the run
RETRY_SECONDS = 0.5  # between attempts to save a run that has ended


class RunActor:
    """At most one run at a time; `lock` guards it, and `runs` holds it until the store has its end."""

    def __init__(self, name: str, home: Home) -> None:
        torch.set_num_threads(1)
        configure_logs()
        importlib.import_module("core.runs.preload")  # torch and the digits are ready when a run comes
        limit_memory(MAX_MEMORY + RAY_MEMORY)
        self.lock = threading.RLock()
        self.runs: dict[str, LiveRun] = {}
        self._hand: Hand | None = None
        self._heard = 0.0  # when the training last spoke, on the monotonic clock
        self._owes = False  # whether it must answer a command
        self._briefed = 0.0  # when the dispatcher last asked, or the run began
        self._store = home.store(SERVER + secrets.token_hex(8))
        self._file = OrderFile(self._store.checkpoints, name)
        self._changed = threading.Event()
        self._recorder = Recorder(self._store, self, self._changed)
        order = patiently(self._file.read)
        if order is not None:  # the process that had this actor before has died
            worker_lost(order.run_id, order.owner, order.deaths + 1)
            again = replace(order, deaths=order.deaths + 1)
            patiently(lambda: self._begin(again))

    def take(self, order: Order) -> None:
        """Begin a run, or take it up again at its checkpoint."""
        if self.holding() != order.run_id:
            self._begin(order)

    def holding(self) -> str | None:
        """Return the id of the run this actor has, or None."""
        with self.lock:
            return next(iter(self.runs), None)

    def order(self) -> Order | None:
        """Return what this actor works on, or None."""
        with self.lock:
            return self._hand.order if self._hand is not None and self.runs else None

    def process(self, run_id: str) -> int | None:
        """Return the id of this process if it has the run."""
        return os.getpid() if self.holding() == run_id else None

    def command(self, run_id: str, command: Command) -> None:
        """Pass a command to the training; one that comes too late does nothing."""
        with self.lock:
            if self._hand is not None and run_id in self.runs:
                self._await_answer(self._hand.run, command)
                self._hand.run.wish(command)
                self._hand.send(command)
                self._hand.order = after(self._hand.order, self._hand.run)
                self._file.write(self._hand.order)  # for whoever replaces this process

    def stand(self, question: Question) -> Standing | None:
        """Return how the run stands, with the records after a step and, if asked for, weights newer than a step.

        None when this actor has another run by now.
        """
        with self.lock:
            if self._hand is None or self._hand.run.id != question.run_id:
                return None
            run, now = self._hand.run, time.monotonic()
            run.watched = now if question.watched else run.watched
            shown, weights_after = run.snapshot, question.weights_after
            if weights_after is not None and now - run.asked >= LOOK_SECONDS and (not shown or shown.step != run.step):
                run.asked = now
                self._hand.send(Look())
            wanted = weights_after is not None or not run.status.live  # the last ones in any case
            fresh = wanted and shown is not None and shown.step != weights_after
            return Standing(
                run.owner, run.status, run.message, " ".join(filter(None, (run.trouble, run.unsaved))), run.step,
                run.seconds, run.learning_rate,
                tuple(run.records[bisect_right(run.records, question.after_step, key=lambda record: record.step) :]),
                (shown.step, shown.weights) if shown and fresh else None, deaths=run.deaths,
            )  # fmt: skip

    def brief(self, run_id: str) -> Brief | None:
        """Return what the dispatcher must know; a run that takes too long is ended."""
        with self.lock:
            run, now = self.runs.get(run_id), time.monotonic()
            if run is None:
                return None
            paused = run.status == Status.PAUSED
            run.worked += 0.0 if paused else now - self._briefed
            self._briefed = now
            if run.status.live and run.worked > MAX_SECONDS + OVERTIME_SECONDS:
                self._end_overdue(run)
            speaks = run.status.live and (not paused or self._owes)
            silent = now - self._heard if speaks else 0.0
            return Brief(run.status, run.seconds_left(), now - run.paused if paused else 0.0, now - run.watched, silent)

    def park(self, run_id: str) -> None:
        """Let a paused run go, for others wait for its processor."""
        with self.lock:
            if self._hand is not None and run_id in self.runs:
                self._hand.send(Park())

    def join(self, run_id: str) -> Outcome | None:
        """Wait until the run is over and saved; None when this actor does not have it."""
        with self.lock:
            hand = self._hand
        if hand is None or hand.run.id != run_id:
            return None
        hand.over.wait()
        run = hand.run
        flops = work(run.spec, run.step / run.spec.total_steps) / run.seconds if run.seconds > 1 else None
        return Outcome(run.status == Status.PAUSED, flops)

    def close(self) -> None:
        """Leave the run as interrupted, so that it can be taken up again at its last checkpoint."""
        with self.lock:
            for run in self.runs.values():
                if run.status.live:
                    run.status, run.message, run.dirty = Status.INTERRUPTED, INTERRUPTED, True
            if self._hand is not None:
                self._hand.drop()
        self._recorder.close()
        self._file.remove()

    def give_away(self, run: LiveRun) -> None:
        """Let go of a run that another process has taken up."""
        with self.lock:
            self.runs.pop(run.id, None)
            if self._hand is not None:
                self._hand.drop()
        self._file.remove()

    def _begin(self, order: Order) -> None:
        self._store.let_go(order.run_id)  # a run parked here before has been the dispatcher's since
        run = taken_up(order, self._store)
        self._file.write(order)
        with self.lock:
            self._hand = hand = Hand(run, order)
            self.runs = {run.id: run}
            self._heard = self._briefed = run.watched = time.monotonic()
            self._owes = False
            if order.deaths > MAX_DEATHS:
                run.status, run.message = Status.FAILED, GAVE_UP.format(deaths=order.deaths, step=run.step)
        self._recorder.flush()  # from now on the run is this actor's
        self._heard = time.monotonic()  # the database may have taken its time
        if run.status.live:
            hand.train(run.job(self._store))
        threading.Thread(target=self._listen, args=(hand,), name="seven-steps-listener", daemon=True).start()

    def _listen(self, hand: Hand) -> None:
        """Take in what the training says, until it has ended and the store has that."""
        try:
            while hand.run.status.live:
                answer = hand.receive()
                with self.lock:
                    self._heard = time.monotonic()
                    self._owes = self._owes and isinstance(answer, OF_ITSELF)
                    hand.run.hear(answer)
                if isinstance(answer, Ended):
                    break
        except (EOFError, OSError, TypeError):  # TypeError: our end was closed just before it is read
            if hand.run.status.live:  # it has been given away
                return
        self._recorder.flush()  # also waits for a save under way
        while self._unsaved(hand.run):
            time.sleep(RETRY_SECONDS)
            self._recorder.flush()
        with self.lock:
            self.runs.pop(hand.run.id, None)  # a parked one
        self._file.remove()
        hand.over.set()

    def _await_answer(self, run: LiveRun, command: Command) -> None:
        """Expect the training to answer soon, also while it is paused; only Pause may have no answer."""
        if not isinstance(command, Pause):
            if run.status == Status.PAUSED and not self._owes:
                self._heard = time.monotonic()
            self._owes = True

    def _end_overdue(self, run: LiveRun) -> None:
        """End a run that its training has not ended in time; the thread ends when it next wants to say something."""
        run.status, run.message, run.dirty = Status.STOPPED, TOO_LONG, True
        if self._hand is not None:
            self._hand.cut()

    def _unsaved(self, run: LiveRun) -> bool:
        with self.lock:
            return run.id in self.runs and (run.dirty or not run.status.live)


def patiently(action: Callable[[], T]) -> T:
    """Return what `action` returns once the database and the disk let it; an actor that gave up would be lost."""
    while True:
        try:
            return action()
        except (StoreUnavailable, OSError) as error:
            log(logging.WARNING, "an actor waits for the database or the disk", reason=str(error))
            time.sleep(RETRY_SECONDS)
