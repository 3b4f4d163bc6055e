"""A real server and its real protocol: requests, frames and components' reports that no browser of ours would send."""

import asyncio
import json
import random
import socket
from contextlib import suppress

import pytest
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from pages.ui.catalogue import LESSONS
from tests.fuzz.support import LIMIT, damaged, each, lines_of
from tests.fuzz.test_imports import JSON
from tests.load.client import Learner
from tests.load.server import running_server

THINGS = ("point", "step", "weight", "neuron", "cell", "rate", "height", "pick", "drawing", "backgroundFit", "", "x")
NUMBERS = st.sampled_from([0, 1, -1, 1.5, True, None, 10**400, -(10**30), 1e308, float("nan"), float("inf"), "0", "w1"])
REPORTS = st.dictionaries(
    st.sampled_from(THINGS),
    NUMBERS | st.lists(NUMBERS, max_size=3) | st.fixed_dictionaries({"edge": NUMBERS, "value": NUMBERS}) | JSON,
    max_size=3,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of its own; nothing that these tests send makes one of its pages fail.

    Streamlit itself reads a component's report as JSON, before any page has it; what is none ends in our sentence.
    """
    with running_server(tmp_path_factory.mktemp("wire")) as running:
        yield running
        log = running.log.read_text("utf-8", "replace")
    failures = [stack for stack in log.split("page failed")[1:] if "json/decoder.py" not in stack]
    assert not failures, failures[0][:3000]


class Clock:
    """The server's processor time, as the tally has it."""

    def __init__(self, server, tally):
        self.server, self.tally = server, tally

    def note(self, kind, before, input):
        seconds = self.server.cpu_seconds - before
        self.tally.counts[kind] = self.tally.counts.get(kind, 0) + 1
        self.tally.slowest[kind] = max(self.tally.slowest.get(kind, 0.0), seconds)
        assert seconds < LIMIT, f"{seconds:.2f} s for {input!r:.500}"


@pytest.fixture
def clock(server, tally):
    return Clock(server, tally)


def spoken(server, request):
    """The status of the answer to raw bytes, None when the server hangs up."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire, suppress(OSError):
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        status = wire.recv(4096).split(b" ", 2)[1:2]
        return int(status[0]) if status and status[0].isdigit() else None
    return None


def test_requests_that_no_browser_sends(server, clock, amount):
    chance = random.Random("requests")
    whole = (
        b"GET /train?seed=3&rate=0.1 HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: seven_steps_owner=0123\r\nX: y\r\n\r\n",
        b"PUT /_stcore/upload_file/session/file HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n123456789",
        b"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nOrigin: http://127.0.0.1\r\n\r\n",
        b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    )
    requests = [*whole, *(b"GET /%s HTTP/1.1\r\nHost: h\r\n\r\n" % line.encode() for line in lines_of("urls.txt"))]
    for number in range(amount(60, 500)):
        request = requests[number] if number < len(requests) else damaged(chance.choice(requests), chance)
        before = server.cpu_seconds
        assert spoken(server, request) != 500, request
        clock.note("requests", before, request)
    assert spoken(server, b"GET /_stcore/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == 200


def test_frames_that_are_no_messages(server, clock, amount):
    chance = random.Random("frames")
    for _ in range(amount(30, 300)):
        frame = chance.randbytes(chance.choice((0, 1, 10, 1000, 100_000)))
        before = server.cpu_seconds
        stream = server.url.replace("http", "ws") + "/_stcore/stream"
        with connect(stream, origin=server.url, subprotocols=["streamlit"]) as session, suppress(ConnectionClosed):
            session.send(frame)
            session.send(frame)
        clock.note("frames", before, frame)


def test_components_report_what_no_hand_did(server, clock, amount):
    reports: list[str] = []
    each(REPORTS | JSON, amount(70, 700), lambda value: reports.append(json.dumps(value)))
    reports += ["[" * 50_000, '{"point":' * 900, "9" * 5000, "", "nonsense", "\x00"]
    asyncio.run(report(server, clock, reports))


async def report(server, clock, reports):
    """Send each report as one of the components of some lesson."""
    names = [lesson.name for lesson in LESSONS]
    for start, name in enumerate(names):
        mine = reports[start :: len(names)]
        async with Learner(server.url, f"/{name}") as learner:
            for number, value in enumerate(mine):
                parts = list(learner.page.tree.of_kind("bidi_component"))
                if not parts:
                    break
                part = parts[number % len(parts)]
                before = server.cpu_seconds
                await learner.report(part.content.id, value, part.fragment)
                clock.note("components", before, (name, value))
                assert not learner.page.tree.exceptions(), (name, value)
