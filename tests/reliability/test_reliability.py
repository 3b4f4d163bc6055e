"""Everything that can break, broken a few times; `make reliability` breaks it often and writes the document."""

import sys

import pytest

from tests.reliability.scenarios import SCENARIOS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these tests send signals and read /proc")


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_is_lost(tmp_path, name):
    figures = SCENARIOS[name].run(tmp_path, short=True)
    assert figures
    assert [figure for figure in figures if not figure.reached] == []
