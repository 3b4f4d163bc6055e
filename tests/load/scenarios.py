"""The five questions of load, each answered by a real server: connecting, reruns, live runs, memory, an hour's soak."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.load.client import Learner
from tests.load.crowd import ADDRESSES, FAULTS, Seen, arrive, fidget, leave, move
from tests.load.server import Server

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How large and how long."""

    learners: int = 200
    arrival: float = 0.0  # seconds over which learners come; 0: all at the same moment
    think: float = 5.0  # seconds between an answer and the next move, on average
    moving: float = 60.0  # seconds
    watchers: int = 50
    owners: int = 2  # of the watched runs: as many as there are workers, so that all of them train
    watching: float = 40.0  # seconds
    warm_up: float = 600.0  # seconds of the soak that do not count
    soak: float = 3600.0  # seconds after that
    soakers: int = 50


SHORT = Size(learners=27, arrival=1.0, think=1.5, moving=5, watchers=6, watching=5, warm_up=3, soak=7, soakers=9)


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    measured: str
    wanted: str
    reached: bool

    @classmethod
    def of(cls, what: str, value: float, unit: str, limit: float) -> "Figure":
        """Return the line of a number that must not be above a limit."""
        return cls(what, f"{value:.3g} {unit}", f"≤ {limit:g} {unit}", value <= limit)

    @classmethod
    def failures(cls, what: str, seen: Seen) -> "Figure":
        """Return the line of what failed."""
        first = f": {seen.failures[0][:160]}" if seen.failures else ""
        return cls(f"{what}: failed, of {len(seen.seconds):,}", f"{len(seen.failures)}{first}", "0", not seen.failures)


async def crowd(server: Server, size: Size) -> list[Figure]:
    """(a), (b), (d): learners connect all at once, then move controls; what a session costs in memory."""
    await visit_each(server)
    before = server.memory
    started = time.monotonic()
    learners, arrived = await arrive(server.url, size.learners, size.arrival)
    ready = time.monotonic() - started
    opened = server.memory
    cpu, began = server.cpu_seconds, time.monotonic()
    moves = await fidget(learners, size.think, size.moving)
    share = (server.cpu_seconds - cpu) / (time.monotonic() - began)
    after = server.memory
    await leave(learners)
    n = size.learners
    return [
        Figure.of(f"{n} sessions connect at once and render", ready, "s", 10),
        Figure.failures("connecting", arrived),
        Figure.of(f"rerun p95, {n} sessions, {size.think:g} s think time", 1000 * moves.p95, "ms", 300),
        Figure(f"rerun median, {len(moves.seconds):,} moves", f"{1000 * _median(moves):.3g} ms", "", True),
        Figure.failures("moving a control", moves),
        Figure("cores of the web process meanwhile", f"{share:.2f}", "", True),
        Figure.of("memory for each session, lessons opened", (opened - before) / n, "MB", 2),
        Figure.of("memory for each session, after the moves", (after - before) / n, "MB", 2),
    ]


async def live(server: Server, size: Size) -> list[Figure]:
    """(c): learners watch runs that train, twice a second; the tabs of an owner watch the same run."""
    owners = [Learner(server.url, "/train?epochs=100") for _ in range(size.owners)]
    tabs = [
        Learner(server.url, "/train?epochs=100", owners[index % size.owners].browser)
        for index in range(size.watchers - size.owners)
    ]
    await asyncio.gather(*(owner.open() for owner in owners))
    await asyncio.gather(*(owner.press("Train") for owner in owners))
    await asyncio.gather(*(tab.open() for tab in tabs))
    watchers = [*owners, *tabs]
    for watcher in watchers:
        watcher.answers.clear()
    cpu, began = server.cpu_seconds, time.monotonic()
    await asyncio.sleep(size.watching)
    elapsed = time.monotonic() - began
    share = (server.cpu_seconds - cpu) / elapsed
    seen = Seen([answer.seconds for watcher in watchers for answer in watcher.answers])
    seen.failures += [problem for watcher in watchers for problem in watcher.problems]
    rate = len(seen.seconds) / elapsed / len(watchers)
    training = sum(any("Training" in words for words in watcher.answer()) for watcher in watchers)
    await asyncio.gather(*(owner.press("Stop") for owner in owners))
    await leave(watchers)
    return [
        Figure.of(f"live fragment p95, {len(watchers)} watch at 2 Hz", 1000 * seen.p95, "ms", 300),
        Figure("live fragment, median", f"{1000 * _median(seen):.3g} ms", "", True),
        Figure("answers a second and learner", f"{rate:.2f}", "≥ 1.9", rate >= 1.9),
        Figure("learners whose run trained to the end", str(training), str(len(watchers)), training == len(watchers)),
        Figure.failures("polls", seen),
        Figure.of("cores of the web process, workers apart", share, "cores", 1),
    ]


