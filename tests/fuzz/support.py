"""What every fuzz test does: a few inputs in each run and many with `--all`, each within a second of processor time."""

import gc
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

CORPUS = Path(__file__).parent / "corpus"
LIMIT = 1.0  # seconds of processor time that this process uses itself; neither a busy machine nor its memory counts


class Tally:
    """How many inputs were tried of each kind, and how long the slowest took."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.slowest: dict[str, float] = {}

    @contextmanager
    def trying(self, kind: str, input: object) -> Iterator[None]:
        """Count one input; raises `AssertionError` when its answer took more than a second."""
        gc.disable()  # what hundreds of pages before have left is not this one's
        try:
            start = _own_seconds()
            yield
            seconds = _own_seconds() - start
        finally:
            gc.enable()
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.slowest[kind] = max(self.slowest.get(kind, 0.0), seconds)
        assert seconds < LIMIT, f"{seconds:.2f} s for {input!r:.500}"

    def report(self) -> str:
        """Return a line for each kind and their sum."""
        lines = [f"{kind}: {n} inputs, slowest {self.slowest[kind]:.3f} s" for kind, n in sorted(self.counts.items())]
        return "\n".join([*lines, f"in all: {sum(self.counts.values())} inputs"])


def _own_seconds() -> float:
    return os.times().user


def lines_of(name: str) -> list[str]:
    """Return the lines of a hand-made corpus file."""
    return (CORPUS / name).read_text("utf-8").split("\n")


def each(strategy: SearchStrategy[Any], number: int, check: Callable[[Any], None]) -> None:
    """Check so many values of a strategy; always the same ones, so that a failure comes back."""

    @settings(max_examples=number, deadline=None, database=None, derandomize=True, suppress_health_check=HealthCheck)
    @given(strategy)
    def run(value: Any) -> None:
        check(value)

    run()


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a file with some of its bytes changed, cut out, doubled or cut off."""
    data = bytearray(content)
    for _ in range(chance.randrange(1, 8)):
        place = chance.randrange(len(data) + 1) if data else 0
        match chance.randrange(5):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + chance.randrange(1, 40)]
            case 2:
                data[place:place] = data[place : place + chance.randrange(1, 40)]
            case 3:
                data[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
            case _:
                if chance.random() < 0.2:
                    del data[place:]
    return bytes(data)
