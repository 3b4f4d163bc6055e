"""The anonymous cookie that owns a learner's runs and drawings: made here, sent once, read by the pages."""

import hashlib
import re
import secrets
from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.ui.web.settings import WebSettings

OWNER_COOKIE = "seven_steps_owner"
OWNER_PATTERN = re.compile(r"[0-9a-f]{32}")
YEAR = 365 * 24 * 3600  # seconds
BROWSER_HEADER = b"x-seven-steps-browser"  # as .streamlit/config.toml names it
RULES = ("samesite", "secure", "partitioned")  # what says to whom a cookie goes


def new_owner() -> str:
    """Return a fresh owner: 128 random bits in hexadecimal, so that nobody guesses another learner's."""
    return secrets.token_hex(16)


def is_owner(value: str | None) -> bool:
    """Return whether `value` has the form of an owner."""
    return value is not None and OWNER_PATTERN.fullmatch(value) is not None


class OwnerCookie:
    """ASGI middleware: give each browser without one an HttpOnly cookie that says who it is, and nothing else.

    In a frame of another site a cookie must be `SameSite=None; Secure`, and is kept apart for each such site
    (`Partitioned`); Streamlit's own cookies are brought to the same rules.
    """

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a page sent to a browser without the cookie takes a new one along."""
        if scope["type"] == "websocket":
            return await self.app(named(scope), receive, send)
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        known = is_owner(cookie_owner(Headers(scope=scope).get("cookie", "")))
        rules = cookie_rules(self.settings, scope.get("scheme") == "https")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                tighten(headers, rules)
                if not known and is_document(message):
                    cookie = f"{OWNER_COOKIE}={new_owner()}; Path=/; Max-Age={YEAR}; HttpOnly; {rules}"
                    headers.append("set-cookie", cookie)
            await send(message)

        return await self.app(scope, receive, send_with_cookie)


def named(scope: Scope) -> Scope:
    """Return a websocket's scope with a header that stands for its browser, whatever the browser wrote there itself.

    Streamlit joins a connection to the session whose id it brings only when this header is the same as at first.
    """
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != BROWSER_HEADER]
    owner = cookie_owner(Headers(scope=scope).get("cookie", ""))
    if owner is not None and is_owner(owner):
        headers.append((BROWSER_HEADER, hashlib.sha256(owner.encode()).hexdigest().encode()))
    return {**scope, "headers": headers}


def cookie_rules(settings: WebSettings, secure: bool) -> str:
    """Return where a browser may send our cookies: to us alone, by https alone where we have it."""
    if settings.embedded:
        return "SameSite=None; Secure; Partitioned"
    return "SameSite=Lax; Secure" if settings.https or secure else "SameSite=Lax"


def tighten(headers: MutableHeaders, rules: str) -> None:
    """Bring the cookies of Streamlit's own routes to the same rules; mutates `headers`."""
    if rules == "SameSite=Lax" or "set-cookie" not in headers:
        return
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        kept = [part for part in cookie.split(";") if part.strip().lower().partition("=")[0] not in RULES]
        headers.append("set-cookie", f"{';'.join(kept)}; {rules}")


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
