"""Plotly's own check of our figures, which the app leaves out, and what a browser gets of them."""

import base64
import json
from typing import Any

import numpy as np
import plotly.io
from plotly import graph_objects as go

from core.figures.as_plotly import ReadyMade, as_plotly
from core.figures.figure import Figure

DRAWN = {"type", "x", "y", "xaxis", "yaxis", "mode", "line", "marker", "text", "textposition", "cliponaxis"}
DRAWN |= {"name", "legendgroup", "showlegend", "customdata", "hovertemplate", "hoverinfo"}
DRAWN |= {"z", "zmin", "zmax", "colorscale", "showscale", "ygap", "fill"}
DRAWN |= {"textangle", "constraintext"}  # say that a text is neither turned nor shrunk, which ours never is


def checked(figure: Figure) -> ReadyMade:
    """A figure for Streamlit whose every setting Plotly knows, and would send as it is."""
    ours = as_plotly(figure)
    assert as_sent(go.Figure(figure.traces, figure.layout)) == as_sent(ours)
    return ours


def drawable(figure: Figure) -> None:
    """Fail for what `figure.js` does not draw, or what Plotly does not know."""
    checked(figure)
    for trace in figure.traces:
        assert trace["type"] in {"scatter", "bar", "heatmap"}
        assert set(trace) <= DRAWN
        assert trace.get("fill", "tozeroy") == "tozeroy"


def as_sent(figure: go.Figure | ReadyMade) -> dict[str, Any]:
    """What a browser gets of a figure."""
    return json.loads(plotly.io.to_json(figure.to_dict(), validate=False))


def unpacked(sent: dict[str, Any]) -> list[dict[str, Any]]:
    """The traces of a figure, their numbers as arrays."""
    return [{name: _numbers(value) for name, value in trace.items()} for trace in sent["data"]]


def _numbers(value: Any) -> Any:
    if isinstance(value, dict) and "bdata" in value:
        return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
    return value
