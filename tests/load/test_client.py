"""The client sees what a browser would: what changed, what failed, what came back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.load.client import Learner
from tests.load.server import Server, running_server

TRUTH = Path(__file__).with_name("truth.py")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("truth"), TRUTH) as running:
        yield running


def says(learner: Learner, *words: str) -> bool:
    return all(any(word in line for line in learner.answer()) for word in words)


def play(server: Server, story, address: str = "/"):
    async def whole() -> None:
        async with asyncio.timeout(60), Learner(server.url, address) as learner:
            await story(learner)

    asyncio.run(whole())


def test_each_kind_of_widget_is_used_as_by_a_hand(server):
    async def story(learner: Learner) -> None:
        assert says(learner, "number 3, stop middle, bound a, text word, name x, on False, pressed False", "runs 1")
        await learner.set("Number", [5])
        await learner.set("Stop", ["high"])
        await learner.set("Bound", "c")
        await learner.set("Text", "other")
        await learner.set("Name", ["y"])
        assert says(learner, "number 5, stop high, bound c, text other, name y, on False, pressed False", "runs 6")
        await learner.press("Press")
        assert says(learner, "pressed True", "runs 7")
        await learner.set("Number", [8])
        assert says(learner, "pressed False", "eight c")
        assert learner.page.query == "bound=c"
        assert not learner.problems

    play(server, story)


def test_the_address_is_the_learners(server):
    async def story(learner: Learner) -> None:
        assert says(learner, "bound b")
        await learner.set("Bound", "a")
        assert learner.page.query == ""

    play(server, story, "/?bound=b")


def test_an_exception_and_an_error_are_seen_and_go_away(server):
    async def story(learner: Learner) -> None:
        await learner.set("Number", [9])
        assert learner.problems == ["Nine is too many."]
        await learner.set("Number", [7])
        assert len(learner.problems) == 1
        assert "error" in learner.problems[0]
        await learner.set("Number", [1])
        assert not learner.problems

    play(server, story)


def test_a_page_that_fails_at_once_is_seen_too(server):
    async def story(learner: Learner) -> None:
        assert learner.problems

    play(server, story, "/?fail=1")


def test_a_fragment_runs_alone_and_takes_away_what_it_no_longer_shows(server):
    async def story(learner: Learner) -> None:
        await learner.set("Inside", [3])
        assert says(learner, "line 2", "runs 1")
        await learner.set("Inside", [1])
        assert says(learner, "line 0", "runs 1")
        assert not says(learner, "line 1")

    play(server, story)


def test_what_the_page_has_had_is_sent_whole_again(server):
    async def story(learner: Learner) -> None:
        before = learner.received
        await learner.set("Number", [4])
        assert says(learner, "long long", "number 4")
        assert learner.received - before > len("long " * 3000)

    play(server, story)


def test_timers_tick_as_long_as_the_page_wants(server):
    async def story(learner: Learner) -> None:
        await learner.set("On", True)
        await learner.until(lambda: says(learner, "ticks 8"), 20)
        ticks = [answer for answer in learner.answers if answer.request.by_timer]
        assert len(ticks) >= 5
        await learner.set("On", False)
        seen = len(learner.answers)
        await asyncio.sleep(0.7)
        assert len(learner.answers) == seen
        assert says(learner, "runs 3")

    play(server, story)


def test_slow_answers_are_counted_from_when_they_were_asked_for(server):
    async def story(learner: Learner) -> None:
        assert await learner.set("Name", ["y"]) >= 0.5

    play(server, story)


def test_a_lost_connection_joins_its_session_again(server):
    async def story(learner: Learner) -> None:
        await learner.set("Number", [5])
        session = learner.page.session
        await learner.drop()
        await learner.rejoin()
        await learner.press("Press")
        assert learner.page.session == session
        assert says(learner, "runs 3", "number 5", "pressed True")
        assert not learner.problems

    play(server, story)


def test_a_server_that_goes_is_a_problem(tmp_path):
    async def whole() -> None:
        with running_server(tmp_path, TRUTH) as server:
            learner = Learner(server.url)
            await learner.open()
            assert not learner.problems
        await learner.until(lambda: bool(learner.problems), 10)
        assert "closed" in learner.problems[0]

    asyncio.run(whole())


def test_forty_tabs_in_one_process(server):
    async def whole() -> None:
        learners = [Learner(server.url, f"/?bound={'abc'[index % 3]}") for index in range(40)]
        await asyncio.gather(*(learner.open() for learner in learners))
        assert all(says(learner, f"bound {'abc'[index % 3]}") for index, learner in enumerate(learners))
        await asyncio.gather(*(learner.set("Number", [index % 7]) for index, learner in enumerate(learners)))
        assert all(says(learner, f"number {index % 7},", "runs 2") for index, learner in enumerate(learners))
        assert len({learner.page.session for learner in learners}) == 40
        await asyncio.gather(*(learner.close() for learner in learners))

    asyncio.run(whole())
