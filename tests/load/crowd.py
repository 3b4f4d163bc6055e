"""Many learners at once: they come, think, move a control, and leave; everything by one seed."""

import asyncio
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from pages.ui.catalogue import LESSONS
from pages.ui.guard import OURS
from tests.load.client import Learner
from tests.load.tree import Node
from tests.load.widgets import current, moved

ADDRESSES = ("/", *(f"/{lesson.name}" for lesson in LESSONS[1:]))
HANDS = ("slider", "button_group", "selectbox", "radio", "number_input", "checkbox")
FAULTS = (TimeoutError, OSError, WebSocketException, LookupError)


@dataclass
class Seen:
    """What a crowd went through: seconds of each answer, and what failed."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """The seconds that 19 of 20 answers took at most."""
        return sorted(self.seconds)[max(int(0.95 * len(self.seconds)) - 1, 0)] if self.seconds else float("nan")


def failures(learner: Learner) -> list[str]:
    """Return what failed on a learner's page; an error message that teaches is none."""
    failed = [
        problem for problem in learner.problems if problem not in learner.page.tree.errors() or problem.startswith(OURS)
    ]
    return [f"{learner.page.path}: {problem}" for problem in failed]


async def arrive(url: str, count: int, within: float, seed: int = 0) -> tuple[list[Learner], Seen]:
    """Let learners open all lessons in turn, spread over some seconds; returns them and when each had its page."""
    rng, seen = random.Random(seed), Seen()
    learners = [Learner(url, ADDRESSES[index % len(ADDRESSES)]) for index in range(count)]

    async def come(learner: Learner, after: float) -> None:
        await asyncio.sleep(after)
        started = time.monotonic()
        try:
            await learner.open()
        except FAULTS as error:
            seen.failures.append(f"{learner.page.path}: {error!r}")
        seen.seconds.append(time.monotonic() - started)
        seen.failures += failures(learner)

    await asyncio.gather(*(come(learner, rng.uniform(0, within)) for learner in learners))
    return learners, seen


async def fidget(learners: Sequence[Learner], think: float, seconds: float, seed: int = 0) -> Seen:
    """Let each learner move a control again and again, thinking for `think` seconds on average before (exponential)."""
    seen, end = Seen(), time.monotonic() + seconds

    async def play(learner: Learner, rng: random.Random) -> None:
        while True:
            pause = rng.expovariate(1 / think)
            if time.monotonic() + pause > end:
                return
            await asyncio.sleep(pause)
            await move(learner, rng, seen)

    await asyncio.gather(*(play(learner, random.Random(seed * 1000 + i)) for i, learner in enumerate(learners)))
    return seen


async def move(learner: Learner, rng: random.Random, seen: Seen) -> None:
    """Move one control of a learner's page at random, and note how long the answer took and what failed."""
    if not controls(learner):
        seen.failures.append(f"{learner.page.path} shows no control")
        return
    node = rng.choice(controls(learner))
    value = moved(node.kind, node.content, current(learner.page.states[node.content.id]), rng)
    started = time.monotonic()
    try:
        await learner.touch(node, value)
    except FAULTS as error:
        seen.failures.append(f"{learner.page.path} {node.label}: {error!r}")
    seen.seconds.append(time.monotonic() - started)
    seen.failures += failures(learner)


def controls(learner: Learner) -> list[Node]:
    """Return what a hand can move on a learner's page."""
    return [node for node in learner.page.tree.of_kind(*HANDS) if not node.content.disabled]


async def leave(learners: Iterable[Learner]) -> None:
    """Close all tabs."""
    await asyncio.gather(*(learner.close() for learner in learners), return_exceptions=True)
