"""Notes: kept by owner, bounded in size and number."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import pytest

from core.database import StoreUnavailable
from core.database.url import make_engine
from core.notes import MAX_CHARACTERS, Notes
from tests.runs_support import until


@pytest.fixture
def notes(database_url):
    notes = Notes(database_url)
    yield notes
    notes.close()


def test_a_note_is_found_again_and_replaced(notes):
    notes.keep("anna", "drawing", "one stroke")
    notes.keep("anna", "drawing", "two strokes")
    assert notes.find("anna", "drawing") == "two strokes"


def test_nobody_finds_the_note_of_another(notes):
    notes.keep("anna", "drawing", "hers")
    assert notes.find("ben", "drawing") is None
    assert notes.find("anna", "quiz") is None


def test_a_note_that_is_too_long_is_refused_and_the_old_one_stays(notes):
    notes.keep("anna", "drawing", "short")
    with pytest.raises(ValueError, match=f"at most {MAX_CHARACTERS}"):
        notes.keep("anna", "drawing", "x" * (MAX_CHARACTERS + 1))
    assert notes.find("anna", "drawing") == "short"


def test_the_oldest_notes_go_first(notes):
    for index in range(6):
        notes.keep("anna", f"note {index}", str(index))
    notes.prune(most=2)
    assert [notes.find("anna", f"note {index}") for index in range(6)] == [None] * 4 + ["4", "5"]


@contextmanager
def away(notes, monkeypatch):
    """Let every connection be refused, as when the server of the database has stopped."""
    with monkeypatch.context() as patch:
        patch.setattr(notes._database, "engine", make_engine("postgresql://nobody@127.0.0.1:9/nothing"))
        yield


def test_a_note_that_cannot_be_written_is_held_found_and_written_later(notes, monkeypatch):
    notes.keep("anna", "drawing", "old")
    with away(notes, monkeypatch):
        for text in ("newer", "newest"):
            with pytest.raises(StoreUnavailable, match=r"does not answer\. What was saved is kept"):
                notes.keep("anna", "drawing", text)
        assert notes.waits("anna", "drawing")
        assert notes.find("anna", "drawing") == "newest"
        with pytest.raises(StoreUnavailable):
            notes.find("ben", "drawing")
    until(lambda: not notes.waits("anna", "drawing"))
    until(lambda: _found(notes) == "newest")  # nobody reads for a second after a failure


def _found(notes):
    with suppress(StoreUnavailable):
        return notes.find("anna", "drawing")


def test_few_notes_are_held_and_the_oldest_go_first(notes, monkeypatch):
    monkeypatch.setattr("core.notes.MAX_WAITING", 2)
    with away(notes, monkeypatch):
        for name in ("a", "b", "c"):
            with pytest.raises(StoreUnavailable):
                notes.keep("anna", name, name)
        assert [notes.waits("anna", name) for name in ("a", "b", "c")] == [False, True, True]


def test_what_is_held_takes_little_memory(notes, monkeypatch):
    monkeypatch.setattr("core.notes.MAX_WAITING_CHARACTERS", 100)
    with away(notes, monkeypatch):
        for name in ("a", "b", "c"):
            with pytest.raises(StoreUnavailable):
                notes.keep("anna", name, name * 40)
        assert [notes.waits("anna", name) for name in ("a", "b", "c")] == [False, True, True]


def test_what_is_held_is_written_when_the_server_ends(database_url, monkeypatch):
    notes = Notes(database_url)
    with away(notes, monkeypatch), pytest.raises(StoreUnavailable):
        notes.keep("anna", "drawing", "last words")
    notes._database.write.rests_until = 0.0
    notes.close()
    with closing(Notes(database_url)) as later:
        assert later.find("anna", "drawing") == "last words"


def test_an_older_note_never_replaces_a_newer_one(database_url):
    with closing(Notes(database_url)) as slow, closing(Notes(database_url)) as quick:
        slow._waiting["anna", "drawing"] = ("old", time.time())
        quick.keep("anna", "drawing", "new")
        slow._write("anna", "drawing")
        assert quick.find("anna", "drawing") == "new"


def test_two_servers_keep_notes_at_the_same_time(database_url):
    with closing(Notes(database_url)) as one, closing(Notes(database_url)) as other, ThreadPoolExecutor(8) as threads:
        jobs = [threads.submit((one, other)[i % 2].keep, f"owner {i % 3}", "drawing", str(i)) for i in range(60)]
        for job in jobs:
            job.result()
        assert {int(one.find(f"owner {i}", "drawing")) % 3 for i in range(3)} == {0, 1, 2}