async def soak(server: Server, size: Size, say: Say = print) -> list[Figure]:
    """(e): learners come, move controls, train now and then, leave and come again, for an hour."""
    await visit_each(server)
    seen, samples, wholes = Seen(), list[tuple[float, float]](), list[tuple[float, float]]()
    started = time.monotonic()
    end = started + size.warm_up + size.soak

    async def sample() -> None:
        every = min(10.0, size.soak / 20)
        while time.monotonic() < end:
            samples.append((time.monotonic() - started, server.memory))
            wholes.append((time.monotonic() - started, server.whole_memory))
            at, memory = samples[-1]
            say(f"{at:.0f} s: {memory:.1f} MB, {len(seen.seconds)} answers, {len(seen.failures)} failed")
            await asyncio.sleep(every)

    visits = (visitor(server.url, size, end, random.Random(index), seen) for index in range(size.soakers))
    await asyncio.gather(sample(), *visits)
    (early, late), (whole_early, whole_late) = (_early_and_late(mbs, size) for mbs in (samples, wholes))
    what = f"memory growth, {size.soakers} sessions, {size.soak / 60:.3g} min after {size.warm_up / 60:.3g} min"
    return [
        Figure.of(what, 100 * (late / early - 1), "%", 5),
        Figure("memory of the web process, then and at the end", f"{early:.0f} and {late:.0f} MB", "", True),
        Figure("with laboratory and workers", f"{whole_early:.0f} and {whole_late:.0f} MB", "", True),
        Figure.of("rerun p95 meanwhile", 1000 * seen.p95, "ms", 300),
        Figure.failures("visits and moves", seen),
    ]


def _early_and_late(samples: list[tuple[float, float]], size: Size) -> tuple[float, float]:
    """Return the medians over the first and the last tenth of the time that counts."""
    tenth, end = size.soak / 10, size.warm_up + size.soak
    early = [mb for at, mb in samples if size.warm_up <= at <= size.warm_up + tenth]
    return statistics.median(early), statistics.median(mb for at, mb in samples if at >= end - tenth)


async def visitor(url: str, size: Size, end: float, rng: random.Random, seen: Seen) -> None:
    """Visit lesson after lesson until the end, some minutes each; now and then train and watch."""
    while time.monotonic() < end:
        learner = Learner(url, rng.choice(ADDRESSES))
        try:
            seen.seconds.append(await learner.open())
            if learner.page.path == "/train" and rng.random() < 0.3:
                await learner.press("Train")
            leaving = min(time.monotonic() + rng.uniform(0.5, 1.5) * 30 * size.think, end)
            while time.monotonic() < leaving:
                await asyncio.sleep(min(rng.expovariate(1 / size.think), leaving - time.monotonic() + 0.01))
                await move(learner, rng, seen)
        except FAULTS as error:
            seen.failures.append(f"{learner.page.path}: {error!r}")
        finally:
            await learner.close()


async def visit_each(server: Server) -> None:
    """Open each lesson once, so that what all readers share is there."""
    for address in ADDRESSES:
        async with Learner(server.url, address):
            pass


def _median(seen: Seen) -> float:
    return statistics.median(seen.seconds or [float("nan")])
