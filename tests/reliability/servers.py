"""The web server killed during training: after a restart the run is found, can go on, and ends with the same bits."""

import asyncio
import os
import random
import signal
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.runs.store import Store
from tests.load.client import Learner
from tests.load.server import Server, running_server
from tests.load.wire import Browser
from tests.reliability.figures import Figure, share
from tests.reliability.pages import headline, told
from tests.runs_support import same_weights, undisturbed

ADDRESS = "/train?layers=1&width1=64&batch=64&epochs=12&seed={seed}"  # some four seconds on a quiet machine
GONE_SECONDS = 10.0  # a worker that has lost its server finishes its step
LATEST = 2.0  # seconds after the first step; the run then still trains


@dataclass(frozen=True)
class Restart:
    """What a killed server left."""

    alone: bool  # no process of it lives on
    found: bool  # the page shows the run as interrupted, and says that it can go on
    equal: bool
    seconds: float  # from the new server's first answer to the run on the page


def killed_servers(folder: Path, count: int, seed: int = 0) -> list[Figure]:
    """Kill `count` servers, every other one without its children, and let each run go on in a new server."""
    rng, restarts = random.Random(seed), []
    for index in range(count):
        state = folder / str(index)
        state.mkdir()
        restarts.append(_kill_and_restart(state, index, rng.uniform(0, LATEST), group=index % 2 == 0))
    slowest = max(restart.seconds for restart in restarts)
    return [
        share("servers of which no process lives on", [restart.alone for restart in restarts]),
        share("runs found as interrupted after the restart", [restart.found for restart in restarts]),
        share("that go on and end with an undisturbed run's weights, bit by bit", [r.equal for r in restarts]),
        Figure("from opening the page to the run on it, in the new server", f"{slowest:.1f} s at most", "", True),
    ]


def _kill_and_restart(state: Path, seed: int, after: float, group: bool) -> Restart:
    browser = Browser("")
    with running_server(state) as server:
        browser.base = server.url
        asyncio.run(_train(browser, seed, after))
        family = [server.pid, *_descendants(server.pid)]
        _kill(server, group)
        alone = _all_gone(family)
    with running_server(state) as server:
        browser.base = server.url
        found, seconds = asyncio.run(_go_on(browser, seed))
    with closing(Store(f"sqlite:///{state / 'runs.db'}", state / "checkpoints")) as store:
        (row,) = store.runs_of(browser.cookies["seven_steps_owner"], 2)
        weights = store.weights(row.id)
        equal = weights is not None and same_weights(weights[1], undisturbed(row.read_spec()))
    return Restart(alone, found, equal, seconds)


def _kill(server: Server, group: bool) -> None:
    (os.killpg if group else os.kill)(server.pid, signal.SIGKILL)


async def _train(browser: Browser, seed: int, after: float) -> None:
    tab = Learner(browser.base, ADDRESS.format(seed=seed), browser)
    await tab.open()
    await tab.press("Train")
    await tab.until(lambda: headline(tab).startswith("Training"))
    await asyncio.sleep(after)
    await tab.drop()


async def _go_on(browser: Browser, seed: int) -> tuple[bool, float]:
    """Open the page again and press Continue; returns whether the run was there, and after how many seconds."""
    started = time.monotonic()
    async with Learner(browser.base, ADDRESS.format(seed=seed), browser) as tab:
        seconds = time.monotonic() - started
        said = " ".join([headline(tab), *told(tab), *tab.answer()])
        found = headline(tab).startswith("Interrupted") and "can go on from its last checkpoint" in said
        await tab.press("Continue")
        await tab.until(lambda: headline(tab).startswith("Finished"))
        return found and not tab.problems, seconds


def _descendants(pid: int) -> list[int]:
    """Return the ids of a process's children and theirs."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    children = [child for child, parent in parents.items() if parent == pid]
    return children + [below for child in children for below in _descendants(child)]


def _all_gone(family: list[int]) -> bool:
    """Wait until none of these processes lives; returns whether that was soon."""
    end = time.monotonic() + GONE_SECONDS
    while any(map(_exists, family)):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _exists(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
