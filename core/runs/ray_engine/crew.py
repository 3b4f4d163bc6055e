"""The crew: the run actors of the cluster, so many as have runs and a few that are ready for the next ones."""

import logging
import time
from dataclasses import dataclass, field

from core.runs.ray_engine import cluster
from core.runs.ray_engine.messages import Home, Order
from core.runs.ray_engine.under_way import Actor
from core.telemetry.logs import log

COUNT_SECONDS = 5.0  # between two looks at the processors of the cluster
READY = 2  # actors that wait for a run
READY_SHARE = 8  # or one for so many processors
IDLE_SECONDS = 60.0  # after which more of them are let go
FIND_SECONDS = 10.0  # that the actors of an earlier dispatcher have to answer


@dataclass
class Crew:
    """Run actors without a run, and how many there may be of all."""

    home: Home
    capacity: int = 0  # runs at once
    idle: list[Actor] = field(default_factory=list)
    _counted: float = -COUNT_SECONDS

    def count(self) -> None:
        """Look from time to time how many processors the cluster has."""
        now = time.monotonic()
        if now - self._counted >= COUNT_SECONDS:
            self._counted, found = now, cluster.processors()
            self.capacity = min(found, self.home.workers or found)

    def hire(self) -> Actor:
        """Return an actor for a run, the one that has waited longest if any does."""
        return self.idle.pop(0) if self.idle else Actor.start(self.home)

    def release(self, actor: Actor) -> None:
        """Take an actor back whose run is over."""
        actor.idle_since = time.monotonic()
        self.idle.append(actor)

    def balance(self, busy: int) -> None:
        """Keep a few actors ready while there is room besides the busy ones, and let others go after a while."""
        room = self.capacity - busy
        wanted = min(max(READY, self.capacity // READY_SHARE), room)
        while len(self.idle) < wanted:
            self.idle.append(Actor.start(self.home))
        long_ago = time.monotonic() - IDLE_SECONDS
        while self.idle and (len(self.idle) > room or (len(self.idle) > wanted and self.idle[0].idle_since < long_ago)):
            self.idle.pop(0).kill()

    def find(self) -> list[tuple[Actor, Order]]:
        """Return the actors that an earlier dispatcher has left and what they work on; those without a run are idle."""
        ray, found = cluster.ray(), []
        actors = [Actor.find(name, self.home) for name in cluster.run_actors(self.home)]
        answers = {actor.handle.order.options(max_task_retries=-1).remote(): actor for actor in actors}
        ready, silent = ray.wait(list(answers), num_returns=len(answers), timeout=FIND_SECONDS) if answers else ([], [])
        for reference in ready:
            try:
                order = ray.get(reference)
            except ray.exceptions.RayError:  # it has gone meanwhile
                silent.append(reference)
                continue
            if order is None:
                self.release(answers[reference])
            else:
                found.append((answers[reference], order))
        for reference in silent:
            log(logging.WARNING, "actor does not answer and is ended", actor=answers[reference].name)
            answers[reference].kill()
        return found

    def dismiss(self) -> None:
        """End every actor that waits."""
        while self.idle:
            self.idle.pop().kill()
