"""The charts of a run that is watched: their numbers as JSON, written straight from the records, drawn by `charts.js`.

A chart of Plotly's takes 6 ms of the server for each poll and is drawn anew by the browser; this one takes half a one
and stays.
"""

import json
from collections.abc import Sequence
from typing import Any

from core.figures.palette import PALETTE
from core.figures.training import ROOM, Chart, Points, training_charts
from core.training import StepRecord
from pages.ui.components import mount_bytes

COLOURS = {name: PALETTE[name] for name in ("train", "test")}


def show_charts(records: Sequence[StepRecord], epochs: int, alt: str) -> None:
    """Show loss and accuracy of a run of so many epochs, with a sentence for readers who cannot see them."""
    mount_bytes("charts", charts_json(records, epochs, alt), "curves")


def charts_json(records: Sequence[StepRecord], epochs: int, alt: str) -> bytes:
    """Return what `charts.js` draws; numbers to five significant digits, which is more than a screen shows."""
    charts = [_told(chart, epochs, alt) for chart in training_charts(records)]
    return json.dumps({"charts": charts, "palette": COLOURS}, separators=(",", ":")).encode()


def _told(chart: Chart, epochs: int, alt: str) -> dict[str, Any]:
    return {
        "title": chart.title,
        "alt": f"{chart.title}. {alt}",
        "label": "epoch",
        "last": ROOM * epochs,
        "range": [chart.low, chart.high],
        "log": chart.log,
        "percent": chart.percent,
        "lines": [
            {"name": "training", "colour": "train", "dots": False, **_numbers(chart.train)},
            {"name": "test", "colour": "test", "dots": True, **_numbers(chart.test)},
        ],
    }


def _numbers(points: Points) -> dict[str, list[float]]:
    x, y = ([float(f"{value:.5g}") for value in values] for values in points)
    return {"x": x, "y": y}
