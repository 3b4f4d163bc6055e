"""A start that cannot be: a sentence for the operator instead of the stack that a server would write."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.database import DatabaseTooNew, StoreUnavailable

SENTENCE = "Seven Steps cannot start: "


class CannotStart(RuntimeError):
    """A setting cannot be meant, or what it names is not there; the message says which and what to do."""


@contextmanager
def told_plainly() -> Iterator[None]:
    """Make a `CannotStart` of what the operator can mend: settings, files, the database."""
    try:
        yield
    except (ValueError, OSError, DatabaseTooNew, StoreUnavailable) as error:
        raise CannotStart(f"{SENTENCE}{str(error).rstrip('.')}.") from error


class PlainStart:
    """ASGI middleware: when the start ends in `CannotStart`, tell the server the sentence and not the stack."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; of the start, a failure in plain words."""

        async def send_plainly(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                _, found, sentence = message.get("message", "").rpartition(SENTENCE)
                message = {**message, "message": found + sentence.strip()} if found else message
            await send(message)

        await self.app(scope, receive, send_plainly if scope["type"] == "lifespan" else send)
