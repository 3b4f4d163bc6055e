"""How many browser tabs are connected, for the operator."""

from starlette.types import ASGIApp, Receive, Scope, Send


class Sessions:
    """ASGI middleware: count the websockets that are open, one for each tab; all of them run in one thread."""

    connected = 0

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on and count it as long as it lasts."""
        counts = scope["type"] == "websocket"
        Sessions.connected += counts
        try:
            await self.app(scope, receive, send)
        finally:
            Sessions.connected -= counts
