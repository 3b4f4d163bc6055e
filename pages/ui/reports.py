"""What is believed of what a browser reports: numbers and steps that its picture can hold, and nothing else."""

MOST_POINTS = 8


def valid_points(values: object, count: int, low: float, high: float) -> tuple[float, ...] | None:
    """Return what a browser reported as `count` numbers from low to high, `None` when it is anything else."""
    if not isinstance(values, list) or len(values) != count or count > MOST_POINTS:
        return None
    good = all(type(value) in (int, float) and low <= value <= high for value in values)  # no True, no False, no nan
    return tuple(float(value) for value in values) if good else None


def valid_step(step: object, count: int) -> int | None:
    """Return what a browser reported as one of `count` steps from 0, `None` when it is anything else."""
    return step if type(step) is int and 0 <= step < count else None
