"""The two wires of a browser: HTTP for the page and its cookies, the websocket for everything after."""

import asyncio
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect

STREAM = "/_stcore/stream"
NO_TOKEN = "PLACEHOLDER_AUTH_TOKEN"  # what Streamlit's page sends where no cookie is
SECONDS = 30  # that an answer over HTTP or a handshake may take
LARGEST = 64 * 2**20  # bytes of one message


@dataclass
class Browser:
    """A browser without a screen: the address it looks at and the cookies it keeps."""

    base: str  # http://host:port
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.base).netloc

    async def get(self, path: str) -> tuple[int, str]:
        """Ask for a path by HTTP, keep its cookies; returns status and text. Raises `OSError`, `TimeoutError`."""
        async with asyncio.timeout(SECONDS):
            answer = await self._fetch(path)
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        for name, _, value in (line.partition(":") for line in lines):
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value.strip()).items()}
        if not first.startswith("HTTP/"):
            raise OSError(f"{self.base}{path} answered no HTTP")
        return int(first.split()[1]), body.decode("utf-8", "replace")

    async def _fetch(self, path: str) -> bytes:
        address = urlsplit(self.base)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            lines = [f"GET {path} HTTP/1.1", f"Host: {self.host}", "Connection: close", *self._cookie_lines()]
            writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
            return await reader.read(-1)
        finally:
            writer.close()

    def _cookie_lines(self) -> list[str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [f"Cookie: {pairs}"] if pairs else []

    async def open_stream(self, session: str = "") -> ClientConnection:
        """Open the websocket as Streamlit's page does; with the id of a session, to join it again."""
        token = self.cookies.get("_streamlit_xsrf", NO_TOKEN).strip('"')
        cookies = dict(line.split(": ", 1) for line in self._cookie_lines())
        return await connect(
            f"ws://{self.host}{STREAM}",
            origin=self.base,  # type: ignore[arg-type]
            subprotocols=["streamlit", token, *([session] if session else [])],  # type: ignore[list-item]
            additional_headers=cookies,
            compression=None,
            max_size=LARGEST,
            open_timeout=SECONDS,
            ping_interval=None,
            proxy=None,
        )
