"""The operator's door: `/healthz` and `/metrics` on a port of their own, open to this machine unless told otherwise."""

import json
import os
import re
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from core.telemetry.health import Health
from core.telemetry.metrics import CONTENT_TYPE

PLACE = re.compile(r"(?:(?P<host>[0-9a-zA-Z.:-]+):)?(?P<port>\d{1,5})", re.ASCII)
LOOPBACK = "127.0.0.1"


def operator_place(text: str | None = None) -> tuple[str, int] | None:
    """Return host and port of `$SEVEN_STEPS_OPERATOR_PORT`, `9100` or `0.0.0.0:9100`; None when off.

    Raises `ValueError` for anything else.
    """
    text = os.environ.get("SEVEN_STEPS_OPERATOR_PORT", "") if text is None else text
    if not text:
        return None
    match = PLACE.fullmatch(text)
    if match is None or not 0 < int(match["port"]) < 65_536:
        raise ValueError(f"SEVEN_STEPS_OPERATOR_PORT is {text!r}; it must be a port such as 9100 or 0.0.0.0:9100")
    return match["host"] or LOOPBACK, int(match["port"])


class OperatorDoor:
    """A small web server in threads of its own, so that it answers when the pages do not; raises `OSError`."""

    def __init__(self, place: tuple[str, int], health: Health, figures: Callable[[], str]) -> None:
        class Answers(BaseHTTPRequestHandler):
            timeout = 5.0  # seconds for a whole request

            def do_GET(self) -> None:
                if self.path == "/healthz":
                    told = health.look()
                    well = not any(told.values())
                    words = {name: complaint or "ok" for name, complaint in told.items()}
                    body = json.dumps({"ready": well, "checks": words})
                    self.answer(200 if well else 503, "application/json", body)
                elif self.path == "/metrics":
                    self.answer(200, CONTENT_TYPE, figures())
                else:
                    self.answer(404, "text/plain", "There are /healthz and /metrics here.")

            def answer(self, status: int, kind: str, body: str) -> None:
                content = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing about each request."""

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
            daemon_threads = True

        self._server = Server(place, Answers)
        self.port = int(self._server.server_port)
        self._thread = threading.Thread(target=self._server.serve_forever, name="seven-steps-operator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
