"""The operator's port of a real server: health, figures and log lines, closed to other machines."""

import json
import socket
import urllib.error
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.browser.conftest import free_port
from tests.runs_support import until


def get(port, path):
    try:
        answer = urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.read().decode()


def figures(port):
    return {family.name: family for family in text_string_to_metric_families(get(port, "/metrics")[1])}


def test_the_operator_sees_sessions_runs_and_health(serve, tmp_path, page):
    port = free_port()
    settings = {"SEVEN_STEPS_OPERATOR_PORT": str(port), "SEVEN_STEPS_LOG": "json"}
    with serve(tmp_path, settings=settings) as url:
        status, text = get(port, "/healthz")
        assert (status, json.loads(text)["ready"]) == (200, True)
        assert set(json.loads(text)["checks"]) == {"engine", "database", "disk"}
        page.goto(f"{url}/train?epochs=1&width1=16")
        page.get_by_role("button", name="Train", exact=True).click()
        until(lambda: figures(port)["seven_steps_run_seconds"].samples[-1].value)
        told = figures(port)
        assert [sample.labels["status"] for sample in told["seven_steps_runs_ended"].samples] == ["finished"]
        assert told["seven_steps_sessions"].samples[0].value == 1
        assert told["seven_steps_runs_submitted"].samples[0].value == 1
        cookie = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "seven_steps_owner")
        log = (tmp_path / "server.log").read_text()
        events = [json.loads(line)["event"] for line in log.splitlines() if line.startswith("{")]
        assert [event for event in events if event.startswith("run ")] == ["run submitted", "run started", "run ended"]
        assert cookie not in log
        page.close()
        with socket.socket() as wire:
            wire.settimeout(5)
            assert wire.connect_ex((other_address(), port)) != 0


def other_address() -> str:
    """An address of this machine that is not the loopback's, or one of the loopback's that nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.2"
