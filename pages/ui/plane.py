"""Pictures over a plane with a point that the reader's hand moves: the component `plane`, and the URL it reports to.

The browser moves the point from entry to entry of tables that Python computed, so the numbers that follow the pointer
are Python's own. On release both numbers go into the URL and the fragment runs again.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from pages.ui.components import mount, reported
from pages.ui.curve import PLAYER, grid
from pages.ui.reports import valid_points, valid_step
from pages.ui.state import change_url, set_url, url_number
from pages.ui.synced import typed
from pages.ui.tables import table

SAMPLES = 49  # entries on each side of a table

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Dots:
    """Fixed points of one colour, on every picture."""

    x: ArrayLike
    y: ArrayLike
    colour: str


@dataclass(frozen=True)
class Legend:
    """What the colours of an image mean: a name, the colours from low to high, the height between two lines."""

    name: str
    colours: Sequence[str]
    low: float
    high: float
    step: float


@dataclass(frozen=True)
class Panel:
    """One picture: an image over the whole plane, and a title or what its colours mean."""

    image: str  # data URI
    title: str = ""
    opacity: float = 1.0
    legend: Legend | None = None


@dataclass(frozen=True)
class Plane:
    """The plane: its range, the names of both numbers here and in the URL, where the point starts, and its name."""

    low: float
    high: float
    names: tuple[str, str]
    urls: tuple[str, str]
    start: tuple[float, float]
    label: str

    def point(self) -> tuple[float, float]:
        """Return where the point stands, from the URL."""
        first, second = (
            url_number(name, at, self.low, self.high) for name, at in zip(self.urls, self.start, strict=True)
        )
        return first, second

    def move(self, values: Sequence[float]) -> None:
        """Write where the point stands into the URL; its start leaves it out. A walk begins there, at step 0."""
        moved = zip(self.urls, values, self.start, strict=True)
        settings = {name: None if value == start else float(value) for name, value, start in moved}
        change_url(settings | {"step": None})


@dataclass(frozen=True)
class Walk:
    """Steps to play: both numbers (T + 1,) and what is read (T + 1,) at each; `rate` draws the next step's arrow."""

    x: Array
    y: Array
    reads: Sequence[Array]
    rate: float | None = None
    step: int = 0


def show_plane(
    plane: Plane,
    panels: Sequence[Panel],
    reads: Callable[[Array, Array], dict[str, Array]],
    key: str,
    alt: str,
    walk: Walk | None = None,
    movable: bool = True,
    samples: int = SAMPLES,
    dots: Sequence[Dots] = (),
) -> None:
    """Show the pictures with the point on them.

    `reads(x, y)` returns, by name, numbers (m, n) to read at the grid of n x and m y; with a walk, the second and third
    are the slopes. `step` of a walk stands in the URL.
    """
    point = plane.point()
    x, y = (grid(plane.low, plane.high, (at,), samples) for at in point)
    data = {
        **_axes(plane, x, y),
        "tables": [  # rows of y, columns of x
            {"name": name, "values": packed(values)} for name, values in reads(*np.meshgrid(x, y)).items()
        ],
        "panels": [asdict(panel) for panel in panels],
        "dots": [{"x": table(dot.x, 4), "y": table(dot.y, 4), "colour": dot.colour} for dot in dots],
        "point": list(point),
        "label": plane.label,
        "movable": movable,
        "alt": alt,
        **_walking(walk),
    }
    on: dict[str, Callable[[], None]] = {
        "point": partial(_moved, plane, key, movable),
        "step": partial(_stepped, key, len(walk.x) if walk else 1),
    }
    mount("plane", data, key, on)


def _moved(plane: Plane, key: str, movable: bool) -> None:
    values = valid_points(reported(key, "point"), 2, plane.low, plane.high)
    if values is not None and movable:
        plane.move(values)


def _stepped(key: str, count: int) -> None:
    step = valid_step(reported(key, "step"), count)
    if step is not None:
        set_url("step", step, 0)


def _axes(plane: Plane, x: Array, y: Array) -> dict[str, Any]:
    return {
        axis: {"label": name, "range": [plane.low, plane.high], "values": table(values, 10)}
        for axis, name, values in zip("xy", plane.names, (x, y), strict=True)
    }


def packed(values: Array) -> str:
    """Return numbers row by row as float32 in base64: a third of their digits' length; too large a one is infinite."""
    with np.errstate(over="ignore"):
        return base64.b64encode(values.astype("<f4").tobytes()).decode("ascii")


def type_point(plane: Plane, before: str = "", step: float = 0.1) -> None:
    """Show both numbers of the point for typing."""
    point = plane.point()
    for index, (column, name) in enumerate(zip(st.columns(2), plane.names, strict=True)):

        def write(value: float, index: int = index) -> None:
            plane.move([value if index == place else at for place, at in enumerate(plane.point())])

        with column:
            typed(f"{before}{name}", f"typed:{plane.urls[index]}", point[index], plane.low, plane.high, step, write)


def _walking(walk: Walk | None) -> dict[str, Any]:
    if walk is None:
        return {"path": None, "words": None, "step": 0, "rate": None}
    path = {"x": table(walk.x), "y": table(walk.y), "reads": [table(values) for values in walk.reads]}
    return {"path": path, "words": PLAYER, "step": walk.step, "rate": walk.rate}
