"""What the operator sees: lines that machines can read, figures that their collectors can, and honest health."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from core.paths import ROOT
from core.runs import Status
from core.runs.live import LiveRun
from core.runs.messages import Changed, Ended, Started
from core.telemetry.health import Health, disk_room
from core.telemetry.logs import JsonLines, Lines, configure_logs, log, short
from core.telemetry.metrics import COUNTERS, GAUGES, HISTOGRAMS, MOST_SERIES, Metrics
from core.telemetry.operator import OperatorDoor, operator_place
from tests.runs_support import SHORT


@pytest.fixture
def records():
    """The log records of a test, without the handlers that a server would have."""
    logger, kept = logging.getLogger("seven_steps"), []
    handler = logging.Handler()
    handler.emit = kept.append
    before = logger.handlers, logger.level
    logger.handlers, logger.level = [handler], logging.INFO
    yield kept
    logger.handlers, logger.level = before


def test_a_line_tells_an_event_its_fields_and_the_stack(records):
    try:
        raise RuntimeError("no luck")
    except RuntimeError as error:
        log(logging.ERROR, "run ended", error, run="r1", owner=short("secret cookie"), step=3, message="")
    for form in (Lines(), JsonLines()):
        text = form.format(records[0])
        assert "secret" not in text
        assert "RuntimeError: no luck" in text
        assert "test_telemetry.py" in text
    told = json.loads(JsonLines().format(records[0]))
    assert (told["event"], told["level"], told["run"], told["step"]) == ("run ended", "ERROR", "r1", 3)
    assert "message" not in told
    assert Lines().format(records[0]).startswith(told["time"] + " ERROR run ended run=r1 owner=")


@given(st.text(), st.text())
def test_no_text_of_a_learner_makes_a_second_line(event, value):
    record = logging.LogRecord("seven_steps", logging.INFO, "", 0, "%s", (event,), None)
    record.fields = {"value": value, "number": 1}
    assert len(Lines().format(record).splitlines()) == 1
    assert len(JsonLines().format(record).splitlines()) == 1
    assert json.loads(JsonLines().format(record))["event"] == event


def test_an_owner_is_told_apart_and_never_told():
    assert short("a" * 32) == short("a" * 32) != short("b" * 32)
    assert len(short("a" * 32)) == 8


def test_the_form_of_the_lines_is_a_setting(monkeypatch, capsys):
    logger = logging.getLogger("seven_steps")
    before = logger.handlers, logger.level, logger.propagate
    try:
        monkeypatch.setenv("SEVEN_STEPS_LOG", "json")
        configure_logs()
        log(logging.INFO, "hello", number=1)
        assert json.loads(capsys.readouterr().err)["number"] == 1
        monkeypatch.setenv("SEVEN_STEPS_LOG", "xml")
        with pytest.raises(ValueError, match="SEVEN_STEPS_LOG is 'xml'; it must be one of text, json"):
            configure_logs()
    finally:
        logger.handlers, logger.level, logger.propagate = before
        logging.captureWarnings(False)
        logging.lastResort.setFormatter(None)


SPEAKS = """
import logging, sys, threading, warnings
from core.telemetry.logs import configure_logs, log

logging.getLogger("elsewhere").addHandler(logging.StreamHandler())
logging.getLogger("elsewhere").propagate = False
configure_logs()
logging.warning("at the root")
log(logging.INFO, "ours", number=1)
logging.getLogger("elsewhere").error("from a library")
logging.getLogger("asyncio").error("from one without a handler")
logging.getLogger("lonely").propagate = False
logging.getLogger("lonely").error("from one that hands nothing on")
warnings.warn("from Python")
try:
    1 / 0
except ZeroDivisionError as error:
    log(logging.ERROR, "a fault", error)
