"""The headers that keep a page from being framed, sniffed, fed foreign scripts or watched by other sites."""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.ui.web.settings import WebSettings

YEAR = 365 * 24 * 3600  # seconds
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
UNUSED = (
    "camera",
    "display-capture",
    "geolocation",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "usb",
)


def policy(settings: WebSettings) -> str:
    """Return the content security policy: what Streamlit, Plotly, the canvas and our components run under.

    Our components' scripts are modules from blobs that Streamlit makes; styles are written into elements everywhere.
    """
    directives = {
        "default-src": "'none'",
        "script-src": f"'self' blob: {' '.join(inline_hashes())}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'none'",
        "media-src": "'none'",
        "manifest-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(settings.frames) or "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


@lru_cache(maxsize=1)
def inline_hashes() -> tuple[str, ...]:
    """Return the hashes of the scripts that stand in Streamlit's own page, the only ones that may."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(page))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def security_headers(settings: WebSettings) -> dict[str, str]:
    """Return the headers that every response carries."""
    headers = {
        "content-security-policy": policy(settings),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{name}=()" for name in UNUSED),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if not settings.embedded:
        headers["x-frame-options"] = "DENY"
    if settings.https:
        headers["strict-transport-security"] = f"max-age={YEAR}"
    return headers


class SecurityHeaders:
    """ASGI middleware: send the security headers with every response."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self.app = app
        self.headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
