"""A real server and a real Chromium for the browser tests.

    def test_something(visit):
        page = visit("/train?seed=3")                          # opened, and its script has finished
        page.get_by_role("button", name="Train").click()
        expect(page.get_by_text("epoch 1")).to_be_visible()    # `expect` waits; never sleep

A console error or an uncaught exception on any page fails its test at the end.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90  # a cold start on a busy machine
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# On a deep link Streamlit's own page looks for its server below that address first, and finds none there.
SEARCHING = re.compile(r"/\w+/_stcore/(health|host-config)$")

LIMIT = 0.020  # seconds of scripting and rendering work a frame of a drag may take
FRAMES, ROUNDS = 60, 3
MOVES = 20  # different things at least that a picture shows in 60 frames of a drag

Visit = Callable[..., Page]
Serve = Callable[..., AbstractContextManager[str]]
QuickFrames = Callable[[Page, Callable[[int], None], Callable[[], str | None]], None]

expect.set_options(timeout=30_000)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server and the worker processes it started."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):  # none was left
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def running_server(state: Path, script: Path = ROOT / "app.py", settings: Mapping[str, str] = {}) -> Iterator[str]:
    """Run the app with its state in a folder; yields the address once it is healthy, stops it at the end."""
    url, log = f"http://127.0.0.1:{(port := free_port())}", state / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    environment = os.environ | {"SEVEN_STEPS_STATE": str(state)} | settings
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_healthy(url):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")
            time.sleep(0.1)
        yield url
    finally:
        stop(process)


@pytest.fixture(scope="session")
def serve() -> Serve:
    """`with serve(folder, settings={"SEVEN_STEPS_HTTPS": "1"}) as url:` runs a server of one's own."""
    return running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server that all browser tests share, with a state folder of its own."""
    with running_server(tmp_path_factory.mktemp("state")) as url:
        yield url


def installed_chromium() -> str | None:
    """A Chromium on this machine: `$CHROMIUM`, or one on the path; `None` means Playwright's own."""
    found = (shutil.which(name) for name in (os.environ.get("CHROMIUM", ""), *CHROMIUMS) if name)
    return next(filter(None, found), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a test file; not longer, for Playwright keeps an event loop running in this thread."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed_chromium(), args=FLAGS)
        yield chromium
        chromium.close()


def settle(page: Page) -> None:
    """Wait until the page's script has run to its end. After a click, expect what the click shows instead."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)


@pytest.fixture(scope="session")
def press_key() -> Callable[[Locator, str, str], None]:
    """`press_key(handle, "ArrowUp", r"x=2")`: the key's answer stands in the address, the handle keeps the focus."""

    def press(handle: Locator, key: str, address: str) -> None:
        handle.press(key)
        expect(handle.page).to_have_url(re.compile(rf"[?&]{address}(&|$)"))
        settle(handle.page)
        expect(handle).to_be_focused()

    return press


@pytest.fixture(scope="session")
def settled() -> Callable[[Page], None]:
    """`settled(page)` waits until the page's script has run to its end."""
    return settle


def work_of(page: Page) -> Callable[[], float]:
    """A clock of the seconds that the page's main thread has worked: script, style, layout, paint and what else it did.

    It counts the thread's processor time, so that others on the machine do not matter, and a millisecond of our asking.
    The threads that put the painted layers together are not in it: Chromium's counters do not have them.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def work() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(entry["value"] for entry in metrics if entry["name"] == "TaskDuration"))

    return work


@pytest.fixture(scope="session")
def quick_frames() -> QuickFrames:
    """`quick_frames(page, move, read)`: of 60 calls of `move(frame)`, 19 in 20 are little work for the main thread.

    The picture must follow: `read()` says what it shows, and in each round it must say many different things.
    The clock runs on while others use the machine, so the best of three rounds counts.
    """

    def measure(page: Page, move: Callable[[int], None], read: Callable[[], str | None]) -> None:
        work, rounds = work_of(page), []
        while len(rounds) < ROUNDS and min(rounds, default=1) > LIMIT:
            frames, seen = [], set()
            for frame in range(FRAMES):
                start = work()
                move(frame)
                page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
                frames.append(work() - start)
                seen.add(read())
            assert len(seen) > MOVES, f"the picture does not follow: {len(seen)} readings, such as {seen.pop()!r}"
            rounds.append(sorted(frames)[int(0.95 * FRAMES)])
        print(f"drag: p95 {1000 * min(rounds):.1f} ms a frame, {len(seen)} readings")
        assert min(rounds) <= LIMIT

    return measure


@pytest.fixture
def console_errors() -> list[str]:
    """What the pages of this test complained about; clear it when the test provokes an error on purpose."""
    return []


@pytest.fixture
def new_page(browser: Browser, console_errors: list[str]) -> Iterator[Visit]:
    """`new_page(width=390, height=844, dark=True, touch=True)` is a page in a browser profile of its own."""
    contexts = []

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error" and not SEARCHING.search(message.location["url"]):
            console_errors.append(f"{message.text} ({message.location['url']})")

    def make(width: int = 1440, height: int = 1000, dark: bool = False, touch: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            is_mobile=touch,
        )
        context.set_default_timeout(60_000)  # a click waits for two quiet frames, which take long on a busy machine
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: console_errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not console_errors, f"errors in the browser's console: {console_errors}"


@pytest.fixture
def page(new_page: Visit) -> Page:
    """An empty desktop page in light colours."""
    return new_page()


@pytest.fixture
def visit(server: str, page: Page) -> Visit:
    """`visit("/draw?pen=12")` opens an address of the shared server on `page` and waits for its script to end."""

    def go(path: str = "/", on: Page = page) -> Page:
        on.goto(server + path)
        expect(on.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
        settle(on)
        return on

    return go
