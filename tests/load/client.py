"""A learner without a browser: Streamlit's own protocol over a real websocket, hundreds of them in one process.

    async with Learner("http://127.0.0.1:8501", "/learning_rate?lr=3") as learner:
        await learner.set("Learning rate", ["0.3"])
        assert not learner.problems

A page that does not answer within its time raises `TimeoutError`. What a page shows as an exception or as `st.error`,
and a connection that the server closed, stand in `problems`.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.load.page import Page
from tests.load.timers import Timers
from tests.load.tree import Node
from tests.load.widgets import BUTTONS, WITH_VALUE, Value
from tests.load.wire import Browser

ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class Request:
    """A run asked for and not yet answered."""

    asked: float  # time.monotonic()
    fragment: str
    by_timer: bool


@dataclass(frozen=True)
class Answer:
    """A run's request, and the seconds until the last of its answer was here."""

    request: Request
    seconds: float


class Learner:
    """One browser tab."""

    def __init__(self, base: str, address: str = "/", browser: Browser | None = None) -> None:
        self.browser = browser or Browser(base)
        self.page = Page(address)
        self.answers: list[Answer] = []
        self.received = 0  # bytes over the websocket
        self._lost: list[str] = []
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._timers = Timers(self._tick)
        self._waiting: list[Request] = []
        self._run_began = 0.0
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> float:
        """Load the page over HTTP, open the websocket and wait for the first run; returns the seconds it took."""
        started = time.monotonic()
        for path in (self.page.path, "/_stcore/health", "/_stcore/host-config"):
            status, _ = await self.browser.get(path)
            if status >= 400:
                raise OSError(f"{path} answered {status}")
        await self._connect()
        await self._ask()
        await self.settle()
        return time.monotonic() - started

    async def drop(self) -> None:
        """Lose the connection as a network does: no word to the server, and what the page shows stays."""
        if self._reader:
            self._reader.cancel()
        if self._socket:
            self._socket.transport.abort()
            with suppress(ConnectionClosed, OSError):
                await self._socket.wait_closed()
        self._socket = None

    async def rejoin(self) -> None:
        """Connect again with the session's id. Like Streamlit's page, ask for a run only when one was under way,
        when the last one was a fragment's, or when timers run; otherwise the page stays as it is.
        """
        ask = bool(self._waiting) or bool(self.page.fragments) or self._timers.running
        self._waiting.clear()
        self._lost.clear()
        await self._connect(self.page.session)
        if ask:
            await self._ask()
            await self.settle()

    async def close(self) -> None:
        """Close the tab."""
        self._timers.stop()
        if self._reader:
            self._reader.cancel()
        if self._socket:
            await self._socket.close()

    @property
    def problems(self) -> list[str]:
        """What went wrong: exceptions and errors on the page, a connection that the server closed."""
        return [*self.page.tree.exceptions(), *self.page.tree.errors(), *self._lost]

    def answer(self) -> tuple[str, ...]:
        """Everything a reader sees, in words."""
        return self.page.tree.answer()

    def widget(self, label: str, kinds: tuple[str, ...] = (*WITH_VALUE, *BUTTONS)) -> Node:
        """Return the widget of that label; raises `LookupError` when none can be used."""
        for node in self.page.tree.of_kind(*kinds):
            if node.label == label and not node.content.disabled:
                return node
        raise LookupError(f"{self.page.path} has no {label!r} that can be used")

    async def set(self, label: str, value: Value) -> float:
        """Give a widget a value and wait for the page's answer; returns its seconds."""
        return await self.touch(self.widget(label, WITH_VALUE), value)

    async def press(self, label: str) -> float:
        """Press a button and wait for the page's answer; returns its seconds."""
        return await self.touch(self.widget(label, BUTTONS))

    async def touch(self, node: Node, value: Value = None) -> float:
        """Use a widget and wait for the page's answer; returns its seconds."""
        self.page.set(node, value)
        return await self._asked(node.fragment, forget=node.content.id if node.kind in BUTTONS else "")

    async def report(self, component: str, value: str, fragment: str = "") -> float:
        """Say `value`, JSON, as the component of that id does, and wait for the page's answer; returns its seconds."""
        self.page.report(component, value)
        return await self._asked(fragment)

    async def settle(self, seconds: float = ANSWER_SECONDS) -> None:
        """Wait until every run that a hand asked for is answered."""
        await self.until(lambda: bool(self._lost) or all(request.by_timer for request in self._waiting), seconds)

    async def until(self, condition: Callable[[], bool], seconds: float = ANSWER_SECONDS) -> None:
        """Wait until something holds of the page."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def _asked(self, fragment: str, forget: str = "") -> float:
        started = time.monotonic()
        await self._ask(fragment)
        self.page.states.pop(forget, None)
        await self.settle()
        return time.monotonic() - started

    async def _connect(self, session: str = "") -> None:
        self._socket = await self.browser.open_stream(session)
        self._reader = asyncio.create_task(self._read(self._socket))

    async def _tick(self, fragment: str) -> None:
        if self._socket is not None:
            await self._ask(fragment, by_timer=True)

    async def _ask(self, fragment: str = "", by_timer: bool = False) -> None:
        if self._socket is None:
            raise ConnectionError("this learner has no connection")
        message = self.page.request(fragment, by_timer, self.browser.base)
        self._waiting.append(Request(time.monotonic(), fragment, by_timer))
        await self._socket.send(message.SerializeToString())

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for data in socket:
                self.received += len(data)
                self._take(ForwardMsg.FromString(data))
                self._changed.set()
        self._lost.append(f"the server closed the connection: {socket.close_code} {socket.close_reason}")
        self._timers.stop()
        self._changed.set()

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "delta":
                self.page.show(message)
            case "ref_hash":
                self._lost.append("the server sent a message by its name alone, which a page may have forgotten")
            case "new_session":
                self._begin(message)
            case "script_finished":
                self._finish(message)
            case "session_event" if message.session_event.HasField("script_compilation_exception"):
                self._lost.append(message.session_event.script_compilation_exception.message)
            case _:
                self._take_note(message)

    def _take_note(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "page_info_changed":
                self.page.query = message.page_info_changed.query_string
            case "navigation":
                self.page.navigate(message.navigation.page_script_hash)
            case "auto_rerun":
                self._timers.start(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop(list(message.stop_auto_rerun.fragment_ids))

    def _begin(self, message: ForwardMsg) -> None:
        self._run_began = time.monotonic()
        self.page.begin_run(message)
        if not self.page.fragments:
            self._timers.stop()

    def _stop(self, fragments: list[str]) -> None:
        self._timers.stop(fragments)
        self._waiting = [
            request for request in self._waiting if not request.by_timer or request.fragment not in fragments
        ]

    def _finish(self, message: ForwardMsg) -> None:
        self.page.finish_run(message)
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        now, ran = time.monotonic(), self.page.fragments
        done = [r for r in self._waiting if r.asked <= self._run_began and (not ran or r.fragment in ran)]
        self._waiting = [request for request in self._waiting if request not in done]
        self.answers.extend(Answer(request, now - request.asked) for request in done)
