"""A server that cannot start ends with one sentence that names what to mend, and no stack."""

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from core.paths import ROOT
from core.runs import check_settings
from pages.ui.web.start import CannotStart, PlainStart, told_plainly
from tests.load.server import free_port


def ended(state, *command, **settings):
    """The process that a command makes, which must end by itself, without a stack."""
    environment = os.environ | {"SEVEN_STEPS_STATE": str(state)} | settings
    process = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240
    )
    assert process.returncode != 0
    assert "Traceback" not in process.stderr
    return process.stderr


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [
        ("SEVEN_STEPS_OPERATOR_PORT", "?", "a port"),
        ("SEVEN_STEPS_ENGINE", "dask", "embedded"),
        ("DATABASE_URL", "mysql://secret@host/db", "postgresql://name"),
    ],
)
def test_a_setting_that_cannot_be_meant_ends_the_start(tmp_path, variable, value, word):
    told = ended(tmp_path, "-c", "import app", **{variable: value})
    (line,) = told.splitlines()
    assert line.startswith(f"Seven Steps cannot start: {variable} ")
    assert word in line
    assert "secret" not in line


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SEVEN_STEPS_ENGINE", "ray://nowhere"),
        ("SEVEN_STEPS_WORKERS", "many"),
        ("SEVEN_STEPS_WORKERS", "0"),
        ("SEVEN_STEPS_WORKERS", "257"),
        ("DATABASE_URL", "postgresql"),
        ("DATABASE_URL", "sqlite://"),
    ],
)
def test_settings_are_checked_before_anything_starts(tmp_path, monkeypatch, variable, value):
    monkeypatch.setenv("SEVEN_STEPS_STATE", str(tmp_path))
    check_settings()
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=variable):
        check_settings()
    assert not list(tmp_path.iterdir())


SERVE = ("-m", "streamlit", "run", "app.py", "--server.headless", "true", "--server.address", "127.0.0.1")


def served(state, **settings):
    """The sentence of a server that does not come up, whose lines are all JSON."""
    told = ended(state, *SERVE, "--server.port", str(free_port()), SEVEN_STEPS_LOG="json", **settings)
    (event,) = [event for line in told.splitlines() if "cannot start" in (event := json.loads(line)["event"])]
    return event


def test_a_database_of_a_newer_version_ends_the_start(tmp_path):
    with closing(sqlite3.connect(tmp_path / "runs.db")) as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('from the future')")
        database.commit()
    assert "newer version of Seven Steps (its tables are at 'from the future'" in served(tmp_path)


def test_an_operators_port_that_is_taken_ends_the_start(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = served(tmp_path, SEVEN_STEPS_OPERATOR_PORT=str(port))
    assert f"SEVEN_STEPS_OPERATOR_PORT names 127.0.0.1:{port}, which cannot be opened" in told


def told_to_the_server(error):
    """What a server hears of a start that ends in `error`, as Starlette puts it."""
    heard = []

    async def app(scope, receive, send):
        await send(
            {"type": "lifespan.startup.failed", "message": f"Traceback …\nmodule.{type(error).__name__}: {error}\n"}
        )

    async def send(message):
        heard.append(message)

    asyncio.run(PlainStart(app)({"type": "lifespan"}, None, send))
    return heard[0]["message"]


def test_what_an_operator_can_mend_is_a_sentence_and_a_fault_keeps_its_stack():
    with pytest.raises(CannotStart) as mendable, told_plainly():
        raise ValueError("DATABASE_URL names nothing.")
    assert told_to_the_server(mendable.value) == "Seven Steps cannot start: DATABASE_URL names nothing."
    with pytest.raises(ZeroDivisionError) as fault, told_plainly():
        raise ZeroDivisionError("a fault")
    assert told_to_the_server(fault.value).startswith("Traceback")
