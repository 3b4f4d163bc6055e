"""What fuzz tests share: pages without a browser, a tally, and `few` or `many` inputs."""

from collections.abc import Callable

import pytest

from tests.app.conftest import no_cookies, open_page, server_state
from tests.tally import tally

__all__ = ["no_cookies", "open_page", "server_state", "tally"]  # pages without a browser


@pytest.fixture
def amount(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`amount(few, many)` is many with `--all`, few otherwise."""
    return lambda few, many: many if request.config.getoption("--all") else few
