"""The watcher: one thread of a web process that asks, all at once, how the runs stand that somebody watches."""

import logging
import threading
import time

from core.database import StoreUnavailable
from core.runs.engine import EngineAway, UnknownRun
from core.runs.live import LiveRun
from core.runs.patience import DIED, WATCHED_SECONDS
from core.runs.ray_engine.link import Link
from core.runs.ray_engine.messages import Answers
from core.runs.ray_engine.mirror import Mirror
from core.runs.store import Store
from core.telemetry.logs import log

TICK = 0.3  # seconds between two rounds
HURRY_TICK = 0.05  # the same for a run that has just got a command
HURRY_SECONDS = 1.0
ROUND_SECONDS = 10.0  # after which the cluster counts as lost
REVIVE_SECONDS = 1.0
FORGET_SECONDS = 30.0  # after nobody has watched
UNWATCHED_SECONDS = 5.0  # between two looks at a run that nobody watches, to count its end


class Watcher:
    """The mirrors of a web process, kept fresh while they are watched."""

    def __init__(self, link: Link, store: Store) -> None:
        self.lock = threading.RLock()
        self._link, self._store = link, store
        self._mirrors: dict[str, Mirror] = {}
        self._hurried: dict[str, float] = {}  # run id → until when
        self._beginning = False  # whether a run is about to begin
        self._woken = threading.Event()
        self._closed = False
        self._last_round = 0.0
        self._thread = threading.Thread(target=self._watch, name="seven-steps-watcher", daemon=True)
        self._thread.start()

    def find(self, run_id: str) -> Mirror | None:
        """Return the mirror of a run, if there is one."""
        with self.lock:
            return self._mirrors.get(run_id)

    def attach(self, run: LiveRun, position: int | None = None, wait: float | None = None) -> Mirror:
        """Begin to watch a run; one that is watched already keeps its mirror."""
        with self.lock:
            run.watched = run.queued = time.monotonic()  # it may come from another machine, which has another clock
            mirror = self._mirrors.setdefault(run.id, Mirror(run, position, wait))
        self.hurry(run.id)
        return mirror

    def forget(self, run_id: str) -> None:
        """Drop what is known of a run."""
        with self.lock:
            self._mirrors.pop(run_id, None)

    def hurry(self, run_id: str) -> None:
        """Ask for a run at once and often, for something is about to happen."""
        with self.lock:
            self._hurried[run_id] = time.monotonic() + HURRY_SECONDS
        self._woken.set()

    def owned(self, owner: str) -> list[LiveRun]:
        """Return what is known of an owner's live runs."""
        with self.lock:
            runs = [mirror.run for mirror in self._mirrors.values()]
        return [run for run in runs if run.owner == owner and run.status.live]

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._woken.set()
        self._thread.join(ROUND_SECONDS)

    def _watch(self) -> None:
        while not self._closed:
            self._woken.wait(HURRY_TICK if self._hurried or self._beginning else TICK)
            self._woken.clear()
            try:
                if self._link.away:
                    time.sleep(REVIVE_SECONDS)
                    self._link.revive()
                elif self._link.doubted:
                    self._link.probe(ROUND_SECONDS)
                else:
                    self._round()
            except EngineAway:
                continue
            except Exception as error:
                log(logging.ERROR, "the watcher of the runs met a fault", error)
                time.sleep(TICK)

    def _round(self) -> None:
        """Ask for every run that is due, and take in what is answered."""
        due = self._due(time.monotonic())
        if not due:
            return
        now = time.monotonic()
        questions = [mirror.question(now) for mirror in due]
        listen = lambda ray, dispatcher: ray.get(dispatcher.listen.remote(questions))  # noqa: E731
        answers: Answers = self._link.ask(listen, ROUND_SECONDS, vital=True)
        for mirror in due:
            self._hear(mirror, answers)

    def _due(self, now: float) -> list[Mirror]:
        """Return the watched live runs whose turn it is, and forget those that nobody has watched for long."""
        with self.lock:
            self._hurried = {run_id: until for run_id, until in self._hurried.items() if until > now}
            for run_id, mirror in list(self._mirrors.items()):
                counts = mirror.run.counted and mirror.run.status.live
                if not counts and now - mirror.run.watched > FORGET_SECONDS:
                    del self._mirrors[run_id]
            self._beginning = any(mirror.begins for mirror in self._mirrors.values())
            everyone = now - self._last_round >= TICK
            if everyone:
                self._last_round = now
            return [mirror for mirror in self._mirrors.values() if self._is_due(mirror, now, everyone)]

    def _is_due(self, mirror: Mirror, now: float, everyone: bool) -> bool:
        hurried = mirror.run.id in self._hurried or mirror.begins
        watched = now - mirror.run.watched < WATCHED_SECONDS
        counts = mirror.run.counted and now - mirror.asked >= UNWATCHED_SECONDS
        return mirror.unsettled and (hurried or (everyone and (watched or counts)))

    def _hear(self, mirror: Mirror, answers: Answers) -> None:
        standing = answers.known.get(mirror.run.id)
        with self.lock:
            if standing is not None:
                mirror.hear(standing)
            elif mirror.run.id in answers.lost:
                mirror.run.message = DIED
        if standing is None and mirror.run.id in answers.known:  # it is over, says the store
            self._settle(mirror)

    def _settle(self, mirror: Mirror) -> None:
        try:
            row = self._store.load(mirror.run.id, mirror.run.owner)
            records = self._store.records(row.id)
            with self.lock:
                mirror.settle(row, records)
        except (UnknownRun, StoreUnavailable) as error:
            log(logging.INFO, "run cannot be found", run=mirror.run.id, reason=str(error))
