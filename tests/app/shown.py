"""What a page sends to its pictures: the numbers of a component of ours, and the traces of a figure."""

import base64
import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.figures_support import unpacked


def component(page: AppTest, name: str, place: int = 0) -> dict[str, Any]:
    """The data of one of the page's components of that name."""
    found = [part.proto for part in page.get("bidi_component") if part.proto.component_name == f"seven_steps_{name}"]
    return json.loads(found[place].json)


def drawn(page: AppTest, place: int) -> list[dict[str, Any]]:
    """The traces of one of the figures that our component draws, their numbers as arrays."""
    return unpacked({"data": component(page, "figure", place)["traces"]})


def traces(page: AppTest, place: int) -> list[dict[str, Any]]:
    """The traces of one of the page's figures of Plotly's, their numbers as arrays."""
    return unpacked(json.loads(page.get("plotly_chart")[place].proto.spec))


def packed(text: str, rows: int) -> np.ndarray:
    """The numbers (rows, …) of a plane's table."""
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float64).reshape(rows, -1)
