"""The floor: runs that wait or are parked, runs that have an actor, and how the ones become the others."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from core.database import StoreUnavailable
from core.runs.dispatch import FIRST_SPEED, FairQueue
from core.runs.engine import QueueFull, Status, UnknownRun
from core.runs.live import LiveRun
from core.runs.patience import ABANDONED_SECONDS, MAX_DEATHS, PARK_SECONDS
from core.runs.ray_engine.crew import Crew
from core.runs.ray_engine.messages import Home, Outcome
from core.runs.ray_engine.taken_up import taken_up
from core.runs.ray_engine.under_way import Trouble, UnderWay
from core.runs.ray_engine.waiting import forget, order_of, remembered
from core.runs.store import Store
from core.telemetry.logs import log

SERVER = "ray-dispatcher:"  # the first letters of a dispatcher's name in the store
ASK_SECONDS = 1.0  # between two looks at the actors while somebody waits for one
ASK_RARELY = 5.0  # the same while nobody waits
ASKS_A_SECOND = 200  # at most, however many actors there are
REST_SECONDS = 2.0  # before a run is tried again that could not begin
LOST = "The cluster could not go on with this run; the log of its servers says why."
LATER = "This run could not begin just now, for the database or the disk did not answer; it is tried again."


class Floor:
    """Runs that wait or are parked (`runs`) and runs that have an actor; `lock` guards both."""

    def __init__(self, home: Home, store: Store, wake: Callable[[], None]) -> None:
        self.lock = threading.RLock()
        self.runs: dict[str, LiveRun] = {}
        self.queue = FairQueue()
        self.under_way: dict[str, UnderWay] = {}
        self.crew = Crew(home)
        self.closed = False
        self._store, self._wake = store, wake
        self._flops = FIRST_SPEED
        self._resting: dict[str, float] = {}  # owner → until when their run is not tried again

    def has(self, run_id: str) -> bool:
        """Whether the run is here."""
        return run_id in self.runs or run_id in self.under_way

    def place(self, run_id: str) -> tuple[int | None, float | None]:
        """Return the position of a run in the queue and the seconds it is expected to wait, or None and None."""
        busy = {run.owner: run.seconds_left() for run in self.under_way.values()}
        seconds = lambda other: self.runs[other].seconds_left(self._flops)  # noqa: E731
        return self.queue.place(run_id, busy, seconds, max(1, self.crew.capacity))

    def give_away(self, run: LiveRun) -> None:
        """Let go of a run that somebody else has taken up: its own actor, as a rule."""
        with self.lock:
            self.queue.remove(run.id)
            self.runs.pop(run.id, None)
            forget(run.id, self._store)

    def find_again(self) -> None:
        """Take over from a dispatcher of an earlier life: the run actors there are, and the runs that it had."""
        for actor, order in self.crew.find():
            run = UnderWay(order.run_id, order.owner, actor, self._wake, order=order)
            self.under_way[run.run_id] = run
            run.follow()
            forget(run.run_id, self._store)
        for row in sorted(self._store.live(), key=lambda row: row.created):
            if row.id not in self.under_way and row.server.startswith(SERVER):
                run_again = remembered(LiveRun.read(row, self._store), self._store)
                run_again.paused = time.monotonic()
                self.runs[row.id] = run_again
                if row.status == Status.QUEUED:
                    self.queue.add_last(row.owner, row.id)

    def turn(self) -> None:
        """See runs end, hand out what waits, and ask for what must be known."""
        for run in list(self.under_way.values()):
            self._guarded(self._see_to, run)
        self.crew.count()
        with self.lock:
            if self.closed:
                return
            self._put_away()
            self._start_what_fits()
            waiting = len(self.queue) > 0
        self.crew.balance(len(self.under_way))
        for run in list(self.under_way.values()):
            self._guarded(lambda run: self._ask(run, waiting), run)

    def _guarded(self, look: Callable[[UnderWay], None], run: UnderWay) -> None:
        """Look at one run; a fault there is tried again at the next turn and keeps no other run waiting."""
        try:
            look(run)
        except StoreUnavailable:  # it has been logged
            return
        except Exception as error:
            log(logging.ERROR, "the dispatcher met a fault with a run", error, run=run.run_id)

    def _see_to(self, run: UnderWay) -> None:
        if run.end is not None:
            self._hand_over(run)
        if run.over():
            self._end(run)

    def _ask(self, run: UnderWay, waiting: bool) -> None:
        """Ask an actor how far it is; park a run that is paused for long while others wait, or while nobody looks."""
        pause = max(ASK_SECONDS if waiting else ASK_RARELY, len(self.under_way) / ASKS_A_SECOND)
        run.ask(time.monotonic(), pause)
        if run.brief is not None:
            abandoned = min(run.brief.paused, run.brief.unwatched) >= ABANDONED_SECONDS
            if run.brief.paused >= PARK_SECONDS and (waiting or abandoned):
                run.park()

    def _hand_over(self, run: UnderWay) -> None:
        """Forget a run that its actor keeps from now on, and send the commands that have waited for it."""
        with self.lock:
            if self.runs.pop(run.run_id, None) is not None:
                self._store.let_go(run.run_id)
                forget(run.run_id, self._store)
            run.send()

    def _end(self, run: UnderWay) -> None:
        """Take back what an actor has let go of, could not take, or has left by its death."""
        outcome, trouble = run.outcome()
        back = self._comes_back(run, outcome, trouble)
        with self.lock:
            del self.under_way[run.run_id]
            self.queue.release(run.owner)
            if outcome is not None:
                self._flops = outcome.flops or self._flops
            if back is not None:
                self.runs[back.id] = back
                if back.status == Status.QUEUED:
                    self.queue.add_first(back.owner, back.id)
                self._obey_late(back, run)
        if trouble is Trouble.GONE:
            run.actor.kill()  # to be sure
        else:
            self.crew.release(run.actor)

    def _comes_back(self, run: UnderWay, outcome: Outcome | None, trouble: Trouble | None) -> LiveRun | None:
        """Return a run that is not over: parked, lost by its actor, or one that an actor could not take."""
        back = self.runs.get(run.run_id) or self._left_by(run)
        if back is None:
            return None
        back.dirty, back.status = True, Status.QUEUED
        if outcome is not None and outcome.parked:
            back.status, back.budget, back.paused = Status.PAUSED, 0, time.monotonic()
        elif trouble is Trouble.PASSING:
            back.message = LATER
            self._resting[back.owner] = time.monotonic() + REST_SECONDS
        elif trouble is not None:
            back.deaths += 1
            if back.deaths > MAX_DEATHS or run.end is not None:
                back.status, back.message = Status.FAILED, LOST
        return back

    def _left_by(self, run: UnderWay) -> LiveRun | None:
        """Return what the store knows of a run that an actor has had; one that was never saved begins anew."""
        with suppress(UnknownRun):
            row = self._store.load(run.run_id, run.owner)
            return LiveRun.read(row, self._store) if row.status.live else None
        return None if run.order is None else taken_up(run.order, self._store)

    def _obey_late(self, back: LiveRun, run: UnderWay) -> None:
        """Follow the commands that the actor has never had."""
        for command in run.unsent:
            back.wish(command)
            with suppress(QueueFull):
                back.obey_alone(command, self.queue)

    def _put_away(self) -> None:
        """End the parked runs that nobody has looked at for long."""
        now = time.monotonic()
        for run in self.runs.values():
            if run.id not in self.under_way and run.abandoned(now):
                run.put_away()

    def _start_what_fits(self) -> None:
        now = time.monotonic()
        self._resting = {owner: until for owner, until in self._resting.items() if until > now}
        while len(self.under_way) < self.crew.capacity:
            run_id = self.queue.take({run.owner for run in self.under_way.values()} | self._resting.keys())
            if run_id is None:
                return
            run = self.runs[run_id]
            under_way = UnderWay(run.id, run.owner, self.crew.hire(), self._wake, run.seconds_left(self._flops))
            self.under_way[run_id] = under_way
            under_way.give(order_of(run))
