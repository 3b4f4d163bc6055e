"""The tables a draggable curve is drawn from, and what is believed of what a browser reports."""

import base64
import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.descent import slope_at, slopes_along
from core.expression import parse
from core.landscapes import LANDSCAPES, from_expression
from pages.ui.curve import grid
from pages.ui.plane import packed
from pages.ui.rate import Limit, rate_stops
from pages.ui.reports import valid_points, valid_step
from pages.ui.tables import table, y_range_of
from pages.ui.tex import tex

CURVES = [name for name, landscape in LANDSCAPES.items() if landscape.dimensions == 1]


@pytest.mark.parametrize("name", CURVES)
def test_the_table_holds_autograds_numbers(name):
    landscape = LANDSCAPES[name]
    w = np.linspace(landscape.low, landscape.high, 9)
    losses, slopes = slopes_along(landscape, w)
    for at, loss, slope in zip(w, losses, slopes, strict=True):
        value, gradient = slope_at(landscape, torch.tensor([at], dtype=torch.float64))
        assert loss == pytest.approx(value, rel=1e-6)
        assert slope == pytest.approx(float(gradient), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("name", [name for name in CURVES if name != "absolute"])
def test_the_tables_slopes_are_finite_differences(name):
    landscape = LANDSCAPES[name]
    w = np.linspace(landscape.low, landscape.high, 12)[1:-1]
    ends = [slopes_along(landscape, w + nudge)[0] for nudge in (1e-5, -1e-5)]
    np.testing.assert_allclose(slopes_along(landscape, w)[1], (ends[0] - ends[1]) / 2e-5, rtol=1e-4, atol=1e-6)


def test_a_constant_is_flat():
    losses, slopes = slopes_along(from_expression(parse("7", ("w",)), 0, 0.1, -1, 1), np.zeros(3))
    assert (losses.tolist(), slopes.tolist()) == ([7, 7, 7], [0, 0, 0])


@given(st.lists(st.floats(-20, 20), max_size=5))
def test_the_points_stand_in_the_grid(points):
    xs = grid(-10, 10, points)
    assert (np.diff(xs) > 0).all()
    assert (xs[0], xs[-1]) == (-10, 10)
    assert all(point in xs for point in points if -10 <= point <= 10)


@given(st.lists(st.floats(), min_size=1))
def test_a_table_is_json(values):
    assert json.loads(json.dumps(table(values), allow_nan=False)) == [
        float(f"{value:.7g}") if math.isfinite(value) else None for value in values
    ]


@pytest.mark.parametrize(
    "reported",
    [None, 3, "3", [], [1], [1, 2, 3], [1, math.nan], [1, math.inf], [1, "2"], [1, None], [1, 11], [1, [2]], [1, True]],
)
def test_what_a_browser_should_not_report_is_nothing(reported):
    assert valid_points(reported, 2, -10, 10) is None


@pytest.mark.parametrize("reported", [None, True, 1.0, "1", -1, 3])
def test_a_step_is_a_whole_number_of_the_walk(reported):
    assert valid_step(reported, 3) is None
    assert valid_step(2, 3) == 2


def test_what_a_hand_reports_is_believed():
    assert valid_points([1, -2.5], 2, -10, 10) == (1.0, -2.5)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=6))
def test_a_y_range_is_finite_and_not_empty(values):
    low, high = y_range_of(values)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    assert all(low <= value <= high for value in values if abs(value) <= 1e100)


@given(st.floats(1e-4, 100), st.floats(0, 1))
def test_the_sliders_stops_hold_the_marks_and_the_rate(limit, share):
    marks = [Limit(limit / 2, "1/L"), Limit(limit, "2/L")]
    stops = rate_stops(limit, marks, share * limit)
    assert (np.diff(stops) > 0).all()
    assert 60 < len(stops) < 160
    for wanted in (0.0, limit / 2, limit, share * limit):
        assert np.abs(stops - wanted).min() < 1e-11


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1, "0.1"),
        (-0.0, "0"),
        (1.23e-9, r"1.23 \cdot 10^{-9}"),
        (math.inf, r"\infty"),
        (math.nan, r"\text{undefined}"),
    ],
)
def test_numbers_in_formulas(value, shown):
    assert tex(value) == shown


def test_a_plane_of_numbers_travels_row_by_row_and_what_is_too_large_is_infinite():
    values = np.array([[0.1, -2.5, np.nan], [1e300, 4.0, 1e-9]])
    sent = np.frombuffer(base64.b64decode(packed(values)), "<f4")
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(sent, values.ravel().astype(np.float32))
    assert np.isinf(sent[3])
