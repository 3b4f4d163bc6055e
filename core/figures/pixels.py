"""Arrays as images: grey for ink, colour for the sign of a weight."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from core.figures.palette import PALETTE


def png_uri(rgba: NDArray[np.uint8]) -> str:
    """Return an image (h, w, 4) as a data URI that a browser draws."""
    buffer = io.BytesIO()
    Image.fromarray(rgba, "RGBA").save(buffer, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def indexed_uri(indices: NDArray[np.uint8], colours: NDArray[np.uint8]) -> str:
    """Return an image (h, w) of indices into RGBA colours (k, 4), k ≤ 256, as a data URI: a quarter of `png_uri`'s."""
    image = Image.fromarray(indices, "P")
    image.putpalette(colours[:, :3].tobytes())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=colours[:, 3].tobytes())
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def ink(images: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return images (…, h, w) from 0 to 1 as RGBA: white ink on black paper, as MNIST has it."""
    level = (np.clip(images, 0, 1) * 255).astype(np.uint8)
    return np.stack([level, level, level, np.full_like(level, 255)], axis=-1)


def signed(images: NDArray[np.floating], limit: float | None = None) -> NDArray[np.uint8]:
    """Return numbers (…, h, w) as RGBA: colour for the sign, opacity for |number| / limit (default: the largest)."""
    limit = limit or float(np.abs(images).max()) or 1.0
    strength = np.clip(np.abs(images) / limit, 0, 1)
    positive, negative = (np.array(ImageColor.getrgb(PALETTE[name])) for name in ("positive", "negative"))
    colour = np.where(images[..., None] > 0, positive, negative).astype(np.uint8)
    return np.concatenate([colour, (strength[..., None] * 255).astype(np.uint8)], axis=-1)
