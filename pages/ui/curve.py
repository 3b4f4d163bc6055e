"""Curves with points that the reader's hand moves along them: the component `curve`, and the URL it reports to.

A lesson does three things, all inside one fragment:

    starts = url_numbers("w", (3.0,), -10, 10)                 # from the URL, ?w=3
    xs = grid(-10, 10, starts)                                 # the table's x, with the points in it
    show_curve(
        Picture(xs, (Line("loss", f(xs), "forward", slopes=df(xs)),), "weight w", "loss", alt="…"),
        (Point(starts[0], "weight"),), "descent", url="w", walk=Walk("slope"),
    )

The browser draws what these tables hold and moves each point from entry to entry of `xs`, so the numbers that follow
the pointer are Python's own. On release the points' x go into the URL and the fragment runs again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pages.ui.components import mount, reported
from pages.ui.reports import valid_points, valid_step
from pages.ui.state import Setting, change_url, set_url
from pages.ui.tables import table, y_range_of

SAMPLES = 401


@dataclass(frozen=True)
class Line:
    """A curve: its name, y at each x (not a number where it has a gap), a palette colour, and dy/dx for tangents."""

    name: str
    y: ArrayLike
    colour: str
    dash: bool = False
    slopes: ArrayLike | None = None


@dataclass(frozen=True)
class Point:
    """A handle: where it starts, its name for screen readers, the curve it rides; `None` reads all curves at its x."""

    x: float
    label: str
    curve: int | None = 0
    colour: str = "accent"


@dataclass(frozen=True)
class Path:
    """The points that a handle visits when the player runs: x, y and slope at step 0, 1, …"""

    x: ArrayLike
    y: ArrayLike
    slope: ArrayLike


@dataclass(frozen=True)
class Vertical:
    """A dashed vertical line with a label, such as a threshold."""

    x: float
    label: str
    colour: str = "neutral"


@dataclass(frozen=True)
class Mark:
    """A fixed dot with a label, such as an example."""

    x: float
    y: float
    label: str = ""
    colour: str = "first"


@dataclass(frozen=True)
class Picture:
    """What is drawn: the table's x (ascending), the curves over it, axis titles, fixed marks, and words for it all.

    `y_range` defaults to what the curves need; `alt` says in a sentence what a reader would see.
    """

    x: NDArray[np.float64]
    lines: Sequence[Line]
    x_label: str
    y_label: str
    alt: str
    y_range: tuple[float, float] | None = None
    verticals: Sequence[Vertical] = ()
    marks: Sequence[Mark] = ()
    height: int = 400  # pixels


@dataclass(frozen=True)
class Walk:
    """What a handle tells of the slope, and the steps it takes.

    `tangent` names the slope and draws the tangent (the lines need `slopes`); `words` are said for a negative, zero
    and positive slope; `rate` draws an arrow from x to x − rate·slope; `paths`, one a point, bring Step, Play and
    Reset, whose `step` stands in the URL. Of several walks `ball` is the one whose numbers are told, the one touched
    last; in the URL from 1.
    """

    tangent: str = ""
    words: tuple[str, str, str] | None = None
    rate: float | None = None
    paths: Sequence[Path] = ()
    step: int = 0
    ball: int = 0


PLAYER = {
    "ball": "ball",
    "one": "Step",
    "play": "Play",
    "pause": "Pause",
    "reset": "Reset",
    "step": "step",
    "last": "the last",
}
STILL = Walk()


def show_curve(
    picture: Picture,
    points: Sequence[Point],
    key: str,
    url: str,
    default: tuple[float, ...] | None = None,
    walk: Walk = STILL,
) -> None:
    """Show the picture with its handles; on release the handles' x stand in the URL under `url`, comma-separated.

    Positions equal to `default` leave the URL.
    """
    low, high = float(picture.x[0]), float(picture.x[-1])

    def moved() -> None:
        told = reported(key, "point")
        told = told if isinstance(told, dict) else {}
        values, ball = valid_points(told.get("x"), len(points), low, high), valid_step(told.get("ball"), len(points))
        if values is not None and ball is not None:
            change_url({url: None if values == default else values, **(_begun(ball) if walk.paths else {})})

    def stepped() -> None:
        step = valid_step(reported(key, "step"), max((len(np.atleast_1d(path.x)) for path in walk.paths), default=1))
        if step is not None:
            set_url("step", step, 0)

    def chosen() -> None:
        ball = valid_step(reported(key, "ball"), len(walk.paths))
        if ball is not None:
            set_url("ball", ball + 1, 1)

    data = {**_drawing(picture), "points": [asdict(point) for point in points], **_walking(walk)}
    mount("curve", data, key, {"point": moved, "step": stepped, "ball": chosen})


def _begun(ball: int) -> dict[str, Setting | None]:
    """Return the settings of a walk that begins anew, with one of the balls in hand."""
    return {"step": None, "ball": ball + 1 if ball else None}


def _walking(walk: Walk) -> dict[str, Any]:
    return {
        "tangent": walk.tangent,
        "words": dict(zip(("negative", "zero", "positive"), walk.words, strict=True)) if walk.words else None,
        "rate": walk.rate,
        "paths": [{"x": table(path.x), "y": table(path.y), "slope": table(path.slope)} for path in walk.paths],
        "player": PLAYER if walk.paths else None,
        "step": walk.step,
    } | ({"ball": walk.ball} if len(walk.paths) > 1 else {})


def grid(low: float, high: float, points: Sequence[float] = (), samples: int = SAMPLES) -> NDArray[np.float64]:
    """Return `samples` even x from low to high with the points among them, ascending."""
    even = np.linspace(low, high, samples).round(10)
    return np.unique(np.concatenate([even, [x for x in points if low <= x <= high]]))


def _drawing(picture: Picture) -> dict[str, Any]:
    low, high = picture.y_range or y_range_of(*(line.y for line in picture.lines))
    curves = [
        {"name": line.name, "y": table(line.y), "colour": line.colour, "dash": line.dash}
        | ({"slope": table(line.slopes)} if line.slopes is not None else {})
        for line in picture.lines
    ]
    x_range = [float(picture.x[0]), float(picture.x[-1])]
    return {
        "x": {"label": picture.x_label, "range": x_range, "values": table(picture.x)},
        "y": {"label": picture.y_label, "range": [low, high]},
        "curves": curves,
        "verticals": [asdict(line) for line in picture.verticals],
        "marks": [asdict(mark) for mark in picture.marks],
        "alt": picture.alt,
        "height": picture.height,
    }
