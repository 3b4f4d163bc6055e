"""Who is at the other end: what a proxy says counts only when the operator has named that proxy."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.ui.web.settings import WebSettings

LOOPBACK = "127.0.0.1"


class TruePeer:
    """ASGI middleware: without named proxies, undo what uvicorn took from X-Forwarded headers.

    Uvicorn believes whoever connects from this machine itself, where any proxy or tunnel hands on what a browser made
    up. An address that stands in the header then came from there; the true one is this machine's.
    """

    def __init__(self, app: ASGIApp, settings: WebSettings, certified: bool = False) -> None:
        self.app = app
        self.believe = bool(settings.proxies)
        self.secure = certified  # this server has a certificate of its own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its true client and scheme."""
        if scope["type"] in ("http", "websocket") and not self.believe:
            headers = Headers(scope=scope)
            client = scope.get("client")
            if client and client[0] in claimed(headers):
                scope["client"] = (LOOPBACK, 0)
            if "x-forwarded-proto" in headers:
                plain = "http" if scope["type"] == "http" else "ws"
                scope["scheme"] = plain + ("s" if self.secure else "")
        await self.app(scope, receive, send)


def claimed(headers: Headers) -> set[str]:
    """Return the addresses that stand in `X-Forwarded-For`, those with a port or in brackets without them, too."""
    entries = {entry.strip() for line in headers.getlist("x-forwarded-for") for entry in line.split(",")}
    bare = {entry[1:].partition("]")[0] for entry in entries if entry.startswith("[")}
    return entries | bare | {entry.rpartition(":")[0] for entry in entries}
