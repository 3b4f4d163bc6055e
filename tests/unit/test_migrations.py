"""Migrations: they lead to the tables of the program, from nothing and from every older version, once."""

import subprocess
import sys
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.database import Database, DatabaseTooNew
from core.database.migrate import MIGRATIONS, bring_up_to_date, revision, upgrade
from core.database.tables import REVISION, metadata
from core.database.url import make_engine
from core.notes import Notes
from core.paths import ROOT
from core.runs.store import Store

FIRST_VERSION = [  # as it made its tables itself; taken from SQLite's own record of them
    "CREATE TABLE runs (id VARCHAR(64) NOT NULL, owner VARCHAR(128) NOT NULL, spec TEXT NOT NULL, "
    "status VARCHAR(16) NOT NULL, message TEXT NOT NULL, created FLOAT NOT NULL, heartbeat FLOAT NOT NULL, "
    "server VARCHAR(300) NOT NULL, step INTEGER NOT NULL, seconds FLOAT NOT NULL, learning_rate FLOAT NOT NULL, "
    "test_accuracy FLOAT, records INTEGER NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (id))",
    "CREATE INDEX runs_by_owner ON runs (owner, created)",
    "CREATE TABLE metrics (run_id VARCHAR(64) NOT NULL, seq INTEGER NOT NULL, count INTEGER NOT NULL, "
    "records TEXT NOT NULL, PRIMARY KEY (run_id, seq), FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE)",
    "CREATE TABLE weights (run_id VARCHAR(64) NOT NULL, step INTEGER NOT NULL, weights BLOB NOT NULL, "
    "PRIMARY KEY (run_id), FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE)",
    "CREATE TABLE notes (owner VARCHAR(128) NOT NULL, name VARCHAR(64) NOT NULL, text TEXT NOT NULL, "
    "written FLOAT NOT NULL, PRIMARY KEY (owner, name))",
    "INSERT INTO runs VALUES ('run', 'ann', '{}', 'finished', 'kept', 1, 2, 's:1:x', 3, 4.5, 0.1, 0.9, 1, 10)",
    "INSERT INTO metrics VALUES ('run', 0, 1, '[[3, 0.1, 0.5, 0.8, 0.01, 1.5, null, null, false]]')",
    "INSERT INTO notes VALUES ('ann', 'drawing', 'a seven', 5)",
]


@pytest.fixture
def engine(database_url):
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def differences(engine):
    with engine.connect() as connection:
        settings = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(settings, metadata)


def test_the_migrations_lead_to_the_tables_of_the_program(engine):
    assert differences(engine)  # so that the comparison is known to see something
    bring_up_to_date(engine)
    assert differences(engine) == []
    assert revision(engine) == REVISION


def test_the_tables_name_the_last_migration():
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [REVISION]


def test_a_database_of_the_first_version_is_taken_over_with_all_that_is_in_it(database_url, engine):
    with engine.begin() as connection:
        for statement in FIRST_VERSION:
            connection.exec_driver_sql(statement.replace("BLOB", "BYTEA" if engine.name == "postgresql" else "BLOB"))
    with closing(Store(database_url)) as store, closing(Notes(database_url)) as notes:
        assert (store.load("run", "ann").message, store.load("run", "ann").step) == ("kept", 3)
        assert store.records("run")[0].loss == 0.5
        assert notes.find("ann", "drawing") == "a seven"
    assert differences(engine) == []


def test_a_database_of_which_only_the_runs_were_made_is_completed(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql(FIRST_VERSION[0])
    bring_up_to_date(engine)
    assert differences(engine) == []


def test_a_database_between_two_versions_is_completed(engine):
    with engine.begin() as connection:
        upgrade(connection, "0001")
    assert revision(engine) == "0001"
    bring_up_to_date(engine)
    assert differences(engine) == []


def test_a_database_of_a_newer_version_is_named_and_left_alone(database_url, engine):
    bring_up_to_date(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew, match=r"newer version of Seven Steps.*'9999'.*backup"):
        Store(database_url)
    assert revision(engine) == "9999"


def test_a_migration_that_fails_leaves_no_trace(engine, monkeypatch):
    def half(connection, to="head"):
        upgrade(connection, "0001")
        raise RuntimeError("pulled the plug")

    monkeypatch.setattr("core.database.migrate.upgrade", half)
    with pytest.raises(RuntimeError, match="plug"):
        bring_up_to_date(engine)
    assert sa.inspect(engine).get_table_names() == []
    monkeypatch.undo()
    bring_up_to_date(engine)
    assert differences(engine) == []


SERVER = """
import sys, time
from pathlib import Path
from core.database import Database
print("here", flush=True)
while not Path(sys.argv[2]).exists():
    time.sleep(0.001)
Database(sys.argv[1]).close()
print("ready" if "alembic" in sys.modules else "ready at once")
"""


def server(database_url, start):
    command = [sys.executable, "-W", "error", "-c", SERVER, database_url, str(start)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_servers_that_start_together_do_not_get_in_each_others_way(database_url, tmp_path):
    servers = [server(database_url, tmp_path / "start") for _ in range(6)]
    assert [one.stdout.readline() for one in servers] == ["here\n"] * 6
    (tmp_path / "start").touch()
    said = [one.communicate(timeout=60)[0].splitlines() for one in servers]
    assert [one.returncode for one in servers] == [0] * 6, said
    assert {lines[-1] for lines in said} <= {"ready", "ready at once"}  # before that, one may say that it waits
    assert all(line.startswith("waiting for the database") for lines in said for line in lines[:-1])


def test_an_up_to_date_database_is_opened_without_alembic(database_url, engine, tmp_path):
    bring_up_to_date(engine)
    assert server(database_url, tmp_path).communicate(timeout=60)[0] == "here\nready at once\n"


@pytest.mark.parametrize("url", ["mysql://ann:secret@host/db", "secret", "sqlite://", "http://secret/"])
def test_an_address_that_names_no_database_is_refused_without_repeating_it(url):
    with pytest.raises(ValueError, match=r"must look like postgresql://.* or sqlite:///") as refused:
        Database(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_psycopg_3(scheme):
    engine = make_engine(f"{scheme}://ann:word@host/db")
    assert (engine.url.drivername, engine.dialect.dbapi.__name__) == ("postgresql+psycopg", "psycopg")


def test_without_psycopg_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("core.database.url.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install -r requirements-cluster\.txt"):
        make_engine("postgresql://ann:word@host/db")
