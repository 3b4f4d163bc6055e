"""Notes: kept by owner, bounded in size and number."""

import pytest

from core.notes import MAX_CHARACTERS, Notes


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
