"""What all tests share: one thread for torch, databases, and `--all` for the tests that take their time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.postgres_support import PostgresServer, running_postgres
from tests.ray_support import end_cluster
from tests.runs_support import chosen

torch.set_num_threads(1)  # as in the app: two threads that wait for each other on a busy machine take ten times as long


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run slow tests too, and as many random cases as it takes")
    parser.addoption("--engine", choices=("embedded", "ray"), default="embedded", help="what runs are trained by")


def pytest_configure(config: pytest.Config) -> None:
    chosen["engine"] = config.getoption("--engine")


def pytest_sessionfinish() -> None:
    end_cluster()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if (mark := item.get_closest_marker("embedded")) and config.getoption("--engine") != "embedded":
            item.add_marker(pytest.mark.skip(reason=f"the embedded engine alone: {mark.args[0]}"))
    if not config.getoption("--all"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow; run with --all"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server on loopback; a test that stops it must start it again."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'runs.db'}"
    return request.getfixturevalue("postgres").new_database()
