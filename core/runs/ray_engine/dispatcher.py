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
from core.runs.ray_engine.crew import Crew
from core.runs.ray_engine.messages import Answers, Home, Outcome, Question, Refused, Standing, Taken
from core.runs.ray_engine.under_way import UnderWay
from core.runs.ray_engine.waiting import forget, order_of, remember, remembered
from core.runs.recorder import Recorder
from core.runs.spec import RunSpec
from core.runs.store import INTERRUPTED
from core.runs.supervisor import MAX_DEATHS, PARK_SECONDS
from core.telemetry.logs import configure_logs, log

ANSWER_SECONDS = 0.25  # that `listen` waits for slow actors
TICK = 0.25  # seconds between looks at the clock
ASK_SECONDS = 1.0  # between two looks at the actors while somebody waits for one
ASK_RARELY = 5.0  # the same while nobody waits
ASKS_A_SECOND = 200  # at most, however many actors there are
SERVER = "ray-dispatcher:"  # the first letters of its name in the store
LOST = "The cluster could not go on with this run; the log of its servers says why."


class Dispatcher:
    """Runs that wait or are parked (`runs`) and runs that have an actor; `lock` guards both."""

    def __init__(self, home: Home) -> None:
        configure_logs()
        self._home = home
        self._store = home.store(SERVER + secrets.token_hex(8))
        self.lock = threading.RLock()
        self.runs: dict[str, LiveRun] = {}
        self._queue = FairQueue()
        self._under_way: dict[str, UnderWay] = {}
        self._crew = Crew(home)
        self._flops = FIRST_SPEED
        self._closed = False
        self._woken = threading.Event()
        self._find_again()
        changed = threading.Event()
        self._recorder = Recorder(self._store, self, changed)
        self._thread = threading.Thread(target=self._dispatch_forever, name="seven-steps-dispatcher", daemon=True)
        self._thread.start()

    def submit(self, spec: str, owner: str, steps: int | None) -> Taken | Refused:
        """Queue a run of these settings (JSON)."""
        settings = RunSpec.from_json(spec)
        rate = settings.training.learning_rate
        run = LiveRun(secrets.token_urlsafe(16), owner, settings, time.time(), rate, rate)
        run.budget = steps
        return self._add(run)

    def resume(self, run_id: str, owner: str) -> Taken | Refused | None:
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
                remember(run, self._store)
        self._woken.set()

    def listen(self, questions: Sequence[Question]) -> Answers:
        """Return how these runs stand: what their actors say, all asked at once, or what is known here."""
        with self.lock:
            trained = {run.run_id: run for run in self._under_way.values() if run.end is not None}
            known = {q.run_id: self._standing(q.run_id) for q in questions if q.run_id not in trained}
        asked = {trained[q.run_id].question(q): q.run_id for q in questions if q.run_id in trained}
        if not asked:
            return Answers(known, frozenset())
        ray, lost = cluster.ray(), set()
        ready, _ = ray.wait(list(asked), num_returns=len(asked), timeout=ANSWER_SECONDS)
        for reference in ready:
            try:
                known[asked[reference]] = ray.get(reference)
            except ray.exceptions.RayError:
                lost.add(asked[reference])
        return Answers(known, frozenset(lost))

    def process(self, run_id: str) -> int | None:
        """Return the id of the process that trains a run, for whoever looks into a fault."""
        with self.lock:
            run = self._under_way.get(run_id)
        if run is None:
            return None
        try:
            pid: int | None = cluster.ray().get(run.actor.handle.process.remote(run_id))
        except cluster.ray().exceptions.RayError:
            return None
        return pid

    def give_away(self, run: LiveRun) -> None:
        """Let go of a run that somebody else has taken up: its own actor, as a rule."""
        with self.lock:
            self._queue.remove(run.id)
            self.runs.pop(run.id, None)
            forget(run.id, self._store)

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
        closing = [run.actor.handle.close.remote() for run in self._under_way.values()]
        cluster.ray().wait(closing, num_returns=len(closing), timeout=PARK_SECONDS) if closing else None
        for run in self._under_way.values():
            run.actor.kill()
        self._crew.dismiss()
        with self.lock:
            for waiting in self.runs.values():
                if waiting.status.live and waiting.id not in self._under_way:
                    waiting.status, waiting.message, waiting.dirty = Status.INTERRUPTED, INTERRUPTED, True
                    forget(waiting.id, self._store)
        self._recorder.close()
        self._store.close()

    def _find_again(self) -> None:
        """Take over from a dispatcher of an earlier life: the run actors there are, and the runs that it had."""
        actors = self._crew.find()
        for row in sorted(self._store.live(), key=lambda row: row.created):
            if row.id in actors:
                self._under_way[row.id] = UnderWay(row.id, row.owner, actors[row.id], self._woken.set)
                self._under_way[row.id].follow()
                forget(row.id, self._store)
            elif row.server.startswith(SERVER):
                self.runs[row.id] = remembered(LiveRun.read(row, self._store), self._store)
                if row.status == Status.QUEUED:
                    self._queue.add_last(row.owner, row.id)

    def _add(self, run: LiveRun) -> Taken | Refused:
        with self.lock:
            if self._closed:
                return Refused("The server is stopping. Please try again in a minute.")
            try:
                self._queue.add(run.owner, run.id)
            except QueueFull as error:
                return Refused(str(error))
            self.runs[run.id] = run
            remember(run, self._store)
            place = self._place(run.id)
        self._recorder.flush()  # so that whoever follows a dispatcher that dies now finds it
        self._woken.set()
        return Taken(run, *place)

    def _standing(self, run_id: str) -> Standing | None:
        run, under_way = self.runs.get(run_id), self._under_way.get(run_id)
        if under_way is not None:
            return Standing(under_way.owner, Status.QUEUED, "", "", 0, 0.0, 0.0)
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
        left = [run.seconds_left() for run in self._under_way.values()]
        return index + 1, expected_wait(left, ahead, max(1, self._crew.capacity))

    def _dispatch_forever(self) -> None:
        while not self._closed:
            self._woken.wait(TICK)
            self._woken.clear()
            try:
                self._turn()
            except Exception as error:  # the other runs go on
                log(logging.ERROR, "the dispatcher of the runs met a fault", error)
                time.sleep(TICK)

    def _turn(self) -> None:
        """See runs end, hand out what waits, and ask for what must be known."""
        for run in list(self._under_way.values()):
            if run.end is not None:
                self._hand_over(run)
            if run.over():
                self._end(run)
        self._crew.count()
        with self.lock:
            if self._closed:
                return
            self._start_what_fits()
            waiting = len(self._queue) > 0
        self._crew.balance(len(self._under_way))
        self._ask_around(waiting)

    def _ask_around(self, waiting: bool) -> None:
        """Ask the actors how far they are, and park the runs that have been paused for long while others wait."""
        now = time.monotonic()
        pause = max(ASK_SECONDS if waiting else ASK_RARELY, len(self._under_way) / ASKS_A_SECOND)
        for run in self._under_way.values():
            run.ask(now, pause)
            if waiting and run.brief and run.brief.paused >= PARK_SECONDS:
                run.park()

    def _hand_over(self, run: UnderWay) -> None:
        """Forget a run that its actor keeps from now on, and send the commands that have waited for it."""
        with self.lock:
            if self.runs.pop(run.run_id, None) is not None:
                self._store.let_go(run.run_id)
                forget(run.run_id, self._store)
            run.send()

    def _end(self, run: UnderWay) -> None:
        gone, outcome = False, None
        try:
            outcome = run.outcome()
        except cluster.ray().exceptions.RayError as error:
            log(logging.WARNING, "actor has gone", run=run.run_id, reason=str(error))
            gone = True
        try:
            back = self._comes_back(run, outcome, gone)
        except StoreUnavailable:  # the next turn tries again
            return
        with self.lock:
            del self._under_way[run.run_id]
            self._queue.release(run.owner)
            if outcome is not None:
                self._flops = outcome.flops or self._flops
            if not gone:
                self._crew.release(run.actor)
            if back is not None:
                self.runs[back.id] = back
                if back.status == Status.QUEUED:
                    self._queue.add_first(back.owner, back.id)

    def _comes_back(self, run: UnderWay, outcome: Outcome | None, gone: bool) -> LiveRun | None:
        """Return a run that is not over: parked, lost by its actor, or left by an actor that has gone for good."""
        back = self.runs.get(run.run_id)  # the actor has never had it
        if back is None:
            row = self._store.load(run.run_id, run.owner)
            if not row.status.live:
                return None
            back = LiveRun.read(row, self._store)
        back.dirty, back.status = True, Status.QUEUED
        if outcome is not None and outcome.parked:
            back.status, back.budget = Status.PAUSED, 0
        elif gone:
            back.deaths += 1
            if back.deaths > MAX_DEATHS or run.end is not None:
                back.status, back.message = Status.FAILED, LOST
        return back

    def _start_what_fits(self) -> None:
        while len(self._under_way) < self._crew.capacity:
            run_id = self._queue.take({run.owner for run in self._under_way.values()})
            if run_id is None:
                return
            run = self.runs[run_id]
            under_way = UnderWay(run.id, run.owner, self._crew.hire(), self._woken.set, run.seconds_left(self._flops))
            self._under_way[run_id] = under_way
            under_way.give(order_of(run))
