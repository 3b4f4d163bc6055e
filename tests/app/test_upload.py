"""An uploaded picture is decoded once, however often its page runs, and another one takes its place."""

import io
from types import SimpleNamespace

import pytest
from PIL import Image

from core import pictures


def png(ink):
    image = Image.new("L", (300, 200), 255)
    image.paste(ink, (140, 40, 160, 160))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def reads(monkeypatch):
    """The contents that were decoded."""
    decoded, real = [], pictures.read_picture
    monkeypatch.setattr("pages.ui.upload.read_picture", lambda content: (decoded.append(content), real(content))[1])
    return decoded


@pytest.fixture
def chosen(monkeypatch):
    """The file that is chosen in the page's control."""
    file = SimpleNamespace(file_id="", content=b"")
    file.getvalue = lambda: file.content
    monkeypatch.setattr("streamlit.file_uploader", lambda *_, **__: file if file.file_id else None)
    return file


def verdicts(page):
    return [text.value for text in page.markdown if "It reads a" in text.value]


def test_a_picture_is_read_once_and_forgotten_when_it_is_taken_away(open_page, reads, chosen):
    page = open_page("draw", source="file")
    assert not verdicts(page)
    chosen.file_id, chosen.content = "one", png(0)
    for _ in range(3):
        page.run()
        assert verdicts(page)
    assert len(reads) == 1
    chosen.file_id, chosen.content = "two", png(40)
    page.run()
    assert len(reads) == 2
    assert page.session_state["seven_steps:picture"].rgba is not None
    chosen.file_id = ""
    page.run()
    assert not verdicts(page)
    assert page.session_state["seven_steps:picture"].rgba is None


def test_a_file_that_is_no_picture_is_refused_each_time_and_read_once(open_page, reads, chosen):
    chosen.file_id, chosen.content = "bad", png(0)[:200]
    page = open_page("draw", source="file")
    for _ in range(2):
        page.run()
        assert "not a PNG or JPEG" in page.error[0].value
    assert len(reads) == 1
