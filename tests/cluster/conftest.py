"""What the cluster tests need, and why they are skipped where it is missing: `make test-cluster` installs it."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.arrangement import Arrangement, running
from tests.postgres_support import PostgresServer
from tests.ray_support import end_cluster

HAPROXY = shutil.which("haproxy") or Path("/usr/sbin/haproxy").exists()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = [name for name, there in (("ray", importlib.util.find_spec("ray")), ("haproxy", HAPROXY)) if not there]
    wanted = config.getoption("--engine") == "ray"
    reason = f"missing: {', '.join(missing)}; make test-cluster installs it" if missing else "run by make test-cluster"
    for item in items:
        if (missing or not wanted) and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def arrangement(postgres: PostgresServer) -> Iterator[Arrangement]:
    end_cluster()  # else an engine of this process would stay with that one
    with running(postgres.new_database()) as arrangement:
        yield arrangement
