"""The event loop is woken once, not for each message: a message of a script cost half a millisecond of waiting."""

import asyncio
import threading
from typing import Any


def wake_once(loop: Any) -> None:
    """Let `loop`, which must run in this thread, not be woken while it is awake or about to be (mutates it).

    Whoever gives work to asyncio's loop from another thread writes a byte into a socket, so that the loop ends its
    wait, and each such write hands Python over to the loop and back. The work itself stands in a list before that,
    which the loop looks at before it waits again. So one byte is enough until the loop has read it. Other loops stay
    as they are.
    """
    if not isinstance(loop, asyncio.SelectorEventLoop):
        return
    mine, asleep = threading.get_ident(), [True]
    wake, hear = loop._write_to_self, loop._process_self_data  # type: ignore[attr-defined]

    def write_to_self() -> None:
        if asleep[0] and threading.get_ident() != mine:
            asleep[0] = False
            wake()

    def process_self_data(data: bytes) -> None:
        asleep[0] = True
        hear(data)

    loop._write_to_self, loop._process_self_data = write_to_self, process_self_data  # type: ignore[attr-defined]
