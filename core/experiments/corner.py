"""An experiment on preparation: test digits shrunk into a corner, read as they are and read prepared."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from core.canvas import prepare, squash
from core.data import Digits
from core.model import predict

CANVAS = 280  # pixels
SMALL = 120  # pixels a digit takes in its corner


@dataclass(frozen=True)
class CornerTrial:
    """Shares of digits read correctly, 0 to 1."""

    squashed: float
    prepared: float


def in_corner(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a digit (28, 28) small in the upper left corner of a black canvas, RGBA (280, 280, 4)."""
    canvas = np.zeros((CANVAS, CANVAS, 4), np.uint8)
    canvas[..., 3] = 255
    small = np.asarray(Image.fromarray(image).resize((SMALL, SMALL), Image.Resampling.BILINEAR))
    canvas[:SMALL, :SMALL, :3] = small[..., None]
    return canvas


def corner_trial(model: nn.Module, digits: Digits, n: int = 200) -> CornerTrial:
    """Read the first `n` test digits from a corner, both ways, with the same network."""
    canvases = [in_corner(image) for image in digits.test_images[:n]]
    labels = digits.test_labels[:n]
    ways = (
        [squash(canvas[..., 0].astype(np.float32) / np.float32(255)) for canvas in canvases],
        [prepare(canvas).image for canvas in canvases],
    )
    shares = [float((predict(model, np.stack(images)).argmax(1) == labels).mean()) for images in ways]
    return CornerTrial(*shares)
