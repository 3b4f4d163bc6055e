"""The steps from ink to the 28 × 28 image, each one to be seen and each one to be left out."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from scipy import ndimage

from core.canvas.ink import THRESHOLD, Image, box, find_ink, require_canvas
from core.canvas.strokes import BOX, normalize_width
from core.validation import require_choice

SIZE = 28  # the side of an MNIST image
WORKING = 80  # pixels on the longer side of the digit while its lines are measured


@dataclass(frozen=True, eq=False)
class Stage:
    """The image after one step: the step's name for people, what it does in a sentence, and the image."""

    name: str
    caption: str
    image: Image  # (h, w), 0 paper to 1 ink


@dataclass(frozen=True, eq=False)
class Preparation:
    """What the network sees, and how the drawing became that."""

    image: Image  # float32 (28, 28), 0 paper to 1 ink
    stages: tuple[Stage, ...]  # in order; the last one's image is `image`


@dataclass(frozen=True)
class Step:
    """One step that may be skipped: its name and caption, the function, and what is done in its place."""

    label: str
    caption: str
    apply: Callable[[Image], Image]
    instead: Callable[[Image], Image]


def crop(ink: Image) -> Image:
    """Return the smallest box with all the ink, its longer side brought to 80 pixels."""
    return _scaled(ink[box(ink >= THRESHOLD)], WORKING)


def fit(ink: Image) -> Image:
    """Return the digit (h, w) with its longer side at 20 pixels, in the middle of 28 × 28, sampled only once."""
    side = max(ink.shape) * SIZE / BOX  # of the square of paper that becomes 28 × 28
    paper = np.pad(ink, math.ceil((side - min(ink.shape)) / 2) + 1)
    h, w = paper.shape
    square = ((w - side) / 2, (h - side) / 2, (w + side) / 2, (h + side) / 2)
    return np.asarray(Pillow.fromarray(paper).resize((SIZE, SIZE), Pillow.Resampling.BILINEAR, square), np.float32)


def center(image: Image) -> Image:
    """Return the image (28, 28) moved so that its centre of mass lies in the middle."""
    total = float(image.sum())
    if total == 0:
        return image
    middle = SIZE / 2  # where MNIST has it: its centres of mass lie between pixels 13.5 and 14.5
    offsets = [middle - float((image.sum(1 - axis) * np.arange(SIZE)).sum()) / total for axis in (0, 1)]
    moved: Image = ndimage.shift(image, offsets, order=1, prefilter=False)
    return moved


def squash(image: Image) -> Image:
    """Return an image (h, w) brought to (28, 28) as it is: what a network sees when nothing else is done."""
    return image if image.shape == (SIZE, SIZE) else _resized(image, SIZE, SIZE)


def _scaled(image: Image, longer: float) -> Image:
    scale = longer / max(image.shape)
    return _resized(image, max(round(image.shape[0] * scale), 1), max(round(image.shape[1] * scale), 1))


def _resized(image: Image, h: int, w: int) -> Image:
    return np.asarray(Pillow.fromarray(image).resize((w, h), Pillow.Resampling.BILINEAR), np.float32)


STEPS: dict[str, Step] = {
    "crop": Step("Crop", "Only the box around the ink is kept.", crop, lambda ink: _scaled(ink, WORKING)),
    "width": Step("Line width", "Every line gets the width of a line in MNIST.", normalize_width, lambda ink: ink),
    "fit": Step("Fit", "The longer side becomes 20 pixels.", fit, squash),
    "center": Step("Centre", "The centre of mass moves to the middle of 28 × 28.", center, lambda image: image),
}


def prepare(rgba: NDArray[np.uint8], skip: Collection[str] = frozenset()) -> Preparation:
    """Return what a network sees of a drawing uint8 (h, w, 4), and each stage on the way; `skip` leaves steps out.

    White ink on black, dark ink on light and ink on a transparent canvas of any size give the same digit. The method
    is MNIST's own (LeCun et al., 1998), after the lines have got MNIST's width. Raises `EmptyDrawing` when there is no
    digit, `ValueError` when the array is no canvas or a name in `skip` no step.
    """
    require_canvas(rgba)
    for name in skip:
        require_choice("skipped step", name, STEPS)
    image = find_ink(rgba)
    stages = [Stage("Ink", "What differs from the paper is ink.", image)]
    for name, step in STEPS.items():
        if name in skip:
            image = step.instead(image)
        else:
            image = step.apply(image)
            stages.append(Stage(step.label, step.caption, image))
    return Preparation(image, tuple(stages))
