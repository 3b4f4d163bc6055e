"""The outlier's table: every entry is the best line, and only one of the two lines follows the outlier."""

import numpy as np
import pytest

from core.experiments.outlier import HEIGHTS, HIGH, LOW, OUTLIER, moved, outlier_table, straight_points


def test_the_squared_line_follows_and_the_absolute_line_stays():
    table = outlier_table()
    far = [table.index(height) for height in (10, 25, HIGH)]
    slopes = [table.mse[index].slope for index in far]
    assert np.diff(slopes) == pytest.approx([15 * 3 / 60, 20 * 3 / 60])  # Δy (x − x̄) / Σ(x − x̄)²
    assert len({(table.mae[index].slope, table.mae[index].intercept) for index in far}) == 1


@pytest.mark.parametrize("height", [LOW, 0.0, 20.0, HIGH])
def test_squared_lines_equal_numpy(height):
    table = outlier_table()
    y = moved(table.y, height)
    assert float(y[OUTLIER]) == height
    assert float(table.y[OUTLIER]) != height  # the original stands
    line = table.mse[table.index(height)]
    slope, intercept = np.polyfit(table.x.numpy(), y.numpy(), 1)
    assert (line.slope, line.intercept) == pytest.approx((slope, intercept), rel=1e-6)


@pytest.mark.parametrize("nudge", [(0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)])
def test_no_line_nearby_has_a_smaller_absolute_cost(nudge):
    table = outlier_table()
    index = table.index(30)
    line, y = table.mae[index], moved(table.y, 30.0)
    other = ((line.slope + nudge[0]) * table.x + line.intercept + nudge[1] - y).abs().mean()
    assert float(other) >= line.cost


def test_the_table_covers_its_range_and_is_seeded():
    table = outlier_table()
    assert (len(table.heights), len(table.mse), len(table.mae)) == (HEIGHTS, HEIGHTS, HEIGHTS)
    assert float(table.heights[0]) == LOW
    assert float(table.heights[-1]) == HIGH
    assert straight_points(1)[1].tolist() == table.y.tolist()
