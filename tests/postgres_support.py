"""A real PostgreSQL server on loopback for tests, in a temporary folder; skipped where none is installed.

    def test_something(database_url):      # once on SQLite, once on PostgreSQL, each time an empty database
    def test_something(postgres):          # the server itself: postgres.new_database(), .stop(), .start()

Fixtures are in tests/conftest.py.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

START_SECONDS = 60  # on a busy machine
PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # Debian does not put the server on the path
MISSING = "no PostgreSQL server is installed here (sh scripts/find_postgres.sh installs Debian's): "


def program(name: str) -> str | None:
    """Return the path of one of PostgreSQL's programs, or None."""
    return shutil.which(name) or next((str(place / name) for place in PLACES if (place / name).exists()), None)


def unprivileged() -> str | None:
    """Return the user who may run a server; None for the one who runs the tests, unless that is root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


class PostgresServer:
    """One server with its data in `folder`; `start` and `stop` as often as a test likes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.user = folder, unprivileged()
        self.password = secrets.token_hex(16)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._initialise()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://tester:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Return the address of a new, empty database."""
        name = f"test_{secrets.token_hex(6)}"
        self._execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def start(self) -> None:
        command = [program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1"]
        command += ["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=300"]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, user=self.user, cwd="/", start_new_session=True
            )
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._execute("SELECT 1")
            except sa.exc.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((self.folder / "server.log").read_text("utf-8", "replace")[-3000:]) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once; its clients' connections break."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def _initialise(self) -> None:
        word = self.folder / "password"
        word.write_text(self.password)
        if self.user is not None:
            for path in (self.folder, word):
                shutil.chown(path, self.user)
        command = [program("initdb"), "-D", str(self.folder / "data"), "-U", "tester", "-A", "scram-sha-256"]
        command += [f"--pwfile={word}", "--no-sync", "-E", "UTF8", "--locale=C"]
        done = subprocess.run(command, user=self.user, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

    def _execute(self, statement: str) -> None:
        engine = sa.create_engine(sa.make_url(self.url()).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Run a server in a temporary folder; skips the test, with the reason, where there is none."""
    missing = [name for name in ("initdb", "postgres") if program(name) is None]
    if missing:
        pytest.skip(MISSING + ", ".join(missing))
    if os.geteuid() == 0 and unprivileged() is None:
        pytest.skip("PostgreSQL does not run as root, and there is no user “postgres” or “nobody” here")
    with tempfile.TemporaryDirectory(prefix="seven-steps-postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
