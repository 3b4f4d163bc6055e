"""The Ray engine: runs in actors of a cluster, which any number of web processes submit to, watch and control."""

import atexit
import threading
import time
from contextlib import suppress
from dataclasses import replace

from core.database import StoreUnavailable
from core.runs.embedded import worker_count
from core.runs.engine import (
    Command,
    EngineAway,
    EngineStats,
    Progress,
    QueueFull,
    RunSummary,
    Snapshot,
    UnknownRun,
    require_steps,
)
from core.runs.live import LiveRun
from core.runs.outlook import progress_of_row, progress_of_run
from core.runs.ray_engine.link import Link
from core.runs.ray_engine.messages import Home, Refused, Taken
from core.runs.ray_engine.mirror import Mirror
from core.runs.ray_engine.watcher import Watcher
from core.runs.shelf import stored_snapshot, summaries
from core.runs.spec import RunSpec
from core.runs.store import Store

SUBMIT_SECONDS = 8.0  # it is saved before it is answered
COMMAND_SECONDS = 3.0
STATS_SECONDS = 1.0
CLOSE_SECONDS = 20.0
AWAY = str(EngineAway())
NOBODY = EngineStats(0, 0, 0, 0, False)


class RayEngine:
    """An `Engine` on a cluster; the store it is given is its own from then on."""

    def __init__(
        self, address: str = "ray", home: Home | None = None, store: Store | None = None, ends_runs: bool = False
    ) -> None:
        self._home = home or Home()
        self._store = store or self._home.store("")
        self._link = Link(address, self._home, self._home.workers or worker_count())
        self._ends_runs = ends_runs or self._link.own  # else they go on, for other web processes
        self._watcher = Watcher(self._link, self._store)
        self._closing = threading.Lock()
        self._closed = False
        atexit.register(self.close)

    def submit(self, spec: RunSpec, owner: str, steps: int | None = None) -> str:
        """Queue a run and return its unguessable id; with `steps` it pauses after so many.

        Raises `QueueFull`, and `ValueError` for a number of steps that cannot be taken.
        """
        require_steps(steps)
        if self._closed:
            raise QueueFull("The server is stopping. Please try again in a minute.")
        text = spec.to_json()
        taken: Taken | Refused = self._link.ask(
            lambda ray, dispatcher: ray.get(dispatcher.submit.remote(text, owner, steps)), SUBMIT_SECONDS
        )
        if isinstance(taken, Refused):
            raise QueueFull(taken.sentence)
        return self._watcher.attach(taken.run, taken.position, taken.wait).run.id

    def control(self, run_id: str, owner: str, command: Command) -> None:
        """Pass a command on; one that comes too late does nothing. Raises `UnknownRun`, `QueueFull`."""
        mirror = self._mirror(run_id, owner)
        if mirror is None or not mirror.run.status.live:
            return
        refused: Refused | None = self._link.ask(
            lambda ray, dispatcher: ray.get(dispatcher.command.remote(run_id, owner, command)), COMMAND_SECONDS
        )
        if refused is not None:
            raise QueueFull(refused.sentence)
        self._watcher.hurry(run_id)

    def poll(self, run_id: str, owner: str, after: int = 0) -> Progress:
        """Return how the run stands, with the records from index `after`; raises `UnknownRun`."""
        mirror = self._mirror(run_id, owner)
        if mirror is None:
            return progress_of_row(self._store.load(run_id, owner), self._store, after)
        with self._watcher.lock:
            mirror.run.watched = time.monotonic()
            progress = progress_of_run(mirror.run, after, mirror.position, mirror.wait)
        away = self._link.away and progress.status.live
        return replace(progress, message=AWAY) if away else progress

    def snapshot(self, run_id: str, owner: str) -> Snapshot | None:
        """Return the newest weights, or None before there are any; raises `UnknownRun`."""
        mirror = self._mirror(run_id, owner)
        if mirror is not None:
            with self._watcher.lock:
                mirror.run.watched = mirror.looked = time.monotonic()
                if mirror.run.status.live or mirror.run.snapshot is not None:
                    return mirror.run.snapshot
        return stored_snapshot(self._store.load(run_id, owner), self._store)

    def resume(self, run_id: str, owner: str) -> None:
        """Take an ended run up again at its checkpoint; raises `UnknownRun`, `QueueFull`, `ValueError` if it cannot."""
        mirror = self._mirror(run_id, owner)
        if mirror is not None and mirror.run.status.live:
            return
        LiveRun.of_row(self._store.load(run_id, owner), self._store)  # raises when it cannot
        taken: Taken | Refused | None = self._link.ask(
            lambda ray, dispatcher: ray.get(dispatcher.resume.remote(run_id, owner)), SUBMIT_SECONDS
        )
        if isinstance(taken, Refused):
            raise QueueFull(taken.sentence)
        self._watcher.forget(run_id)
        if taken is not None:
            self._watcher.attach(taken.run, taken.position, taken.wait)

    def latest(self, owner: str) -> str | None:
        """Return the id of the owner's newest run, so that a reloaded page finds it."""
        newest = self.runs(owner, 1)
        return newest[0].run_id if newest else None

    def runs(self, owner: str, limit: int = 20) -> list[RunSummary]:
        """Return the owner's runs, newest first."""
        rows = {row.id: row for row in self._store.runs_of(owner, limit)}
        with self._watcher.lock:
            rows |= {run.id: run.row() for run in self._watcher.owned(owner)}
        return summaries(rows.values(), limit)

    def stats(self) -> EngineStats:
        """Return how busy the cluster is; raises nothing, for it is asked when something is wrong too."""
        try:
            stats: EngineStats = self._link.ask(
                lambda ray, dispatcher: ray.get(dispatcher.stats.remote()), STATS_SECONDS
            )
        except EngineAway:
            return NOBODY
        return stats

    def close(self) -> None:
        """Leave the cluster, whose runs go on; a cluster of our own ends, and its runs become interrupted."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            atexit.unregister(self.close)
            self._watcher.close()
            if self._ends_runs:
                self._end_runs()
            self._link.close()
            self._store.close()

    def _end_runs(self) -> None:
        try:
            self._link.ask(lambda ray, dispatcher: ray.get(dispatcher.close.remote()), CLOSE_SECONDS)
            self._link.ask(lambda ray, dispatcher: ray.kill(dispatcher), COMMAND_SECONDS)
        except EngineAway:
            return

    def _mirror(self, run_id: str, owner: str) -> Mirror | None:
        """Return what is known of a run, or None for one that is over; raises `UnknownRun` for someone else's."""
        mirror = self._watcher.find(run_id)
        if mirror is not None and mirror.settled and mirror.run.owner == owner:
            with suppress(StoreUnavailable):
                if self._store.load(run_id, owner).status.live:  # another web process has taken it up again
                    self._watcher.forget(run_id)
                    mirror = None
        if mirror is None:
            row = self._store.load(run_id, owner)
            if not row.status.live:
                return None
            run = LiveRun.read(row, self._store)
            run.counted = False  # where it was submitted, it is
            mirror = self._watcher.attach(run)
        if mirror.run.owner != owner:
            raise UnknownRun("There is no such run.")
        return mirror
