"""What fuzz tests share: pages without a browser, a tally, and `few` or `many` inputs."""

from collections.abc import Callable, Iterator

import pytest

from tests.app.conftest import no_cookies, open_page, server_state
from tests.fuzz.support import Tally

__all__ = ["no_cookies", "open_page", "server_state"]  # pages without a browser


@pytest.fixture(scope="session")
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """The tally of this session, told at its end."""
    counted = Tally()
    yield counted
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{counted.report()}")


@pytest.fixture
def amount(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`amount(few, many)` is many with `--all`, few otherwise."""
    return lambda few, many: many if request.config.getoption("--all") else few
