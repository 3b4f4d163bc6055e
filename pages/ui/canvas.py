"""The drawing surface: pen width, clear, and the picture after each stroke."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit_drawable_canvas import st_canvas

from core.pictures import read_picture
from pages.ui import controls
from pages.ui.state import session

SIDE = 280  # pixels
PAPER, INK = "#0B0F17", "#FFFFFF"  # white on black, as MNIST has it, in both themes


@dataclass
class Sketch:
    """What this session keeps of a drawing: its strokes, for when the reader comes back, and a count of sheets."""

    strokes: dict[str, Any] | None = None
    start: dict[str, Any] | None = None  # the strokes the canvas was opened with
    sheet: int = 0

    def clear(self) -> None:
        """Take a new sheet."""
        self.strokes, self.start, self.sheet = None, None, self.sheet + 1


def draw(name: str) -> NDArray[np.uint8] | None:
    """Show a canvas and return the drawing as RGBA (h, w, 4), `None` before the first stroke.

    The drawing survives a change of page; raises `PictureError` when the browser sends something else.
    """
    sketch = session(f"sketch:{name}", Sketch)
    key = f"{name}:canvas:{sketch.sheet}"
    if key not in st.session_state:
        sketch.start = sketch.strokes
    pen = controls.slider("Pen width", "pen", 8, 40, 20, 2)
    result = st_canvas(
        stroke_width=int(pen),
        stroke_color=INK,
        background_color=PAPER,
        height=SIDE,
        width=SIDE,
        initial_drawing=sketch.start,
        return_image_data=True,
        key=key,
    )
    st.button("Clear", icon=":material/ink_eraser:", on_click=sketch.clear)
    sketch.strokes = result.json_data or sketch.strokes
    content = result.image_bytes
    return read_picture(content) if content else None
