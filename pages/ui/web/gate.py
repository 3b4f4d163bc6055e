"""The gate: what is too long, asks for another host, comes from another site or is not for the public stays out."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.ui.web.settings import WebSettings

MAX_ADDRESS = 8_000  # characters of path and query; every lesson's settings take some hundreds
MAX_HEADERS = 32_000  # characters of all headers
UPLOAD = "/_stcore/upload_file/"
CLOSED = ("/_stcore/metrics", "/_stcore/agent/", "/_stcore/script-health-check")  # Streamlit's, for nobody outside
READING = ("GET", "HEAD", "OPTIONS")
UPLOADING = ("PUT", "DELETE", "OPTIONS")
Refusal = tuple[int, str]

TOO_LONG = (414, "This address is too long. Open a lesson without the settings behind the question mark.")
TOO_MUCH = (431, "Your browser sent too many headers. Delete the cookies of this site and try again.")
WRONG_HOST = (421, "Seven Steps is not known under this name here. Use the address that you were given.")
NOT_HERE = (404, "There is nothing at this address.")
ONLY_READ = (405, "This address can only be read.")
FOREIGN = (403, "A page of another site may not open a session here.")


class Gate:
    """ASGI middleware: answer what must not reach the pages with a sentence, and hand on the rest."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request or pass it on."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        refused = refusal(scope, self.settings)
        if refused is None:
            return await self.app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008, "reason": refused[1]})
        return await PlainTextResponse(refused[1], refused[0])(scope, receive, send)


def refusal(scope: Scope, settings: WebSettings) -> Refusal | None:
    """Return status and sentence for a request that must stay out, None for one that may come in."""
    headers = Headers(scope=scope)
    path = str(scope["path"])
    if len(path) + len(scope["query_string"]) > MAX_ADDRESS:
        return TOO_LONG
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
        return TOO_MUCH
    if not knows(headers.getlist("host"), settings.hosts):
        return WRONG_HOST
    if any(closed in path for closed in CLOSED):
        return NOT_HERE
    if scope["type"] == "http" and scope["method"] not in (UPLOADING if UPLOAD in path else READING):
        return ONLY_READ
    if scope["type"] == "websocket" and not from_here(headers, settings):
        return FOREIGN
    return None


def knows(named: Iterable[str], hosts: tuple[str, ...]) -> bool:
    """Return whether the one `Host` header names one of the patterns, or anything when there are none."""
    names = list(named)
    if len(names) != 1:
        return False
    name = host_name(names[0])
    return name is not None and (not hosts or any(matches(name, host) for host in hosts))


def from_here(headers: Headers, settings: WebSettings) -> bool:
    """Return whether a websocket was opened by our own page: its `Origin` is the host it asks for, or one of ours."""
    origins = headers.getlist("origin")
    if not origins:
        return settings.originless
    try:
        parts = urlsplit(origins[0])
    except ValueError:
        return False
    if len(origins) > 1 or parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    name = host_name(parts.netloc)
    ours = name is not None and any(matches(name, host) for host in settings.hosts)
    return ours or parts.netloc.lower() == headers.get("host", "").lower()


def host_name(header: str) -> str | None:
    """Return the name in a `Host` header without its port, None for anything that is no host."""
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    if not parts.hostname or parts.netloc != header or "@" in header:
        return None
    return parts.hostname.rstrip(".")


def matches(name: str, pattern: str) -> bool:
    """Return whether a host name is the pattern, or below it for one such as *.example.org."""
    return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern.strip("[]")
