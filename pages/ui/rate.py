"""A learning rate under the hand: the component `rate`, its marks, and the walk of each of its stops."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.experiments.rate_sweep import Sweep
from pages.ui.components import mount, reported
from pages.ui.reports import valid_points
from pages.ui.state import set_url, url_number
from pages.ui.tables import table

STOPS_TO_LIMIT = 100
BEYOND = 1.25  # the slider goes this much farther than the limit


@dataclass(frozen=True)
class Limit:
    """A learning rate worth a mark on the slider, such as 2/λ."""

    x: float
    label: str


@dataclass(frozen=True)
class Zone:
    """A stretch of the slider in a palette colour."""

    start: float
    end: float
    colour: str


@dataclass(frozen=True, eq=False)
class WalkPicture:
    """The curve that is walked, x and y, the walk for every stop, and the titles of the axes."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    walks: Sweep
    x_label: str = "weight w"
    y_label: str = "loss"
    steps: str = "step"


def rate_stops(limit: float, marks: Sequence[Limit], chosen: float) -> NDArray[np.float64]:
    """Return round learning rates from 0 to a quarter beyond the limit, the marks and the chosen one among them."""
    rough = limit / STOPS_TO_LIMIT
    power = 10.0 ** np.floor(np.log10(rough))
    size = power * next(round_size for round_size in (1, 2, 2.5, 5, 10) if round_size * power >= rough * 0.999)
    even = (np.arange(int(BEYOND * limit / size + 1e-9) + 1) * size).round(12)
    return np.unique(np.concatenate([even, [mark.x for mark in marks], [chosen]]).round(12))


def read_rate(url: str, default: float, limit: float) -> float:
    """Return the learning rate in the URL, from 0 to where the slider ends; `default` when it is anything else."""
    return url_number(url, default, 0, BEYOND * limit)


@dataclass(frozen=True, eq=False)
class RateSlider:
    """A learning rate's slider: its stops, the chosen and the default one, marks, stretches, words for each stop."""

    stops: NDArray[np.float64]
    chosen: float
    default: float
    marks: Sequence[Limit]
    zones: Sequence[Zone]
    words: Sequence[Sequence[str]]
    alt: str
    label: str = "learning rate η"


def show_rate(slider: RateSlider, key: str, url: str, picture: WalkPicture | None = None) -> None:
    """Show the slider, and above it the walk of the stop the hand is on; on release the rate stands in the URL."""
    last = float(slider.stops[-1])
    data: dict[str, Any] = {
        "rates": slider.stops.tolist(),
        "index": int(np.abs(slider.stops - slider.chosen).argmin()),
        "marks": [asdict(mark) for mark in slider.marks if mark.x <= last],
        "zones": [{"from": zone.start, "to": min(zone.end, last), "colour": zone.colour} for zone in slider.zones],
        "words": [list(words) for words in slider.words],
        "label": slider.label,
        "symbol": "η",
        "alt": slider.alt,
        "picture": _walks(picture) if picture else None,
    }
    mount("rate", data, key, {"rate": partial(_moved, key, url, slider.default, float(slider.stops[0]), last)})


def _moved(key: str, url: str, default: float, low: float, high: float) -> None:
    rate = valid_points([reported(key, "rate")], 1, low, high)
    if rate is not None:
        set_url(url, rate[0], default)


def _walks(picture: WalkPicture) -> dict[str, Any]:
    low, high = float(picture.y.min()), float(picture.y.max())
    margin = 0.06 * (high - low)
    return {
        "x": {
            "label": picture.x_label,
            "range": [float(picture.x[0]), float(picture.x[-1])],
            "values": table(picture.x),
        },
        "y": {"label": picture.y_label, "range": [low - margin, high + margin]},
        "curve": table(picture.y),
        "steps": picture.steps,
        "walks": {
            "weights": [table(row) for row in picture.walks.weights],
            "losses": [table(row) for row in picture.walks.losses],
        },
    }
