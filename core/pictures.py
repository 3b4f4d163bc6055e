"""Pictures from outside: PNG or JPEG, checked before a single pixel is decoded."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 5 * 2**20
MAX_PIXELS = 16_000_000  # a telephone's camera
TOO_MANY_PIXELS = "The picture has more than {millions} million pixels. Make it smaller."
MIN_SIDE = 16  # pixels; a digit in fewer cannot be told
MAX_RATIO = 20  # of the longer side to the shorter
NO_ROOM = "The picture has {width} × {height} pixels, too few for a digit. Choose a larger one."
SIDE = 1000  # a larger picture is shrunk to this many pixels
SMOOTH = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")  # kinds of pixels whose means are pixels, too


class PictureError(ValueError):
    """The file is no picture we take; the message says what is taken."""


def read_picture(content: bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Return a PNG or JPEG as RGBA (h, w, 4) with sides of at most 1,000, turned the way its camera was held.

    Raises `PictureError` for other files, more than 5 MB, more than `max_pixels`, or too few for a digit.
    """
    too_many = TOO_MANY_PIXELS.format(millions=max_pixels // 1_000_000)
    if len(content) > MAX_BYTES:
        size = len(content) / 2**20
        raise PictureError(f"The file has {size:.1f} MB; a picture may have {MAX_BYTES // 2**20} MB. Make it smaller.")
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > max_pixels:
                raise PictureError(too_many)
            if min(image.size) < MIN_SIDE or max(image.size) > MAX_RATIO * min(image.size):
                raise PictureError(NO_ROOM.format(width=image.width, height=image.height))
            return np.asarray(ImageOps.exif_transpose(_shrunk(image)).convert("RGBA"))
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError(too_many) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise PictureError("This file is not a PNG or JPEG picture, or it is damaged. Choose another one.") from None


def _shrunk(image: Image.Image) -> Image.Image:
    """Return the picture with sides of at most 1,000; a JPEG is decoded no larger than that takes."""
    smooth = image.mode in SMOOTH and "transparency" not in image.info
    small = image if smooth else image.convert("RGBA")
    small.thumbnail((SIDE, SIDE))
    return small
