"""What is believed of what a browser reports: numbers and steps that its picture can hold, and nothing else."""

MOST_POINTS = 8


def valid_points(values: object, count: int, low: float, high: float) -> tuple[float, ...] | None:
    """Return what a browser reported as `count` numbers from low to high, `None` when it is anything else."""
    if not isinstance(values, list) or len(values) != count or count > MOST_POINTS:
        return None
    good = all(type(value) in (int, float) and low <= value <= high for value in values)  # no True, no False, no nan
    return tuple(float(value) for value in values) if good else None


def valid_cell(place: object, rows: int, columns: int) -> tuple[int, int] | None:
    """Return what a browser reported as a row and a column from 0, `None` when it is anything else."""
    if not isinstance(place, list) or len(place) != 2:
        return None
    row, column = valid_step(place[0], rows), valid_step(place[1], columns)
    return None if row is None or column is None else (row, column)


def valid_step(step: object, count: int) -> int | None:
    """Return what a browser reported as one of `count` steps from 0, `None` when it is anything else."""
    return step if type(step) is int and 0 <= step < count else None
