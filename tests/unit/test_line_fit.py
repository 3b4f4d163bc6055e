"""The fitted lines are the best ones, and an outlier moves one and not the other."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from core.experiments.line_fit import fit_line_mae, fit_line_mse

NUMBERS = st.floats(-10, 10).map(lambda x: round(x, 2))


def points(rows):
    return (torch.tensor(column, dtype=torch.float64) for column in zip(*rows, strict=True))


def least_absolute_cost(x, y):
    """The least mean absolute error by linear programming: minimise Σ e with −e ≤ ax + b − y ≤ e."""
    n = len(x)
    design = np.stack([x, np.ones(n)], 1)
    above = np.concatenate([np.concatenate([design, -np.eye(n)], 1), np.concatenate([-design, -np.eye(n)], 1)])
    bounds = [(None, None)] * 2 + [(0, None)] * n
    return linprog([0, 0, *[1 / n] * n], above, np.concatenate([y, -y]), bounds=bounds).fun


@settings(max_examples=40)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=12).filter(lambda p: len({x for x, _ in p}) > 1))
def test_both_lines_are_the_best(rows):
    x, y = points(rows)
    mse, mae = fit_line_mse(x, y), fit_line_mae(x, y)
    slope, intercept = np.polynomial.polynomial.polyfit(x, y, 1)[::-1]
    assert abs(mse.cost - float(((slope * x + intercept - y) ** 2).mean())) <= 1e-6 * max(1, mse.cost)
    assert abs(mae.cost - least_absolute_cost(x.numpy(), y.numpy())) <= 1e-6 * max(1, mae.cost)


def test_an_outlier_moves_one_line_only():
    x = torch.arange(9, dtype=torch.float64)
    y = 0.5 * x + 1
    y[7] = 100
    assert fit_line_mae(x, y).slope == pytest.approx(0.5)
    assert fit_line_mse(x, y).slope > 3


def test_impossible_fits_are_refused():
    with pytest.raises(ValueError, match="two different x"):
        fit_line_mse(torch.ones(3), torch.arange(3.0))
    with pytest.raises(ValueError, match="at most 200"):
        fit_line_mae(torch.arange(300.0), torch.arange(300.0))
    with pytest.raises(ValueError, match="finite"):
        fit_line_mae(torch.tensor([0.0, 1.0]), torch.tensor([0.0, float("nan")]))
