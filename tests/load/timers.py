"""The timers of a page: a fragment that asked for it is run again and again, as a browser's `setInterval` does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable


class Timers:
    """Timers by fragment; a fragment that asks again for the same interval keeps the beat it has."""

    def __init__(self, tick: Callable[[str], Awaitable[None]]) -> None:
        self._tick = tick
        self._tasks: dict[str, tuple[float, asyncio.Task[None]]] = {}

    @property
    def running(self) -> bool:
        """Whether a timer runs."""
        return bool(self._tasks)

    def start(self, fragment: str, seconds: float) -> None:
        """Run a fragment every so many seconds."""
        if fragment in self._tasks and self._tasks[fragment][0] == seconds:
            return
        self.stop([fragment])
        self._tasks[fragment] = seconds, asyncio.create_task(self._beat(fragment, seconds))

    def stop(self, fragments: Iterable[str] | None = None) -> None:
        """Stop the timers of some fragments, or all."""
        for fragment in list(self._tasks if fragments is None else fragments):
            if fragment in self._tasks:
                self._tasks.pop(fragment)[1].cancel()

    async def _beat(self, fragment: str, seconds: float) -> None:
        clock = asyncio.get_running_loop()
        due = clock.time()
        while True:
            due += seconds
            await asyncio.sleep(max(due - clock.time(), 0))
            await self._tick(fragment)
