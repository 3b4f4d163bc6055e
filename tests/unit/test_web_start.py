"""A server that cannot start ends with one sentence that names what to mend, and no stack."""

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from core.paths import ROOT
from pages.ui.web.start import CannotStart, PlainStart, told_plainly
from tests.load.server import free_port


def ended(state, *command, **settings):
    """The process that a command makes, which must end by itself, without a stack."""
    environment = os.environ | {"SEVEN_STEPS_STATE": str(state)} | settings
    process = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert process.returncode != 0
    assert "Traceback" not in process.stderr
    return process.stderr


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [
        ("SEVEN_STEPS_EMBED", "?", "origins"),
        ("SEVEN_STEPS_OPERATOR_PORT", "?", "a port"),
        ("SEVEN_STEPS_LOG", "?", "text, json"),
        ("SEVEN_STEPS_ENGINE", "dask", "embedded"),
        ("SEVEN_STEPS_ENGINE", "ray://nowhere", "ray-head:10001"),
        ("SEVEN_STEPS_WORKERS", "many", "from 1 to 256"),
        ("SEVEN_STEPS_WORKERS", "0", "from 1 to 256"),
        ("DATABASE_URL", "mysql://secret@host/db", "postgresql://name"),
    ],
)
def test_a_setting_that_cannot_be_meant_ends_the_start(tmp_path, variable, value, word):
    told = ended(tmp_path, "-c", "import app", **{variable: value})
    (line,) = told.splitlines()
    assert line.startswith(f"Seven Steps cannot start: {variable} ")
    assert word in line
    assert "secret" not in line


SERVE = ("-m", "streamlit", "run", "app.py", "--server.headless", "true", "--server.address", "127.0.0.1")


def served(state, **settings):
    """The sentence of a server that does not come up."""
    told = ended(state, *SERVE, "--server.port", str(free_port()), **settings)
    (line,) = [line for line in told.splitlines() if "cannot start" in line]
    return line


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
