"""A disk that is really full: it is said, what was saved stays, and nothing is lost once there is room."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.database import StoreUnavailable
from core.notes import Notes
from core.runs.embedded import EmbeddedEngine
from core.runs.engine import Status
from tests.reliability.figures import Figure, share
from tests.runs_support import SHORT, engine_in, same_weights, undisturbed, until, until_over, until_poll

SIZE = "8m"
FILLER = "filler"
FULL = "disk of the server is full"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small file system of its own in memory; skips the test, with the reason, where that is not allowed."""
    place = folder / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a disk that can be filled needs the right to mount one: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def full_disks(folder: Path, count: int) -> list[Figure]:
    """Fill the disk `count` times while a run trains and a drawing is kept."""
    with small_disk(folder) as disk, engine_in(disk) as engine:
        first = engine.submit(SHORT, "before")
        until_over(engine, first, "before")
        until(lambda: first not in engine._supervisor.runs)
        said, intact, saved = zip(*(_fill_once(disk, engine, first, index) for index in range(count)), strict=True)
    return [
        share("times that the page says what is wrong: the run, and the drawing", list(said)),
        share("times that runs and drawings saved before can be read, while the disk is full", list(intact)),
        share("runs and drawings of that time, saved whole once there is room", list(saved)),
    ]


def _fill_once(disk: Path, engine: EmbeddedEngine, first: str, index: int) -> tuple[bool, bool, bool]:
    owner = f"learner {index}"
    with closing(Notes(f"sqlite:///{disk / 'runs.db'}")) as notes:
        notes.keep(owner, "drawing", "old")
        fill(disk / FILLER)
        run = engine.submit(SHORT, owner)
        ended = until_poll(engine, run, owner, lambda p: not p.status.live and FULL in p.message)
        said = "cannot be saved" in ended.message and _refused(notes, owner)
        intact = notes.find(owner, "drawing") == "x" * 300_000 and _is_whole(engine, first, "before")
        (disk / FILLER).unlink()
        until(lambda: run not in engine._supervisor.runs)
        until(lambda: not notes.waits(owner, "drawing"))
    with closing(Notes(f"sqlite:///{disk / 'runs.db'}")) as later:
        saved = later.find(owner, "drawing") == "x" * 300_000 and _is_whole(engine, run, owner)
    return said, intact, saved and engine.poll(run, owner).records == ended.records


def _refused(notes: Notes, owner: str) -> bool:
    """Whether a new drawing is refused with the reason."""
    try:
        notes.keep(owner, "drawing", "x" * 300_000)
    except StoreUnavailable as error:
        return FULL in error.reason
    return False


def _is_whole(engine: EmbeddedEngine, run: str, owner: str) -> bool:
    """Whether the database is sound and gives back the run with an undisturbed run's weights."""
    with engine._store._database.reading() as connection:
        sound = connection.execute(sa.text("PRAGMA integrity_check")).scalar_one() == "ok"
    weights = engine._store.weights(run)
    kept = engine._store.load(run, owner).status == Status.FINISHED and weights is not None
    return sound and kept and same_weights(weights[1], undisturbed(SHORT))


def fill(path: Path) -> None:
    """Write until not a byte more fits."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 10, 1):
            try:
                while True:
                    file.write(os.urandom(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
