"""What the web server adds to each response: the anonymous cookie that owns a learner's runs, and security headers."""

import os
import re
import secrets
from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWNER_COOKIE = "seven_steps_owner"
OWNER_PATTERN = re.compile(r"[0-9a-f]{32}")
YEAR = 365 * 24 * 3600  # seconds

# Streamlit's own page needs inline styles, blob workers and `eval` (Plotly's and the components' loaders).
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)


def new_owner() -> str:
    """Return a fresh owner: 128 random bits in hexadecimal, so that nobody guesses another learner's."""
    return secrets.token_hex(16)


def is_owner(value: str | None) -> bool:
    """Return whether `value` has the form of an owner."""
    return value is not None and OWNER_PATTERN.fullmatch(value) is not None


class OwnerCookie:
    """ASGI middleware: give each browser without one an HttpOnly cookie that says who it is, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a page sent to a browser without the cookie takes a new one along."""
        if scope["type"] != "http" or is_owner(cookie_owner(Headers(scope=scope).get("cookie", ""))):
            return await self.app(scope, receive, send)

        async def send_with_cookie(message: Message) -> None:
            if is_document(message):
                secure = "; Secure" if scope.get("scheme") == "https" else ""
                cookie = f"{OWNER_COOKIE}={new_owner()}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax{secure}"
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        return await self.app(scope, receive, send_with_cookie)


class SecurityHeaders:
    """ASGI middleware: send the headers that keep a page from being framed, sniffed or fed foreign scripts.

    `SEVEN_STEPS_EMBED` lists the origins that may show the app in a frame; without it nobody may.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        embedders = os.environ.get("SEVEN_STEPS_EMBED", "'none'")
        self.headers = {
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "content-security-policy": f"{CONTENT_SECURITY_POLICY}; frame-ancestors {embedders}",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def cookie_owner(header: str) -> str | None:
    """Return the owner in a `Cookie` header, if it names one."""
    try:
        morsel = SimpleCookie(header).get(OWNER_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


def is_document(message: MutableMapping[str, Any]) -> bool:
    """Return whether an ASGI message starts the response that carries the page itself."""
    return message["type"] == "http.response.start" and "text/html" in Headers(raw=message["headers"]).get(
        "content-type", ""
    )
