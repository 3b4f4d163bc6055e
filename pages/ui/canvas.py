"""The drawing surface: pen width, clear, and the picture after each stroke; a drawing is never lost."""

import base64
import binascii
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
    """What this session keeps of a drawing."""

    strokes: dict[str, Any] | None = None
    picture: bytes | None = None  # PNG; a canvas opened with strokes does not send it until the next stroke
    opened_with: dict[str, Any] | None = None
    sheet: int = 0  # how often the reader took a new one

    def dumps(self) -> str:
        """Return strokes and picture as JSON."""
        picture = base64.b64encode(self.picture).decode("ascii") if self.picture else None
        return json.dumps({"strokes": self.strokes, "picture": picture})

    @classmethod
    def loads(cls, text: str | None) -> "Sketch":
        """Return the sketch that `dumps` wrote, an empty one for anything else."""
        try:
            data = json.loads(text or "{}")
            return cls(data.get("strokes"), base64.b64decode(data.get("picture") or "") or None)
        except (ValueError, AttributeError, TypeError, binascii.Error):
            return cls()


def draw(name: str) -> NDArray[np.uint8] | None:
    """Show a canvas and return the drawing as RGBA (h, w, 4), `None` before the first stroke.

    The drawing survives a change of page and a reload. Raises `PictureError` when the browser sends something else.
    """
    sketch = session(f"sketch:{name}", lambda: Sketch.loads(get_notes().find(owner(), _note(name))))
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
    if result.image_bytes and result.json_data != sketch.strokes:
        sketch.strokes, sketch.picture = result.json_data, result.image_bytes
        _keep(name, sketch)
    return read_picture(sketch.picture) if sketch.picture else None


def _clear(name: str, sketch: Sketch) -> None:
    """Take a new sheet."""
    sketch.strokes, sketch.picture, sketch.sheet = None, None, sketch.sheet + 1
    _keep(name, sketch)


def _keep(name: str, sketch: Sketch) -> None:
    text = sketch.dumps()
    if len(text) <= MAX_CHARACTERS:  # a longer one lives as long as the session
        get_notes().keep(owner(), _note(name), text)


def _note(name: str) -> str:
    return f"drawing:{name}"
