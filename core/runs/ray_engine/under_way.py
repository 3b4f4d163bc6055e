"""The actors and the runs under way in them: the dispatcher's view."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from core.database import StoreUnavailable
from core.runs.engine import Command, Status
from core.runs.patience import PARK_SECONDS
from core.runs.ray_engine.cluster import RUN, find, ray, start_run_actor
from core.runs.ray_engine.messages import Brief, Home, Order, Outcome, Question
from core.telemetry.logs import log

SILENT_SECONDS = 30.0  # after which an actor that does not answer is ended
PASSING = (StoreUnavailable, OSError)  # what an actor that tries again later need not meet again
PATIENT = {"max_task_retries": -1}  # the call is made again to a process that replaces a dead one


class Trouble(Enum):
    """Why a run left its actor that neither ended nor was parked."""

    GONE = "the actor has died for good"
    PASSING = "the actor lives, but the database or the disk did not let it begin"
    FAULT = "the actor lives, but met a fault of the program"


@dataclass(eq=False)
class Actor:
    """A run actor, with a run or ready for one."""

    name: str
    handle: Any
    idle_since: float = field(default_factory=time.monotonic)

    @classmethod
    def start(cls, home: Home) -> "Actor":
        """Start an actor, which has torch and the digits ready when a run comes."""
        name = f"{RUN}:{secrets.token_hex(8)}"
        return cls(name, start_run_actor(name, home))

    @classmethod
    def find(cls, name: str, home: Home) -> "Actor":
        """Return an actor that an earlier dispatcher has started; raises `ValueError` when it has gone."""
        return cls(name, find(name, home))

    def kill(self) -> None:
        """End the actor."""
        ray().kill(self.handle)


@dataclass(eq=False)
class UnderWay:
    """A run with an actor."""

    run_id: str
    owner: str
    actor: Actor
    wake: Callable[[], None]  # called when there is something to tell
    estimate: float = 0.0  # of its seconds, before the actor has said anything
    order: Order | None = None  # what its actor was given
    end: Any = None  # reference to its `Outcome`, once the actor keeps the run
    failure: BaseException | None = None  # why the actor could not take it
    unsent: list[Command] = field(default_factory=list)  # commands that came before the actor had it
    brief: Brief | None = None
    asked: Any = None  # reference to a `Brief` that is to come
    asked_at: float = -1e9

    def give(self, order: Order) -> None:
        """Give the run to its actor."""
        self.order = order
        taking = self.actor.handle.take.options(**PATIENT).remote(order)

        def taken(future: Any) -> None:
            self.failure = future.exception()
            if self.failure is None:
                self.follow()
            self.wake()

        taking.future().add_done_callback(taken)

    def follow(self) -> None:
        """Wait for the end of a run that the actor keeps."""
        self.end = self.actor.handle.join.options(**PATIENT).remote(self.run_id)
        self.end.future().add_done_callback(lambda _: self.wake())

    def command(self, command: Command) -> None:
        """Pass a command on, also to an actor that is just being started again; before it has the run, keep it."""
        self.unsent.append(command)
        self.send()

    def send(self) -> None:
        """Send what is not sent yet, when the actor has the run."""
        while self.end is not None and self.unsent:
            self.actor.handle.command.options(**PATIENT).remote(self.run_id, self.unsent.pop(0))

    def question(self, question: Question) -> Any:
        """Put a question to the actor; return the reference to its answer."""
        return self.actor.handle.stand.remote(question)

    def seconds_left(self) -> float:
        """Return the seconds after which others may have the actor."""
        if self.brief is None:
            return self.estimate
        return PARK_SECONDS if self.brief.status == Status.PAUSED else self.brief.seconds_left

    def park(self) -> None:
        """Ask the actor to let a paused run go."""
        self.actor.handle.park.remote(self.run_id)

    def over(self) -> bool:
        """Whether the actor has let go of the run, or has gone itself."""
        return self.failure is not None or (self.end is not None and bool(ray().wait([self.end], timeout=0)[0]))

    def outcome(self) -> tuple[Outcome | None, Trouble | None]:
        """Return how it ended, None when the actor has lost it, and what was wrong with the actor if anything was."""
        errors = ray().exceptions
        try:
            if self.failure is not None:
                raise self.failure
            return ray().get(self.end), None
        except errors.RayTaskError as error:  # of the call; the actor lives
            log(logging.WARNING, "actor could not take a run", run=self.run_id, reason=str(error))
            if self.failure is None:
                return None, Trouble.GONE
            return None, Trouble.PASSING if isinstance(error.cause, PASSING) else Trouble.FAULT
        except Exception as error:
            log(logging.WARNING, "actor has gone", run=self.run_id, reason=str(error))
            return None, Trouble.GONE

    def ask(self, now: float, pause: float) -> None:
        """Take in the answer to the last question, and ask again when that is `pause` seconds old."""
        if self.asked is not None and ray().wait([self.asked], timeout=0)[0]:
            self._hear()
        elif self.asked is not None and now - self.asked_at > SILENT_SECONDS:
            self._start_again()
        if self.asked is None and self.end is not None and now - self.asked_at >= pause:
            self.asked, self.asked_at = self.actor.handle.brief.remote(self.run_id), now

    def _hear(self) -> None:
        try:
            self.brief = ray().get(self.asked)
        except ray().exceptions.RayError:
            log(logging.INFO, "run does not answer", run=self.run_id)
        self.asked = None
        if self.brief is not None and self.brief.silent > SILENT_SECONDS:  # the actor answers, its training does not
            self.brief = None
            self._start_again()

    def _start_again(self) -> None:
        """Replace the process of an actor that hangs; the run goes on from its checkpoint."""
        log(logging.WARNING, "actor no longer answers and is started again", run=self.run_id)
        ray().kill(self.actor.handle, no_restart=False)
        self.asked = None
