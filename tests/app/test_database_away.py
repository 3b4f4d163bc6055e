"""Pages while the database does not answer: a sentence instead of an error, and everything back by itself."""

import time
from contextlib import contextmanager

import pytest

from core.database.url import make_engine
from core.notes import get_notes
from core.runs import get_engine

NOBODY = "postgresql://nobody@127.0.0.1:9/nothing"  # port 9 of this computer, where nothing listens
DRAWING = '{"strokes": {"objects": []}, "picture": null}'
AWAY = "the database does not answer"


@contextmanager
def database_gone(monkeypatch):
    """Let every connection be refused, as when the server of the database has stopped."""
    databases = [get_engine()._store._database, get_notes()._database]
    with monkeypatch.context() as patch:
        for database in databases:
            patch.setattr(database, "engine", make_engine(NOBODY))
        yield
    for database in databases:
        database.read.rests_until = database.write.rests_until = 0.0  # it need not rest


def button(page, label):
    return next(entry for entry in page.button if entry.label == label)


def said(page):
    return " ".join(entry.value for entry in (*page.warning, *page.caption))


@pytest.fixture
def trained(open_page):
    page = open_page("train", layers=0, epochs=1)
    button(page, "Train").click().run()
    deadline = time.monotonic() + 60
    while "Finished" not in page.get("progress")[0].proto.text or get_engine()._supervisor.runs:
        assert time.monotonic() < deadline
        page.run()
    return page


def test_a_finished_run_stays_on_its_page_and_comes_back(trained, monkeypatch):
    accuracy = trained.metric[0].value
    with database_gone(monkeypatch):
        trained.run()
        assert AWAY in said(trained)
        assert trained.metric[0].value == accuracy
        assert not trained.exception
        assert not trained.error
    trained.run()
    assert AWAY not in said(trained)
    assert trained.metric[0].value == accuracy


def test_a_run_goes_on_and_ends_without_a_database(open_page, monkeypatch):
    with database_gone(monkeypatch):
        page = open_page("train", layers=0, epochs=1, seed=3)
        button(page, "Train").click().run()
        deadline = time.monotonic() + 60
        while "Finished" not in page.get("progress")[0].proto.text and time.monotonic() < deadline:
            page.run()
        assert "Finished" in page.get("progress")[0].proto.text
        assert float(page.metric[0].value.rstrip("%")) > 85
        assert not page.exception
    deadline = time.monotonic() + 60
    while get_engine()._supervisor.runs:  # until the store has it
        assert time.monotonic() < deadline
        time.sleep(0.05)
    page.run()
    assert "Finished" in page.get("progress")[0].proto.text


@pytest.mark.parametrize("lesson", ["train", "draw"])
def test_a_page_opened_without_a_database_says_so_and_works(open_page, monkeypatch, lesson):
    with database_gone(monkeypatch):
        started = time.monotonic()
        page = open_page(lesson)
        assert time.monotonic() - started < 30
        assert AWAY in said(page)
        assert not page.exception
        assert not page.error
    page.run()
    assert AWAY not in said(page)


def test_a_drawing_made_without_a_database_is_held_told_and_found_again(open_page, monkeypatch):
    page = open_page("draw")
    me = page.session_state["seven_steps:owner"]
    with database_gone(monkeypatch):
        with pytest.raises(RuntimeError, match=AWAY):
            get_notes().keep(me, "drawing:draw", DRAWING)
        page.run()
        assert "The server holds it" in said(page)
        assert not page.exception
    deadline = time.monotonic() + 30
    while get_notes().waits(me, "drawing:draw"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    page.run()
    assert "The server holds it" not in said(page)
    assert get_notes().find(me, "drawing:draw") == DRAWING
