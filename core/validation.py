"""Checks for settings that arrive from a widget, a URL or a file: each failure names field, value and range."""

from collections.abc import Collection


def require_number(field: str, value: object, low: float, high: float) -> None:
    """Raise `ValueError` unless `value` is a number with low ≤ value ≤ high, which nan is not; both are finite."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{field} is {value!r}; it must be a number from {low:g} to {high:g}")


def require_integer(field: str, value: object, low: int, high: int) -> None:
    """Raise `ValueError` unless `value` is a whole number with low ≤ value ≤ high."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{field} is {value!r}; it must be a whole number from {low} to {high}")


def require_choice(field: str, value: object, allowed: Collection[str]) -> None:
    """Raise `ValueError` unless `value` is one of the `allowed` names."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{field} is {value!r}; it must be one of {', '.join(allowed)}")
