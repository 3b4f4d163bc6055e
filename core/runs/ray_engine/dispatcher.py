"""The dispatcher: one actor that web processes submit runs to and ask, and whose thread hands the runs out."""

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Sequence

from core.database import StoreUnavailable
from core.runs.engine import Command, EngineStats, QueueFull, Status, UnknownRun
from core.runs.housekeeper import Housekeeper
from core.runs.live import LiveRun
from core.runs.patience import PARK_SECONDS
from core.runs.ray_engine import cluster
from core.runs.ray_engine.floor import SERVER, Floor
from core.runs.ray_engine.messages import Answers, Home, Question, Refused, Standing, Taken
from core.runs.ray_engine.waiting import forget, remember
from core.runs.recorder import Recorder
from core.runs.spec import RunSpec
from core.runs.store import INTERRUPTED
from core.telemetry.logs import configure_logs, log

ANSWER_SECONDS = 0.25  # that `listen` waits for slow actors
TICK = 0.25  # seconds between looks at the clock


class Dispatcher:
    """The desk of the cluster: every call is answered at once, from the floor's runs and from their actors."""

    def __init__(self, home: Home) -> None:
        configure_logs()
        self._store = home.store(SERVER + secrets.token_hex(8))
        self._woken = threading.Event()
        self._floor = Floor(home, self._store, self._woken.set)
        self._floor.find_again()
        self._recorder = Recorder(self._store, self._floor, threading.Event())
        self._housekeeper = Housekeeper(self._store)
        self._thread = threading.Thread(target=self._dispatch_forever, name="seven-steps-dispatcher", daemon=True)
        self._thread.start()

    def submit(self, spec: str, owner: str, steps: int | None) -> Taken | Refused:
        """Queue a run of these settings (JSON)."""
        settings = RunSpec.from_json(spec)
        rate = settings.training.learning_rate
        run = LiveRun(secrets.token_urlsafe(16), owner, settings, time.time(), rate, rate)
        run.budget = steps
        return self._kept(self._enter(run))

    def resume(self, run_id: str, owner: str) -> Taken | Refused | None:
        """Queue a run of the store again; None when it is under way already."""
        try:
            with self._floor.lock:
                if self._floor.has(run_id):
                    return None
            run = LiveRun.of_row(self._store.load(run_id, owner), self._store)
        except (UnknownRun, ValueError, StoreUnavailable) as error:
            return Refused(str(error))
        with self._floor.lock:
            if self._floor.has(run_id):  # by now
                return None
            taken = self._enter(run)
        return self._kept(taken)

    def command(self, run_id: str, owner: str, command: Command) -> Refused | None:
        """Pass a command to the run's actor, or follow it here when it has none."""
        floor = self._floor
        with floor.lock:
            under_way, run = floor.under_way.get(run_id), floor.runs.get(run_id)
            if under_way is not None and under_way.owner == owner:
                under_way.command(command)
            elif run is not None and run.owner == owner:
                try:
                    run.obey_alone(command, floor.queue)
                except QueueFull as error:
                    return Refused(str(error))
                run.wish(command)
                remember(run, self._store)
        self._woken.set()
        return None

    def listen(self, questions: Sequence[Question]) -> Answers:
        """Return how these runs stand: what their actors say, all asked at once, or what is known here."""
        floor = self._floor
        with floor.lock:
            trained = {run.run_id: run for run in floor.under_way.values() if run.end is not None}
            known = {q.run_id: self._standing(q) for q in questions if q.run_id not in trained}
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
        with self._floor.lock:
            run = self._floor.under_way.get(run_id)
        if run is None:
            return None
        try:
            pid: int | None = cluster.ray().get(run.actor.handle.process.remote(run_id))
        except cluster.ray().exceptions.RayError:
            return None
        return pid

    def stats(self) -> EngineStats:
        """Return how many runs stand where; a run actor counts as a worker."""
        floor = self._floor
        with floor.lock:
            statuses = Counter(run.status for run in floor.runs.values() if run.id not in floor.under_way)
            statuses += Counter(run.brief.status if run.brief else Status.QUEUED for run in floor.under_way.values())
            workers = len(floor.under_way)
        ready = self._thread.is_alive() and not floor.closed
        return EngineStats(statuses[Status.QUEUED], statuses[Status.RUNNING], statuses[Status.PAUSED], workers, ready)

    def close(self) -> None:
        """End every run actor; live runs become interrupted."""
        floor = self._floor
        floor.closed = True
        self._woken.set()
        self._thread.join()
        closing = [run.actor.handle.close.remote() for run in floor.under_way.values()]
        cluster.ray().wait(closing, num_returns=len(closing), timeout=PARK_SECONDS) if closing else None
        for run in floor.under_way.values():
            run.actor.kill()
        floor.crew.dismiss()
        with floor.lock:
            for waiting in floor.runs.values():
                if waiting.status.live and waiting.id not in floor.under_way:
                    waiting.status, waiting.message, waiting.dirty = Status.INTERRUPTED, INTERRUPTED, True
                    forget(waiting.id, self._store)
        self._recorder.close()
        self._housekeeper.close()
        self._store.close()

    def _enter(self, run: LiveRun) -> Taken | Refused:
        with self._floor.lock:
            if self._floor.closed:
                return Refused("The server is stopping. Please try again in a minute.")
            try:
                self._floor.queue.add(run.owner, run.id)
            except QueueFull as error:
                return Refused(str(error))
            self._floor.runs[run.id] = run
            remember(run, self._store)
            return Taken(run, *self._floor.place(run.id))

    def _kept(self, taken: Taken | Refused) -> Taken | Refused:
        """Save a run that has just been taken, so that whoever follows a dispatcher that dies now finds it."""
        if isinstance(taken, Taken):
            self._recorder.flush()
            self._woken.set()
        return taken

    def _standing(self, question: Question) -> Standing | None:
        run, under_way = self._floor.runs.get(question.run_id), self._floor.under_way.get(question.run_id)
        if under_way is not None:
            return Standing(under_way.owner, Status.QUEUED, "", "", 0, 0.0, 0.0)
        if run is None:
            return None
        run.watched = time.monotonic() if question.watched else run.watched
        position, wait = self._floor.place(question.run_id)
        return Standing(
            run.owner, run.status, run.message, run.unsaved, run.step, run.seconds, run.learning_rate,
            position=position, wait=wait,
        )  # fmt: skip

    def _dispatch_forever(self) -> None:
        while not self._floor.closed:
            self._woken.wait(TICK)
            self._woken.clear()
            try:
                self._floor.turn()
            except Exception as error:  # the runs go on
                log(logging.ERROR, "the dispatcher of the runs met a fault", error)
                time.sleep(TICK)
