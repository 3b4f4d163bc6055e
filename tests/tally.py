"""A tally of what was tried: how many inputs of each kind, each answered within a second of processor time."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

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


@pytest.fixture(scope="session")
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """The tally of this session, told at its end."""
    counted = Tally()
    yield counted
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{counted.report()}")
