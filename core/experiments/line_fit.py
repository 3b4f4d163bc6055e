"""The best line by two costs: the mean squared error bends to an outlier, the mean absolute error does not."""

from dataclasses import dataclass

import torch
from torch import Tensor

MAX_POINTS = 200


@dataclass(frozen=True)
class Line:
    """y = slope · x + intercept, and its cost on the points it was fitted to."""

    slope: float
    intercept: float
    cost: float


def fit_line_mse(x: Tensor, y: Tensor) -> Line:
    """Return the line with the least mean squared error: slope = cov(x, y) / var(x), through the means.

    Raises `ValueError` when there are fewer than two different x, or more than 200 points.
    """
    _check(x, y)
    dx = x - x.mean()
    slope = (dx * (y - y.mean())).sum() / (dx**2).sum()
    intercept = y.mean() - slope * x.mean()
    return Line(float(slope), float(intercept), float(((slope * x + intercept - y) ** 2).mean()))


def fit_line_mae(x: Tensor, y: Tensor) -> Line:
    """Return the line with the least mean absolute error, exactly, by trying the line through every pair of points.

    One of the best lines goes through two of the points, as a corner of a linear program. Bloomfield and Steiger, 1983.
    Raises `ValueError` when there are fewer than two different x, or more than 200 points.
    """
    _check(x, y)
    i, j = torch.triu_indices(len(x), len(x), offset=1)  # every pair, (P,)
    usable = x[i] != x[j]  # a vertical line is no function
    i, j = i[usable], j[usable]
    slopes = (y[j] - y[i]) / (x[j] - x[i])  # (P,)
    intercepts = y[i] - slopes * x[i]
    costs = (slopes[:, None] * x + intercepts[:, None] - y).abs().mean(1)  # (P, N) → (P,)
    best = int(costs.argmin())
    return Line(float(slopes[best]), float(intercepts[best]), float(costs[best]))


def _check(x: Tensor, y: Tensor) -> None:
    if x.shape != y.shape or x.ndim != 1 or not x.isfinite().all() or not y.isfinite().all():
        raise ValueError("the points need one finite x and one finite y each")
    if len(x) > MAX_POINTS:
        raise ValueError(f"there are {len(x)} points; at most {MAX_POINTS} are fitted")
    if len(x) < 2 or float(x.min()) == float(x.max()):
        raise ValueError("a line needs points with at least two different x")
