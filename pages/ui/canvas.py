"""The drawing surface: pen width, clear, and the picture after each stroke; a drawing is never lost."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit_drawable_canvas import st_canvas

from core.notes import MAX_CHARACTERS, get_notes
from core.pictures import read_picture
from pages.ui import controls
from pages.ui.state import owner, session

SIDE = 280  # pixels
PAPER, INK = "#0B0F17", "#FFFFFF"  # white on black, as MNIST has it, in both themes


@dataclass
class Sketch:
    """What this session keeps of a drawing: its strokes now, those the canvas was opened with, a count of sheets."""

    strokes: dict[str, Any] | None = None
    opened_with: dict[str, Any] | None = None
    sheet: int = 0


def draw(name: str) -> NDArray[np.uint8] | None:
    """Show a canvas and return the drawing as RGBA (h, w, 4), `None` before the first stroke.

    The drawing survives a change of page and a reload. Raises `PictureError` when the browser sends something else.
    """
    sketch = session(f"sketch:{name}", lambda: Sketch(_kept(name)))
    key = f"{name}:canvas:{sketch.sheet}"
    if key not in st.session_state:
        sketch.opened_with = sketch.strokes
    pen = controls.slider("Pen width", "pen", 8, 40, 20, 2)
    result = st_canvas(
        stroke_width=int(pen),
        stroke_color=INK,
        background_color=PAPER,
        height=SIDE,
        width=SIDE,
        initial_drawing=sketch.opened_with,
        return_image_data=True,
        key=key,
    )
    st.button("Clear", icon=":material/ink_eraser:", on_click=_clear, args=(name, sketch))
    if result.json_data is not None and result.json_data != sketch.strokes:
        sketch.strokes = result.json_data
        _keep(name, sketch.strokes)
    content = result.image_bytes
    return read_picture(content) if content else None


def _clear(name: str, sketch: Sketch) -> None:
    """Take a new sheet."""
    sketch.strokes, sketch.opened_with, sketch.sheet = None, None, sketch.sheet + 1
    _keep(name, None)


def _keep(name: str, strokes: dict[str, Any] | None) -> None:
    text = json.dumps(strokes)
    if len(text) <= MAX_CHARACTERS:  # a longer one lives as long as the session
        get_notes().keep(owner(), f"drawing:{name}", text)


def _kept(name: str) -> dict[str, Any] | None:
    strokes = json.loads(get_notes().find(owner(), f"drawing:{name}") or "null")
    return strokes if isinstance(strokes, dict) else None
