"""The numbers of a picture on their way to the browser: as JSON takes them, and the range that holds them."""

import math

import numpy as np
from numpy.typing import ArrayLike

TALLEST = 1e100  # what an axis can still be drawn for


def table(values: ArrayLike, digits: int = 7) -> list[float | None]:
    """Return numbers as JSON takes them: rounded to significant digits, `None` where one is not finite."""
    numbers = np.atleast_1d(np.asarray(values, np.float64)).tolist()
    return [float(f"{value:.{digits}g}") if math.isfinite(value) else None for value in numbers]


def y_range_of(*tables: ArrayLike) -> tuple[float, float]:
    """Return a range that holds the finite numbers of the tables up to 10¹⁰⁰, with a margin of 6 %, never empty."""
    y = np.concatenate([np.atleast_1d(np.asarray(table, np.float64)) for table in tables])
    y = np.clip(y[np.isfinite(y)], -TALLEST, TALLEST)
    low, high = (float(y.min()), float(y.max())) if y.size else (0.0, 1.0)
    flat = high - low <= 1e-9 * max(abs(low), abs(high))
    margin = max(1.0, 0.1 * abs(high)) if flat else 0.06 * (high - low)
    return low - margin, high + margin
