"""A small crowd on the real app: nothing fails, and answers come while a reader still waits for them."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.load.crowd import ADDRESSES, arrive, fidget, leave
from tests.load.scenarios import SHORT, live, soak
from tests.load.server import Server, running_server

PATIENCE = 10.0  # seconds; what a quiet machine takes stands in docs/load.md


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("load")) as running:
        yield running


def test_every_lesson_is_opened_by_several_at_once_and_answers(server):
    async def play() -> None:
        learners, arrived = await arrive(server.url, SHORT.learners, SHORT.arrival)
        assert not arrived.failures
        assert len({learner.page.path for learner in learners}) == len(ADDRESSES)
        moves = await fidget(learners, SHORT.think, SHORT.moving)
        assert not moves.failures
        assert len(moves.seconds) >= SHORT.learners
        assert moves.p95 < PATIENCE
        await leave(learners)

    asyncio.run(play())
    assert not server.failures()


def test_live_runs_are_watched_by_several(server):
    figures = {figure.what.split(",")[0]: figure for figure in asyncio.run(live(server, SHORT))}
    assert figures["polls: failed"].reached
    assert figures["learners whose run trained to the end"].reached
    assert figures["cores of the web process"].reached
    assert not server.failures()


def test_learners_come_and_go(server):
    lines: list[str] = []
    figures = asyncio.run(soak(server, replace(SHORT, think=0.5), lines.append))
    assert figures[-1].reached, figures[-1]
    assert len(lines) >= 10
    assert not server.failures()
