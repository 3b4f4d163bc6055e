"""The Train page while others train: its place and its wait, a full queue, and nobody who is blocked by it."""

import re
import time

import pytest

from core.runs import Status, Stop, get_engine
from tests.runs_support import LONG, until, until_poll

PLACE = re.compile(r"number (\d+) in the queue, about \d+ (s|min)$")


def button(page, label):
    return next(entry for entry in page.button if entry.label == label)


def headline(page):
    return page.get("progress")[0].proto.text


@pytest.fixture
def everybody_trains():
    """Give each worker of the server a long run; yield the runs and their owners."""
    engine = get_engine()
    owners = [f"other learner {index}" for index in range(engine._supervisor._workers)]
    runs = [(engine.submit(LONG, owner), owner) for owner in owners]
    for run, owner in runs:
        until_poll(engine, run, owner, lambda p: p.status == Status.RUNNING)
    yield runs
    for run, owner in runs:
        engine.control(run, owner, Stop())
    until(lambda: not engine._supervisor.runs)


def test_a_learner_sees_the_place_and_the_wait_and_then_trains(open_page, everybody_trains):
    page = open_page("train", layers=0, epochs=1)
    button(page, "Train").click().run()
    assert PLACE.search(headline(page))[1] == "1"
    second = get_engine().submit(LONG, "who came later")
    try:
        assert get_engine().poll(second, "who came later").position == 2
    finally:
        get_engine().control(second, "who came later", Stop())
    run, owner = everybody_trains[0]
    get_engine().control(run, owner, Stop())
    deadline = time.monotonic() + 60
    while "Finished" not in headline(page):
        assert time.monotonic() < deadline
        page.run()


def test_a_full_queue_is_a_polite_message_and_blocks_nobody(open_page, everybody_trains, monkeypatch):
    queue = get_engine()._supervisor.queue
    page = open_page("train", layers=0, epochs=1, seed=7)
    with monkeypatch.context() as patch:
        patch.setattr(queue, "_limit", 0)
        button(page, "Train").click().run()
        assert [entry.value for entry in page.warning] == [
            "0 runs are waiting, and no more fit. Please try again in a minute."
        ]
        assert not page.exception
        assert not page.error
        run, owner = everybody_trains[0]
        before = get_engine().poll(run, owner).step
        until_poll(get_engine(), run, owner, lambda p: p.step > before)  # the others train on
        assert page.number_input(key="seed").value == 7
        assert not button(page, "Train").disabled
    button(page, "Train").click().run()
    assert PLACE.search(headline(page))
    assert not page.warning
    button(page, "Stop").click().run()
    assert "Stopped" in headline(page)
