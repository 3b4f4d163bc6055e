"""The drawing surface: pen width, clear, and the picture after each stroke; a drawing is never lost."""

from contextlib import suppress
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit_drawable_canvas import st_canvas

from core.database import StoreUnavailable
from core.notes import MAX_CHARACTERS, get_notes
from core.pictures import PictureError, read_picture
from pages.ui import controls
from pages.ui.pace import keep_pace
from pages.ui.sketch import Sketch, is_drawing
from pages.ui.state import owner, remember, session

SIDE = 280  # pixels
MAX_PIXELS = 4_000_000  # of what a browser sends, for screens with many to the inch; it is read at each run of the page
LOOK_SECONDS = 2.0
NOT_SAVED = "Your drawing cannot be saved just now. The server holds it and saves it as soon as its database answers."
NO_DRAWING = "The drawing surface sent something that is no drawing. Press Clear and draw again."
PAPER, INK = "#0B0F17", "#FFFFFF"  # white on black, as MNIST has it, in both themes


def draw(name: str) -> NDArray[np.uint8] | None:
    """Show a canvas and return the drawing as RGBA (h, w, 4), `None` before the first stroke.

    The drawing survives a change of page and a reload. Raises `PictureError` when the browser sends something else,
    `TooFast` when strokes come too fast: the canvas keeps them, and the next stroke brings all of them.
    """
    sketch = _sketch(name)
    key = f"{name}:canvas:{sketch.sheet}"
    if key not in st.session_state:
        sketch.opened_with = sketch.strokes
    pen = controls.slider("Pen width", "pen", 8, 40, 20, 2)
    st.button("Clear", icon=":material/ink_eraser:", on_click=_clear, args=(name, sketch))
    sent = _sent(int(pen), sketch.opened_with, key)  # its tools appear above it, beside the button
    if isinstance(sent, PictureError):
        raise sent
    if sent is not None and sent[0] != sketch.strokes:
        keep_pace("draw")
        sketch.strokes, sketch.picture = sent
        remember(f"sketch:{name}", sketch)
        _keep(name, sketch)
    if get_notes().waits(owner(), _note(name)):
        st.warning(NOT_SAVED, icon=":material/database_off:")
    return read_picture(sketch.picture, MAX_PIXELS) if sketch.picture else None


def _sketch(name: str) -> Sketch:
    """Return this session's drawing; a blank sheet for as long as the database does not tell what is kept."""
    try:
        return session(f"sketch:{name}", lambda: Sketch.loads(get_notes().find(owner(), _note(name))))
    except StoreUnavailable as error:
        st.warning(str(error), icon=":material/database_off:")
        st.fragment(_look_again, run_every=LOOK_SECONDS)(name)
        return session(f"blank:{name}", lambda: Sketch(sheet=-1))


def _look_again(name: str) -> None:
    """Show the drawing that is kept once the database answers, unless the reader has begun another one."""
    with suppress(StoreUnavailable):
        session(f"sketch:{name}", lambda: Sketch.loads(get_notes().find(owner(), _note(name))))
        st.rerun()


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


def _clear(name: str, sketch: Sketch) -> None:
    """Take a new sheet."""
    sketch.strokes, sketch.picture, sketch.sheet = None, None, sketch.sheet + 1
    _keep(name, sketch)


def _keep(name: str, sketch: Sketch) -> None:
    text = sketch.dumps()
    if len(text) <= MAX_CHARACTERS:  # a longer one lives as long as the session
        with suppress(StoreUnavailable):  # it is held and written later, and the page says so
            get_notes().keep(owner(), _note(name), text)


def _note(name: str) -> str:
    return f"drawing:{name}"
