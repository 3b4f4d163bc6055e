"""An uploaded picture, read once: what a page needs of it stays with the session until another one is chosen."""

import io
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from core.pictures import PictureError, read_picture
from pages.ui.pace import keep_pace
from pages.ui.state import remember, session

SHOWN = 240  # pixels wide


@dataclass(frozen=True, eq=False)
class Upload:
    """A file by the id that Streamlit gave it, and what it is: a picture, or the sentence that refuses it."""

    file: str = ""
    rgba: NDArray[np.uint8] | None = None  # (h, w, 4), sides of at most 1,000
    preview: bytes = b""  # PNG, twice as wide as it is shown
    refusal: str = ""


def uploaded() -> NDArray[np.uint8] | None:
    """Show the control and the picture, and return it as RGBA (h, w, 4); None before there is one.

    Raises `PictureError` for a file that is none, `TooFast` when files come too fast.
    """
    file = st.file_uploader("A photo or picture of one digit", ["png", "jpg", "jpeg"], max_upload_size=5)
    if file is None:
        remember("picture", Upload())
        return None
    upload = session("picture", Upload)
    if upload.file != file.file_id:
        keep_pace("upload")
        upload = remember("picture", read(file.file_id, file.getvalue()))
    if upload.rgba is None:
        raise PictureError(upload.refusal)
    st.image(upload.preview, width=SHOWN, alt="The picture that was uploaded")
    return upload.rgba


def read(file: str, content: bytes) -> Upload:
    """Decode a file, which takes up to half a second for the largest that is taken."""
    try:
        rgba = read_picture(content)
    except PictureError as error:
        return Upload(file, refusal=str(error))
    small, png = Image.fromarray(rgba), io.BytesIO()
    small.thumbnail((2 * SHOWN, 20 * SHOWN))
    small.save(png, "PNG")
    return Upload(file, rgba, png.getvalue())
