"""The dispatcher: one actor that holds the queue, gives each run an actor when it is its turn, and sees it end."""

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Sequence

from core.database import StoreUnavailable
from core.runs.dispatch import FIRST_SPEED, FairQueue, expected_wait
from core.runs.engine import Command, EngineStats, QueueFull, Status, UnknownRun
from core.runs.live import LiveRun
from core.runs.ray_engine import cluster
from core.runs.ray_engine.messages import Home, Order, Outcome, Refused, Standing
from core.runs.ray_engine.under_way import ASK_RARELY, ASK_SECONDS, ASKS_A_SECOND, UnderWay
from core.runs.recorder import Recorder
from core.runs.spec import RunSpec
from core.runs.store import INTERRUPTED
from core.runs.supervisor import GAVE_UP, MAX_DEATHS, PARK_SECONDS

TICK = 0.25  # seconds between looks at the clock
COUNT_SECONDS = 5.0  # between two looks at the processors of the cluster
SERVER = "ray-dispatcher:"  # the first letters of its name in the store
NOT_STARTED = "This run could not be started on the cluster; the log of the servers says why."


class Dispatcher:
    """Runs that wait or are parked (`runs`) and runs that have an actor; `lock` guards both."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._store = home.store(SERVER + secrets.token_hex(8))
        self.lock = threading.RLock()
        self.runs: dict[str, LiveRun] = {}
        self._queue = FairQueue()
        self._under_way: dict[str, UnderWay] = {}
        self._flops = FIRST_SPEED
        self._capacity, self._counted = 0, -COUNT_SECONDS
        self._closed = False
        self._woken = threading.Event()
        self._find_again()
        changed = threading.Event()
        self._recorder = Recorder(self._store, self, changed)
        self._thread = threading.Thread(target=self._dispatch_forever, name="seven-steps-dispatcher", daemon=True)
        self._thread.start()

    def submit(self, spec: str, owner: str, steps: int | None) -> LiveRun | Refused:
        """Queue a run of these settings (JSON)."""
        settings = RunSpec.from_json(spec)
        rate = settings.training.learning_rate
        run = LiveRun(secrets.token_urlsafe(16), owner, settings, time.time(), rate, rate)
        run.budget = steps
        return self._add(run)

    def resume(self, run_id: str, owner: str) -> LiveRun | Refused | None:
        """Queue a run of the store again; None when it is under way already."""
        with self.lock:
            if run_id in self.runs or run_id in self._under_way:
                return None
        try:
            return self._add(LiveRun.of_row(self._store.load(run_id, owner), self._store))
        except (UnknownRun, ValueError, StoreUnavailable) as error:
            return Refused(str(error))

    def command(self, run_id: str, owner: str, command: Command) -> None:
        """Pass a command to the run's actor, or follow it here when it has none."""
        with self.lock:
            under_way, run = self._under_way.get(run_id), self.runs.get(run_id)
            if under_way is not None and under_way.owner == owner:
                under_way.command(command)
            elif run is not None and run.owner == owner:
                run.wish(command)
                run.obey_alone(command, self._queue)
        self._woken.set()

    def look(self, run_ids: Sequence[str]) -> dict[str, Standing]:
        """Return how these runs stand, as far as they are known here."""
        with self.lock:
            return {run_id: standing for run_id in run_ids if (standing := self._standing(run_id)) is not None}

    def give_away(self, run: LiveRun) -> None:
        """Let go of a run that somebody else has taken up: its own actor, as a rule."""
        with self.lock:
            self._queue.remove(run.id)
            self.runs.pop(run.id, None)

    def stats(self) -> EngineStats:
        """Return how many runs stand where; a run actor counts as a worker."""
        with self.lock:
            statuses = Counter(run.status for run in self.runs.values() if run.id not in self._under_way)
            statuses += Counter(run.brief.status if run.brief else Status.QUEUED for run in self._under_way.values())
            workers = len(self._under_way)
        ready = self._thread.is_alive() and not self._closed
        return EngineStats(statuses[Status.QUEUED], statuses[Status.RUNNING], statuses[Status.PAUSED], workers, ready)

    def close(self) -> None:
        """End every run actor; live runs become interrupted."""
        self._closed = True
        self._woken.set()
        self._thread.join()
        closing = [run.actor.close.remote() for run in self._under_way.values()]
        cluster.ray().wait(closing, num_returns=len(closing), timeout=PARK_SECONDS)
        for run in self._under_way.values():
            run.kill()
        with self.lock:
            for waiting in self.runs.values():
                if waiting.status.live and waiting.id not in self._under_way:
                    waiting.status, waiting.message, waiting.dirty = Status.INTERRUPTED, INTERRUPTED, True
        self._recorder.close()
        self._store.close()

    def _find_again(self) -> None:
        """Take over from a dispatcher of an earlier life: the run actors there are, and the runs that it had."""
        actors = cluster.run_actors(self._home)
        for row in sorted(self._store.live(), key=lambda row: row.created):
            if row.id in actors:
                arguments = (row.id, row.owner, actors[row.id], self._home, self._woken.set)
                self._under_way[row.id] = UnderWay.again(*arguments)
            elif row.server.startswith(SERVER):
                run = self.runs[row.id] = LiveRun.read(row, self._store)
                run.budget = 0 if row.status == Status.PAUSED else None
                if row.status == Status.QUEUED:
                    self._queue.add_last(row.owner, row.id)

    def _add(self, run: LiveRun) -> LiveRun | Refused:
        with self.lock:
            if self._closed:
                return Refused("The server is stopping. Please try again in a minute.")
            try:
                self._queue.add(run.owner, run.id)
            except QueueFull as error:
                return Refused(str(error))
            self.runs[run.id] = run
        self._recorder.flush()  # so that whoever follows a dispatcher that dies now finds it
        self._woken.set()
        return run

    def _standing(self, run_id: str) -> Standing | None:
        run, under_way = self.runs.get(run_id), self._under_way.get(run_id)
        if under_way is not None:
            return Standing(under_way.owner, Status.QUEUED, "", "", 0, 0.0, 0.0, actor=under_way.name)
        if run is None:
            return None
        position, wait = self._place(run_id)
        return Standing(
            run.owner, run.status, run.message, run.unsaved, run.step, run.seconds, run.learning_rate,
            position=position, wait=wait,
        )  # fmt: skip

    def _place(self, run_id: str) -> tuple[int | None, float | None]:
        """Return the position of a run in the queue and the seconds it is expected to wait, or None and None."""
        order = self._queue.order()
        if run_id not in order:
            return None, None
        index = order.index(run_id)
        ahead = [self.runs[other].seconds_left(self._flops) for other in order[:index]]
        briefs = [run.brief for run in self._under_way.values() if run.brief]
        left = [PARK_SECONDS if brief.status == Status.PAUSED else brief.seconds_left for brief in briefs]
        return index + 1, expected_wait(left, ahead, max(1, self._capacity))

    def _dispatch_forever(self) -> None:
        while not self._closed:
            self._woken.wait(TICK)
            self._woken.clear()
            try:
                self._turn()
            except Exception:  # the other runs go on
                logging.exception("the dispatcher of the runs met a fault")
                time.sleep(TICK)

    def _turn(self) -> None:
        """Hear the actors, see runs end, hand out what waits, and ask for what must be known."""
        for run in list(self._under_way.values()):
            run.hear()
            if run.brief is not None:
                self._hand_over(run.run_id)
            self._end_if_over(run)
        self._count_processors()
        with self.lock:
            if not self._closed:
                self._start_what_fits()
            waiting = len(self._queue) > 0
        now = time.monotonic()
        pause = max(ASK_SECONDS if waiting else ASK_RARELY, len(self._under_way) / ASKS_A_SECOND)
        for run in self._under_way.values():
            run.ask(now, pause)
            if waiting and run.brief and run.brief.paused >= PARK_SECONDS:
                run.actor.park.remote()

    def _hand_over(self, run_id: str) -> None:
        """Forget a run whose actor has answered: from now on the actor keeps it."""
        with self.lock:
            if self.runs.pop(run_id, None) is not None:
                self._store.let_go(run_id)

    def _end_if_over(self, run: UnderWay) -> None:
        try:
            outcome = run.outcome()
            if outcome is None:
                return
        except cluster.ray().exceptions.RayError as error:
            logging.warning("the actor of run %s has gone: %s", run.run_id, error)
            outcome = None
        try:
            self._take_back(run, outcome)
        except StoreUnavailable:  # the next turn tries again
            return

    def _take_back(self, run: UnderWay, outcome: Outcome | None) -> None:
        """Let an actor go; a parked run stays here, and one that lost its last process is given up."""
        if outcome is not None:
            self._hand_over(run.run_id)
        back = self.runs.get(run.run_id)  # it has never answered
        if back is None and (outcome is None or outcome.parked):
            back = LiveRun.read(self._store.load(run.run_id, run.owner), self._store)
        run.kill()
        with self.lock:
            del self._under_way[run.run_id]
            self._queue.release(run.owner)
            if outcome is not None:
                self._flops = outcome.flops or self._flops
            if back is not None:
                self.runs[back.id] = back
                self._settle(back, outcome)

    def _settle(self, run: LiveRun, outcome: Outcome | None) -> None:
        """Say in what state a run comes back from its actor."""
        run.dirty = True
        if outcome is not None:
            run.status, run.budget = Status.PAUSED, 0
        else:
            run.status = Status.FAILED
            run.message = GAVE_UP.format(deaths=MAX_DEATHS + 1, step=run.step) if run.step else NOT_STARTED

    def _count_processors(self) -> None:
        now = time.monotonic()
        if now - self._counted >= COUNT_SECONDS:
            self._counted, found = now, cluster.processors()
            self._capacity = min(found, self._home.workers or found)

    def _start_what_fits(self) -> None:
        while len(self._under_way) < self._capacity:
            run_id = self._queue.take({run.owner for run in self._under_way.values()})
            if run_id is None:
                return
            run = self.runs[run_id]
            order = Order(run.id, run.owner, run.spec.to_json(), run.created, run.wished_rate, run.budget, run.on_start)
            self._under_way[run_id] = UnderWay.begin(order, self._home, self._woken.set)
