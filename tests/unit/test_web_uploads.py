"""Files that come in: at a pace, and of each session only the newest stay in memory."""

import asyncio
from types import SimpleNamespace

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from core.limits import Limiter, Pace, Rate
from pages.ui.web import Uploads
from pages.ui.web.uploads import KEPT_FILES, MOST_SESSIONS


@pytest.fixture
def kept(monkeypatch):
    """Streamlit's own keeper of files, behind a limiter of ten files for everyone."""
    manager = MemoryUploadedFileManager("/upload")
    limiter = Limiter({"file": Pace(Rate(10, 0.1), Rate(1000, 1000))}, clock=lambda: 0.0)
    monkeypatch.setattr("pages.ui.web.uploads.get_limiter", lambda: limiter)
    monkeypatch.setattr("pages.ui.web.uploads.get_instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))
    return manager


@pytest.fixture
def put(kept):
    """`put(session, file)` uploads and returns the status; the app behind keeps the file, or answers `status`."""

    async def app(scope, receive, send):
        session, file = scope["path"].split("/")[-2:]
        if scope["answer"] < 300:
            kept.add_file(session, UploadedFileRec(file, file, "image/png", b"picture"))
        await send({"type": "http.response.start", "status": scope["answer"], "headers": []})

    uploads = Uploads(app)

    def send_file(session, file, answer=204, method="PUT", owner="a" * 32):
        sent = []

        async def send(message):
            sent.append(message)

        path = f"/_stcore/upload_file/{session}/{file}"
        headers = [(b"cookie", f"seven_steps_owner={owner}".encode())]
        scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": ("9.9.9.9", 1)}
        asyncio.run(uploads(scope | {"answer": answer}, None, send))
        return sent[0]["status"]

    return send_file


def test_a_sessions_older_files_leave_memory_and_no_other_sessions(kept, put):
    put("other", "first")
    for number in range(KEPT_FILES + 2):
        assert put("mine", str(number)) == 204
    assert list(kept.file_storage["mine"]) == [str(number) for number in range(2, KEPT_FILES + 2)]
    assert list(kept.file_storage["other"]) == ["first"]


def test_a_file_that_was_refused_pushes_none_out(kept, put):
    put("mine", "good")
    for number in range(KEPT_FILES + 1):
        assert put("mine", str(number), answer=413) == 413
    assert list(kept.file_storage["mine"]) == ["good"]


def test_files_in_quick_succession_are_refused_before_they_are_read(kept, put):
    assert [put("mine", str(number)) for number in range(12)] == [204] * 10 + [429] * 2
    assert "10" not in kept.file_storage["mine"]
    assert put("mine", "9", method="DELETE") == 204  # to take one away is no upload
    assert put("theirs", "one", owner="b" * 32) == 204


def test_what_is_remembered_of_sessions_is_bounded(kept):
    uploads = Uploads(app=None)
    for number in range(MOST_SESSIONS + 5):
        uploads.count(f"session {number}", "file")
    assert len(uploads.files) == MOST_SESSIONS
