"""What every fuzz test does: a few inputs in each run and many with `--all`."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

CORPUS = Path(__file__).parent / "corpus"


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
