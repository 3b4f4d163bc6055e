"""A figure as plain dictionaries, in the words of plotly.js.

Plotly's own classes check each setting when it is made, 5 ms a figure; ours are checked by Plotly in a test, once.
"""

import base64
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Settings = dict[str, Any]
PACKED = {"i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"}  # the numbers that plotly.js reads from bytes


@dataclass
class Figure:
    """Traces on rows and columns of axes, and a layout; the methods change the figure, never what they are given."""

    layout: Settings = field(default_factory=dict)
    rows: int = 1
    columns: int = 1
    traces: list[Settings] = field(default_factory=list)

    def add_trace(self, kind: str, row: int | None = None, col: int | None = None, **settings: Any) -> None:
        """Add a trace, as `scatter` or `bar`, to the axes in a row and column, or else to the first."""
        trace = {name: packed(value) if isinstance(value, np.ndarray) else value for name, value in settings.items()}
        if row is not None:
            (number,) = self._numbers(row, col)
            trace |= {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        self.traces.append({"type": kind, **trace})

    def lay_out(self, **settings: Any) -> None:
        """Set settings of the layout, dictionaries into what is there."""
        self.layout = merged(self.layout, settings)

    def x_axes(self, row: int | None = None, col: int | None = None, **settings: Any) -> None:
        """Set settings of all x axes, or of those in a row or column."""
        self._set_axes("xaxis", row, col, settings)

    def y_axes(self, row: int | None = None, col: int | None = None, **settings: Any) -> None:
        """Set settings of all y axes, or of those in a row or column."""
        self._set_axes("yaxis", row, col, settings)

    def keep_square(self) -> None:
        """Let one unit be as long upwards as across, on all axes."""
        for number in self._numbers():
            self.lay_out(**{f"yaxis{number}": {"scaleanchor": f"x{number}"}})

    def add_annotation(self, **settings: Any) -> None:
        """Add a text to the picture."""
        self.layout["annotations"] = [*self.layout.get("annotations", ()), settings]

    def all_annotations(self, **settings: Any) -> None:
        """Set settings of all texts that are there, the titles of panels among them."""
        self.layout["annotations"] = [merged(text, settings) for text in self.layout["annotations"]]

    def add_vline(self, x: float, line: Settings) -> None:
        """Add a line at x, as high as the picture, to all axes."""
        ends = {"x0": x, "x1": x, "y0": 0, "y1": 1}
        for number in self._numbers():
            self.add_shape(type="line", **ends, xref=f"x{number}", yref=f"y{number} domain", line=line)

    def add_hline(self, y: float, line: Settings, row: int) -> None:
        """Add a line at y, as wide as the picture, to the axes in a row."""
        ends = {"x0": 0, "x1": 1, "y0": y, "y1": y}
        for number in self._numbers(row):
            self.add_shape(type="line", **ends, xref=f"x{number} domain", yref=f"y{number}", line=line)

    def add_squares(self, low: float, high: float, line: Settings) -> None:
        """Add a square from `low` to `high`, both ways, to all axes."""
        ends = {"x0": low, "x1": high, "y0": low, "y1": high}
        for number in self._numbers():
            self.add_shape(type="rect", **ends, xref=f"x{number}", yref=f"y{number}", line=line)

    def add_shape(self, **settings: Any) -> None:
        """Add a shape to the picture."""
        self.layout["shapes"] = [*self.layout.get("shapes", ()), settings]

    def _set_axes(self, name: str, row: int | None, col: int | None, settings: Settings) -> None:
        if isinstance(title := settings.get("title"), str):
            settings = settings | {"title": {"text": title}}
        for number in self._numbers(row, col):
            self.lay_out(**{f"{name}{number}": settings})

    def _numbers(self, row: int | None = None, col: int | None = None) -> list[str]:
        """Return what the names of axes end in, along the rows: nothing for the first axes, then 2, 3, …"""
        rows = [row] if row else range(1, self.rows + 1)
        columns = [col] if col else range(1, self.columns + 1)
        numbers = ((r - 1) * self.columns + c for r, c in product(rows, columns))
        return [str(number) if number > 1 else "" for number in numbers]


def merged(there: Settings, new: Settings) -> Settings:
    """Return nested dictionaries as one, `new` over `there`."""
    both = dict(there)
    for name, value in new.items():
        old = both.get(name)
        both[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def packed(numbers: NDArray[Any]) -> Settings | list[Any]:
    """Return an array as its type, its bytes in base64 and its shape; as lists where plotly.js knows no bytes."""
    if numbers.dtype == np.int64 and numbers.size:
        numbers = numbers.astype(np.min_scalar_type(min(int(numbers.min()), -int(numbers.max()) - 1)))
    kind = numbers.dtype.str[1:]  # without the order of bytes
    if kind not in PACKED or not numbers.size:
        return list(numbers.tolist())
    shape = {"shape": str(numbers.shape)[1:-1]} if numbers.ndim > 1 else {}
    return {"dtype": kind, "bdata": base64.b64encode(numbers.tobytes()).decode("ascii"), **shape}
