"""Every connection dropped at once, then every page reloaded: each learner gets everything back."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.load.client import Learner
from tests.load.server import Server, running_server
from tests.load.wire import Browser
from tests.reliability.figures import Figure, share
from tests.reliability.pages import Shown, canvas_of, draw, headline, reloaded, shown

PENS = (8, 12, 16, 24, 30)
TOGETHER = 10  # learners who work at a time, for this is no test of speed; the last ten's runs train at the drop
AWAY_SECONDS = 3.0  # without a connection: the server has noticed that all of them are gone
TRAINING_SECONDS = 240.0  # until all runs have ended


@dataclass
class Learning:
    """One learner with two tabs: a run with settings of their own in one, a drawing in the other."""

    number: int
    browser: Browser
    train: Learner
    canvas: Learner
    before: dict[str, Shown] = field(default_factory=dict)

    @classmethod
    def of(cls, url: str, number: int) -> "Learning":
        """Return a learner with a cookie of their own, who has not come yet."""
        browser = Browser(url)
        return cls(number, browser, Learner(url, "/train?layers=0", browser), Learner(url, "/draw", browser))

    async def work(self) -> None:
        """Open both tabs, change settings by hand, start a run and draw."""
        await self.train.open()
        await self.canvas.open()
        await self.train.set("Epochs", 1)
        await self.train.set("Seed", self.number)
        await self.train.press("Train")
        await self.canvas.set("Pen width", [PENS[self.number % len(PENS)]])
        await draw(self.canvas, self.x)
        self.before = {"train": shown(self.train), "canvas": shown(self.canvas)}

    @property
    def x(self) -> int:
        """Where this learner's stroke stands."""
        return 60 + self.number

    def settings_are_back(self, train: Learner, canvas: Learner) -> bool:
        """Whether both tabs show lesson and settings as before."""
        pairs = [(shown(train), self.before["train"]), (shown(canvas), self.before["canvas"])]
        return all((now.lesson, now.settings) == (then.lesson, then.settings) for now, then in pairs)

    def drawing_is_back(self, canvas: Learner) -> bool:
        """Whether the network still reads a digit; another network may, when the learner's has ended meanwhile."""
        return bool(shown(canvas).drawing) and bool(self.before["canvas"].drawing)


def dropped_sockets(folder: Path, count: int) -> list[Figure]:
    """Open `count` sessions of half as many learners, drop all connections at once, and look; then reload all."""
    with running_server(folder, SEVEN_STEPS_WORKERS="2") as server:
        return asyncio.run(_drop(server, count // 2))


async def _drop(server: Server, learners: int) -> list[Figure]:
    class_ = [Learning.of(server.url, number) for number in range(learners)]
    for some in range(0, learners, TOGETHER):
        await asyncio.gather(*(_finished(learner.train) for learner in class_[:some]))
        await asyncio.gather(*(learner.work() for learner in class_[some : some + TOGETHER]))
    tabs = [tab for learner in class_ for tab in (learner.train, learner.canvas)]
    sessions = [tab.page.session for tab in tabs]
    await asyncio.gather(*(tab.drop() for tab in tabs))
    await asyncio.sleep(AWAY_SECONDS)
    started = time.monotonic()
    await asyncio.gather(*(_come_back(tab) for tab in tabs))
    seconds = time.monotonic() - started
    forgotten = sum(tab.page.session != session for tab, session in zip(tabs, sessions, strict=True))
    figures = [
        Figure("connections dropped at once", str(len(tabs)), "200", len(tabs) > 0),
        Figure("of those, sessions that Streamlit had forgotten", str(forgotten), "", True),
        Figure("all pages are back after", f"{seconds:.1f} s", "", True),
        *await _count(class_, [(learner.train, learner.canvas) for learner in class_], "after the drop"),
    ]
    for tab in tabs:
        await tab.close()
    return figures + await _reload(class_)


async def _come_back(tab: Learner) -> None:
    """Connect again, and let the page's script run, as with the reader's next move."""
    await tab.rejoin()
    await tab._asked("")


async def _reload(class_: Sequence[Learning]) -> list[Figure]:
    """Reload every tab, in sessions that know nothing but the address and the cookie."""
    tabs = [(reloaded(learner.train), reloaded(learner.canvas)) for learner in class_]
    await asyncio.gather(*(tab.open() for pair in tabs for tab in pair))
    figures = await _count(class_, tabs, "after a reload")
    strokes = [_opens_with(canvas, learner.x) for learner, (_, canvas) in zip(class_, tabs, strict=True)]
    figures.append(share("canvases that open with the learner's own stroke", strokes))
    for pair in tabs:
        for tab in pair:
            await tab.close()
    return figures


async def _count(class_: Sequence[Learning], tabs: Sequence[tuple[Learner, Learner]], when: str) -> list[Figure]:
    """Count the learners who have everything; runs that still train are waited for."""
    settings = [learner.settings_are_back(*pair) for learner, pair in zip(class_, tabs, strict=True)]
    drawings = [learner.drawing_is_back(canvas) for learner, (_, canvas) in zip(class_, tabs, strict=True)]
    runs = await asyncio.gather(*(_finished(train) for train, _ in tabs))
    problems = [problem for pair in tabs for tab in pair for problem in tab.problems]
    return [
        share(f"learners with lessons and settings back, {when}", settings),
        share(f"with their run back, which ends complete, {when}", runs),
        share(f"with their drawing back, {when}", drawings),
        Figure(f"errors on a page, {when}", f"{len(problems)} {problems[:1] or ''}".strip(), "0", not problems),
    ]


async def _finished(train: Learner) -> bool:
    try:
        await train.until(lambda: headline(train).startswith("Finished"), TRAINING_SECONDS)
    except TimeoutError:
        return False
    return "epoch 1.00 of 1 · step 235" in headline(train)


def _opens_with(canvas: Learner, x: int) -> bool:
    strokes = json.loads(canvas_of(canvas).content.json)["initialDrawing"]
    return bool(strokes) and strokes["objects"][0]["path"][0] == ["M", x, 60]
