"""A database that is locked, gone or full: a sentence within seconds, at once for those who come next."""

import logging
import socket
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa

from core.database import Database, StoreUnavailable
from core.database import connection as connection_module
from core.database.errors import unavailable
from core.database.url import BUSY_SECONDS, CONNECT_SECONDS, make_engine

LATE = 5.0  # seconds that a busy machine may add


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'runs.db'}")
    yield database
    database.close()


def count(database):
    with database.reading() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM notes")).scalar_one()


def add(database, name):
    with database.writing() as connection:
        connection.execute(sa.text("INSERT INTO notes VALUES ('ann', :name, '', 0)"), {"name": name})


def refused(database, name):
    with pytest.raises(StoreUnavailable) as refusal:
        add(database, name)
    return refusal.value.reason


def test_while_another_program_writes_readers_go_on_and_writers_are_told(tmp_path, database, monkeypatch, caplog):
    monkeypatch.setattr(connection_module, "REST_SECONDS", 60.0)
    add(database, "before")
    with closing(sqlite3.connect(tmp_path / "runs.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(StoreUnavailable, match="the database is busy"):
            add(database, "during")
        assert time.monotonic() - started + 0.1 >= BUSY_SECONDS
        assert time.monotonic() - started < BUSY_SECONDS + LATE
        assert count(database) == 1
        started = time.monotonic()
        with ThreadPoolExecutor(30) as pages:
            reasons = set(pages.map(lambda index: refused(database, str(index)), range(30)))
        assert time.monotonic() - started < BUSY_SECONDS  # nobody waits in vain a second time
        assert reasons == {"the database is busy"}
        other.execute("ROLLBACK")
    database.write.rests_until = 0.0
    add(database, "after")
    assert count(database) == 2
    told = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert told == ["the database cannot be written: database is locked", "the database can be written again"]


def test_a_server_that_takes_connections_and_says_nothing_is_given_up_soon():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = make_engine(f"postgresql://ann:word@127.0.0.1:{silent.getsockname()[1]}/db")
        started = time.monotonic()
        with pytest.raises(sa.exc.OperationalError), engine.connect():
            pass
        assert time.monotonic() - started < CONNECT_SECONDS + LATE


def test_a_statement_or_a_lock_that_takes_too_long_is_given_up(postgres):
    url = postgres.new_database()
    with closing(Database(url)) as database, closing(Database(url)) as other:
        with other.writing() as connection:
            connection.execute(sa.text("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE"))
            started = time.monotonic()
            with pytest.raises(StoreUnavailable, match="the database is busy"):
                count(database)
            assert time.monotonic() - started < BUSY_SECONDS + LATE
        database.read.rests_until = 0.0
        with pytest.raises(StoreUnavailable, match="the database is busy"), database.reading() as connection:
            connection.execute(sa.text("SELECT pg_sleep(60)"))


def test_all_connections_in_use_are_said_and_not_waited_for_long(database):
    connections = [database.engine.connect() for _ in range(20)]
    with pytest.raises(StoreUnavailable, match="the database is busy"):
        count(database)
    for connection in connections:
        connection.close()


def test_a_server_that_was_started_again_is_found_again(postgres):
    with closing(Database(postgres.new_database())) as database:
        add(database, "before")
        postgres.stop()
        try:
            with pytest.raises(StoreUnavailable, match="does not answer"):
                count(database)
        finally:
            postgres.start()
        database.read.rests_until = 0.0
        assert count(database) == 1  # though each connection of the pool has broken


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("database or disk is full", "the disk of the server is full"),
        ('could not extend file "base/1": No space left on device', "the disk of the server is full"),
        ("database is locked", "the database is busy"),
        ("canceling statement due to statement timeout", "the database is busy"),
        ("attempt to write a readonly database", "the disk of the server can only be read"),
        ("database disk image is malformed", "the file of the database is damaged"),
        ("connection refused", "the database does not answer"),
    ],
)
def test_a_driver_s_words_become_a_reason(words, reason):
    told = unavailable(sa.exc.OperationalError("SELECT secret", {}, Exception(words)))
    assert told.reason == reason
    assert str(told) == (
        f"Saved runs and drawings cannot be reached just now: {reason}. "
        "What was saved is kept. Please try again in a minute."
    )