"""


@pytest.mark.parametrize("form", ["json", "text"])
def test_every_line_of_a_process_is_told_once_and_can_be_read(form):
    done = subprocess.run(
        [sys.executable, "-c", SPEAKS],
        cwd=ROOT,
        env=os.environ | {"SEVEN_STEPS_LOG": form},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("ours") == 1
    assert done.stderr.count("ZeroDivisionError: division by zero") == 1
    if form == "json":
        told = [json.loads(line)["event"] for line in done.stderr.splitlines()]
        heard = [
            "at the root",
            "ours",
            "from a library",
            "from one without a handler",
            "from one that hands nothing on",
        ]
        assert told[:5] == heard
        assert "UserWarning: from Python" in told[5]
        assert told[6:] == ["a fault"]


def families(text):
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_a_collector_reads_the_figures():
    metrics = Metrics()
    metrics.count("seven_steps_runs_submitted")
    metrics.count("seven_steps_runs_submitted")
    metrics.count("seven_steps_runs_ended", "finished")
    metrics.count("seven_steps_runs_ended", 'odd "\\\n')
    for seconds in (0.2, 1.0, 7.0, 5000.0):
        metrics.observe("seven_steps_run_seconds", seconds)
    read = families(metrics.text(dict.fromkeys(GAUGES, 3.0)))
    assert set(read) == {*COUNTERS, *HISTOGRAMS, *GAUGES}
    assert read["seven_steps_runs_submitted"].samples[0].value == 2
    assert {s.labels["status"]: s.value for s in read["seven_steps_runs_ended"].samples} == {
        "finished": 1,
        'odd "\\\n': 1,
    }
    histogram = {s.labels.get("le", s.name): s.value for s in read["seven_steps_run_seconds"].samples}
    assert histogram["0.5"] == 1
    assert histogram["1.0"] == 2
    assert histogram["900.0"] == 3
    assert histogram["+Inf"] == histogram["seven_steps_run_seconds_count"] == 4
    assert histogram["seven_steps_run_seconds_sum"] == pytest.approx(5008.2, rel=1e-3)
    assert read["seven_steps_sessions"].samples[0].value == 3


def test_figures_are_counted_from_many_threads_and_labels_are_bounded():
    metrics = Metrics()

    def count():
        for n in range(500):
            metrics.count("seven_steps_page_errors")
            metrics.count("seven_steps_runs_ended", f"{n}")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = families(metrics.text({}))
    assert read["seven_steps_page_errors"].samples[0].value == 2000
    ended = read["seven_steps_runs_ended"].samples
    assert len(ended) <= MOST_SERIES + 1
    assert sum(sample.value for sample in ended) == 2000


@pytest.mark.parametrize(
    ("text", "place"),
    [("", None), ("9100", ("127.0.0.1", 9100)), ("0.0.0.0:9100", ("0.0.0.0", 9100)), ("::1:9100", ("::1", 9100))],
)
def test_the_door_is_off_or_where_the_operator_says(text, place):
    assert operator_place(text) == place


@pytest.mark.parametrize("text", ["0", "65536", "door", "1.2.3.4:", "http://x:1", "9100 9101"])
def test_a_door_that_cannot_be_is_named(text):
    with pytest.raises(ValueError, match="SEVEN_STEPS_OPERATOR_PORT"):
        operator_place(text)


def test_health_tells_what_is_wrong_and_does_not_wait_for_what_hangs(tmp_path):
    hang = threading.Event()

    def broken():
        raise OSError("gone")

    health = Health({"disk": lambda: disk_room(tmp_path, 0), "db": broken, "engine": lambda: str(hang.wait(30))}, 0.3)
    start = time.monotonic()
    assert health.look() == {"disk": "", "db": "OSError: gone", "engine": "no answer within 0.3 s"}
    assert time.monotonic() - start < 5
    hang.set()
    assert "MB are left where" in disk_room(tmp_path, 2**60)


def test_three_checks_that_hang_take_no_longer_than_one_and_pile_up_no_threads():
    hang = threading.Event()
    health = Health(dict.fromkeys(("engine", "database", "disk"), lambda: "" if hang.wait(30) else "late"), 0.5)
    before, start = threading.active_count(), time.monotonic()
    assert set(health.look().values()) == {"no answer within 0.5 s"}
    assert time.monotonic() - start < 1.4
    health.look()
    assert threading.active_count() <= before + 3
    hang.set()
    assert set(health.look().values()) == {""}


def get(port, path):
    try:
        answer = urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.read().decode()


def test_the_door_answers_and_closes():
    ill = []
    health = Health({"engine": lambda: "it is tired" if ill else ""})
    door = OperatorDoor(("127.0.0.1", 0), health, lambda: Metrics().text({"seven_steps_sessions": 2}))
    try:
        assert get(door.port, "/healthz") == (200, '{"ready": true, "checks": {"engine": "ok"}}')
        ill.append(1)
        assert get(door.port, "/healthz") == (503, '{"ready": false, "checks": {"engine": "it is tired"}}')
        assert families(get(door.port, "/metrics")[1])["seven_steps_sessions"].samples[0].value == 2
        assert get(door.port, "/")[0] == 404
    finally:
        door.close()
    with pytest.raises(OSError, match="refused"):
        get(door.port, "/healthz")


def test_every_change_of_a_runs_status_is_told(records, monkeypatch):
    metrics = Metrics()
    monkeypatch.setattr("core.telemetry.runs.get_metrics", lambda: metrics)
    run = LiveRun("r1", "a secret cookie", SHORT, 0.0, 0.1, 0.1)
    assert not records
    run.hear(Started(0, ""))
    run.hear(Changed(Status.PAUSED, 0.1))
    run.hear(Changed(Status.RUNNING, 0.1))
    run.hear(Ended(Status.FAILED, "out of luck", 7, 2.5, None))
    lines = [Lines().format(record) for record in records]
    assert ["run started run=r1" in line for line in lines] == [True, False]
    assert "ERROR run ended run=r1" in lines[1]
    assert 'status=failed step=7 seconds=2.5 message="out of luck"' in lines[1]
    assert not any("secret" in line for line in lines)
    read = families(metrics.text({}))
    assert [(s.labels["status"], s.value) for s in read["seven_steps_runs_ended"].samples] == [("failed", 1)]
    assert read["seven_steps_queue_wait_seconds"].samples[-1].value == 1
    again = LiveRun("r2", "x", SHORT, 0.0, 0.1, 0.1, Status.FINISHED)  # read from the store: nothing happened
    assert again.status == Status.FINISHED
    assert len(records) == 2
