"""Who waits for somebody else's work steps aside meanwhile: its thread may be one of a few that take turns."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

T = TypeVar("T")

_step_aside: Callable[[], AbstractContextManager[None]] = nullcontext


def wait_aside(step_aside: Callable[[], AbstractContextManager[None]]) -> None:
    """Enter `step_aside()` around every wait from now on."""
    global _step_aside
    _step_aside = step_aside


def result_of(future: Future[T], seconds: float | None = None) -> T:
    """Return a result when it is there; raises what it raises, and `TimeoutError` after some seconds."""
    if future.done():
        return future.result()
    with _step_aside():
        return future.result(seconds)
