"""A database that is locked or gone for a while: runs go on, pages answer, and nothing is lost."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.database import StoreUnavailable
from core.notes import Notes
from core.runs import Status, Stop
from core.runs.embedded import EmbeddedEngine
from core.runs.store import Store
from tests.postgres_support import running_postgres
from tests.reliability.figures import Figure, share
from tests.runs_support import LONG, SHORT, same_weights, undisturbed, until, until_over, until_poll

PATIENCE = 5.0  # seconds that a page waits for a database at most
STANDSTILL = 2.0  # seconds without a step, which a busy machine may cause; of a shorter outage, nearly all of it
AGAIN = 5.0  # seconds until everything is saved, once the database answers


@dataclass
class Outage:
    """What was seen while the database was away, and after."""

    slowest: float = 0.0  # seconds of a page's question
    standstill: float = 0.0  # seconds between two new steps of a live run
    refused: int = 0  # questions answered by a sentence
    recovered: float = 0.0  # seconds until all is saved, once the database answers
    whole: bool = False


def locked_sqlite(folder: Path, seconds: float) -> list[Figure]:
    """Lock SQLite's file while runs train, as another program does that writes for long; reading goes on."""
    url = f"sqlite:///{folder / 'runs.db'}"

    @contextmanager
    def locked() -> Iterator[None]:
        with closing(sqlite3.connect(folder / "runs.db", isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")

    return _figures(f"SQLite, locked for {seconds:g} s", seconds, _outage(url, folder, locked, seconds))


def stopped_postgres(folder: Path, seconds: float) -> list[Figure]:
    """Stop a PostgreSQL server while runs train, and start it again."""
    with running_postgres() as server:

        @contextmanager
        def stopped() -> Iterator[None]:
            server.stop()
            yield
            server.start()

        seen = _outage(server.new_database(), folder, stopped, seconds)
        return _figures(f"PostgreSQL, stopped for {seconds:g} s", seconds, seen)


def _outage(url: str, folder: Path, away: Callable[[], AbstractContextManager[None]], seconds: float) -> Outage:
    """Let one run train through an outage, and another begin and end in it; a drawing is kept meanwhile."""
    seen = Outage()
    engine = EmbeddedEngine(Store(url, folder / "checkpoints"), 2)
    with closing(engine), closing(Notes(url)) as notes:
        long = engine.submit(LONG, "ann")
        until_poll(engine, long, "ann", lambda progress: progress.records)
        with away():
            short = engine.submit(SHORT, "bob")
            _ask(engine, notes, long, seconds, seen)
            ended = until_over(engine, short, "bob")
        started = time.monotonic()
        until(lambda: short not in engine._supervisor.runs and not notes.waits("ann", "drawing"))
        seen.recovered = time.monotonic() - started
        engine.control(long, "ann", Stop())
        stopped = until_over(engine, long, "ann")
        until(lambda: not engine._supervisor.runs)
        seen.whole = (
            engine.poll(short, "bob").records == ended.records
            and engine.poll(long, "ann").records == stopped.records
            and [r.step for r in stopped.records] == sorted({r.step for r in stopped.records})
            and engine.poll(short, "bob").status == Status.FINISHED
            and same_weights(engine.snapshot(short, "bob").weights, undisturbed(SHORT))
            and notes.find("ann", "drawing") == "drawn meanwhile"
        )
    return seen


def _ask(engine: EmbeddedEngine, notes: Notes, run: str, seconds: float, seen: Outage) -> None:
    """Ask twice a second what pages ask, and note how long that takes and whether the run goes on."""
    end, step, moved = time.monotonic() + seconds, 0, time.monotonic()
    while time.monotonic() < end:
        asked = time.monotonic()
        now = engine.poll(run, "ann").step
        if now > step:
            step, moved = now, asked
        seen.standstill = max(seen.standstill, asked - moved)
        questions: list[Callable[[], object]] = [
            lambda: engine.latest("ann"),
            lambda: engine.runs("nobody"),
            lambda: engine.poll("no-such-run", "ann"),
            lambda: notes.find("nobody", "drawing"),
            lambda: notes.keep("ann", "drawing", "drawn meanwhile"),
        ]
        for question in questions:
            before = time.monotonic()
            try:
                with suppress(LookupError):
                    question()
            except StoreUnavailable:
                seen.refused += 1
            seen.slowest = max(seen.slowest, time.monotonic() - before)
        time.sleep(max(0.0, 0.5 - (time.monotonic() - asked)))


def _figures(what: str, seconds: float, seen: Outage) -> list[Figure]:
    still = max(STANDSTILL, 0.8 * seconds if seconds < 5 else 0.0)
    return [
        Figure(f"{what}: questions answered by a sentence", str(seen.refused), "> 0", seen.refused > 0),
        _at_most("the slowest answer to a page", seen.slowest, PATIENCE),
        _at_most("a run that trains stands still", seen.standstill, still),
        _at_most("all saved, once it answers", seen.recovered, AGAIN),
        share("runs, weights and drawing whole in the end", [seen.whole]),
    ]


def _at_most(what: str, seconds: float, limit: float) -> Figure:
    return Figure(what, f"{seconds:.2f} s", f"≤ {limit:g} s", seconds <= limit)
