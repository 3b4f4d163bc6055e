"""The runs that have an actor: the dispatcher's view of them."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.runs.engine import Command
from core.runs.ray_engine.cluster import RUN, find, ray, start_run
from core.runs.ray_engine.messages import Brief, Home, Order, Outcome

ASK_SECONDS = 1.0  # between two looks at the actors while somebody waits for one
ASK_RARELY = 5.0  # the same while nobody waits
ASKS_A_SECOND = 200  # at most, however many actors there are


@dataclass(eq=False)
class UnderWay:
    """A run with an actor."""

    run_id: str
    owner: str
    name: str  # of the actor
    actor: Any
    end: Any  # reference to its `Outcome`
    asked: Any = None  # reference to a `Brief` that is to come
    asked_at: float = field(default_factory=time.monotonic)
    brief: Brief | None = None  # None until the actor has answered for the first time

    @classmethod
    def begin(cls, order: Order, home: Home, wake: Callable[[], None]) -> "UnderWay":
        """Start an actor for a run; `wake` is called when it has something to tell."""
        name = f"{RUN}:{order.run_id}:{secrets.token_hex(4)}"  # its last actor may not be quite gone
        return cls._of(order.run_id, order.owner, name, start_run(order, home, name), wake)

    @classmethod
    def again(cls, run_id: str, owner: str, name: str, home: Home, wake: Callable[[], None]) -> "UnderWay":
        """Find the actor that a dispatcher of an earlier life has started; raises `ValueError` when it has gone."""
        return cls._of(run_id, owner, name, find(name, home), wake)

    @classmethod
    def _of(cls, run_id: str, owner: str, name: str, actor: Any, wake: Callable[[], None]) -> "UnderWay":
        patient = {"max_task_retries": -1}  # the question is put again to a process that replaces a dead one
        run = cls(run_id, owner, name, actor, actor.join.options(**patient).remote())
        run.asked = actor.brief.options(**patient).remote()
        for reference in (run.end, run.asked):
            reference.future().add_done_callback(lambda _: wake())
        return run

    def command(self, command: Command) -> None:
        """Pass a command on, also to an actor that is just being started again."""
        self.actor.command.options(max_task_retries=-1).remote(command)

    def outcome(self) -> Outcome | None:
        """Return how the run left its actor, or None while it has it; raises Ray's error when the actor has died."""
        ready, _ = ray().wait([self.end], timeout=0)
        outcome: Outcome | None = ray().get(self.end) if ready else None
        return outcome

    def hear(self) -> None:
        """Take in an answer that has come."""
        if self.asked is not None and ray().wait([self.asked], timeout=0)[0]:
            try:
                self.brief = ray().get(self.asked)
            except ray().exceptions.RayError:
                logging.info("run %s does not answer", self.run_id)
            self.asked = None

    def ask(self, now: float, pause: float) -> None:
        """Ask for a brief when the last question is `pause` seconds old."""
        if self.asked is None and now - self.asked_at >= pause:
            self.asked, self.asked_at = self.actor.brief.remote(), now

    def kill(self) -> None:
        """End the actor."""
        ray().kill(self.actor)
