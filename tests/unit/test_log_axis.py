"""Every tick of a logarithmic axis shows its whole number, and some ticks are always in sight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures.style import log_axis

SIZES = st.floats(1e-290, 1e290)


def test_ticks_are_the_numbers_they_show():
    assert log_axis(0.1, 2)["ticktext"][:6] == ["0.1", "0.2", "0.5", "1", "2", "5"]
    assert log_axis(0.05, 100)["ticktext"] == ["0.01", "0.1", "1", "10", "100"]
    assert log_axis(1e-9, 5e-8)["ticktext"][:4] == ["10⁻⁹", "2·10⁻⁹", "5·10⁻⁹", "10⁻⁸"]


@given(SIZES, SIZES)
def test_any_range_has_a_few_ticks_in_sight_that_differ(one, other):
    low, high = sorted((one, other))
    axis = log_axis(low, high)
    seen = [tick for tick in axis["tickvals"] if 0.99 * low <= tick <= 1.01 * high]
    assert len(seen) <= 13
    assert seen or high < 1.1 * low
    assert len(set(axis["ticktext"])) == len(axis["tickvals"])


@pytest.mark.parametrize("ends", [(5, 5), (5e-324, 1e300), (1e-300, 1.7e308)])
def test_the_farthest_ranges_have_ticks(ends):
    assert log_axis(*ends)["tickvals"]
