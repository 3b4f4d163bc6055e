"""Uploads: each learner at a measured pace, and of each session's files only the newest kept in memory."""

import math
from collections import OrderedDict

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from core.limits import get_limiter
from core.telemetry.metrics import get_metrics
from pages.ui.web.cookie import cookie_owner
from pages.ui.web.gate import UPLOAD

KEPT_FILES = 3  # of a session; a page shows one
MOST_SESSIONS = 5_000  # whose files are counted; the one that uploaded longest ago goes first
TOO_FAST = "Many files were uploaded in a short time. Please go on in {seconds} seconds."


class Uploads:
    """ASGI middleware: refuse files that come too fast, before they are read, and forget a session's older ones.

    Streamlit keeps every file of a session until it ends, though a page reads only the one that is chosen.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.files: OrderedDict[str, list[str]] = OrderedDict()  # session: ids, oldest first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an upload that comes too soon is answered with the seconds to wait."""
        if scope["type"] != "http" or scope["method"] != "PUT" or UPLOAD not in scope["path"]:
            return await self.app(scope, receive, send)
        wait = math.ceil(seconds_to_wait(scope))
        if wait:
            answer = PlainTextResponse(TOO_FAST.format(seconds=wait), 429, {"retry-after": str(wait)})
            return await answer(scope, receive, send)

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                self.count(*scope["path"].rsplit("/", 2)[1:])
            await send(message)

        return await self.app(scope, receive, send_and_count)

    def count(self, session: str, file: str) -> None:
        """Note a session's new file and let go of the oldest beyond `KEPT_FILES`."""
        files = [*self.files.pop(session, []), file]
        kept = get_instance().uploaded_file_mgr
        for old in files[:-KEPT_FILES]:
            if isinstance(kept, MemoryUploadedFileManager):
                kept.remove_file(session, old)
        self.files[session] = files[-KEPT_FILES:]
        if len(self.files) > MOST_SESSIONS:
            self.files.popitem(last=False)


def seconds_to_wait(scope: Scope) -> float:
    """Return 0 and count a file of this learner, or the seconds until one may come."""
    owner = cookie_owner(Headers(scope=scope).get("cookie", "")) or "nobody"
    address = scope["client"][0] if scope.get("client") else None
    wait = get_limiter().ask("file", owner, address)
    if wait:
        get_metrics().count("seven_steps_rate_limited", "file")
    return wait
