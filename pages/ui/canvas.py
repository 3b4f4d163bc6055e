"""The drawing surface: pen width, clear, and the picture after each stroke; a drawing is never lost."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit_drawable_canvas import st_canvas

from core.notes import MAX_CHARACTERS, get_notes
from core.pictures import PictureError, read_picture
from pages.ui import controls
from pages.ui.pace import keep_pace
from pages.ui.state import owner, session

SIDE = 280  # pixels
MAX_STROKES = 2_000
NO_DRAWING = "The drawing surface sent something that is no drawing. Press Clear and draw again."
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
            strokes, picture = data.get("strokes"), base64.b64decode(data.get("picture") or "") or None
        except (ValueError, AttributeError, TypeError, RecursionError):
            return cls()
        return cls(strokes, picture) if is_drawing(strokes) else cls()


def draw(name: str) -> NDArray[np.uint8] | None:
    """Show a canvas and return the drawing as RGBA (h, w, 4), `None` before the first stroke.

    The drawing survives a change of page and a reload. Raises `PictureError` when the browser sends something else,
    `TooFast` when strokes come too fast: the canvas keeps them, and the next stroke brings all of them.
    """
    sketch = session(f"sketch:{name}", lambda: Sketch.loads(get_notes().find(owner(), _note(name))))
    key = f"{name}:canvas:{sketch.sheet}"
    if key not in st.session_state:
        sketch.opened_with = sketch.strokes
    pen = controls.slider("Pen width", "pen", 8, 40, 20, 2)
    sent = _sent(int(pen), sketch.opened_with, key)
    st.button("Clear", icon=":material/ink_eraser:", on_click=_clear, args=(name, sketch))
    if isinstance(sent, PictureError):
        raise sent
    if sent is not None and sent[0] != sketch.strokes:
        keep_pace("draw")
        sketch.strokes, sketch.picture = sent
        _keep(name, sketch)
    return read_picture(sketch.picture) if sketch.picture else None


def _sent(pen: int, opened_with: dict[str, Any] | None, key: str) -> tuple[dict[str, Any], bytes] | PictureError | None:
    """Show the canvas and return what the browser sent: strokes and picture, nothing yet, or no drawing at all."""
    try:
        result = st_canvas(
            stroke_width=pen,
            stroke_color=INK,
            background_color=PAPER,
            height=SIDE,
            width=SIDE,
            initial_drawing=opened_with,
            return_image_data=True,
            key=key,
        )
        strokes, picture = result.json_data, result.image_bytes
    except (AttributeError, KeyError, TypeError, ValueError):  # the canvas trusts what comes from a browser
        return PictureError(NO_DRAWING)
    if not picture:
        return None
    return (strokes, picture) if is_drawing(strokes) else PictureError(NO_DRAWING)


def is_drawing(strokes: object) -> bool:
    """Return whether something has the form of a canvas's strokes: an object with a list of objects."""
    if not isinstance(strokes, dict) or not isinstance(strokes.get("objects"), list):
        return False
    return len(strokes["objects"]) <= MAX_STROKES and all(isinstance(stroke, dict) for stroke in strokes["objects"])


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
