"""What all tests share: one thread for torch, and `--all` for the tests that take their time."""

import pytest
import torch

torch.set_num_threads(1)  # as in the app: two threads that wait for each other on a busy machine take ten times as long


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run slow tests too, and as many random cases as it takes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--all"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow; run with --all"))
