"""How wide the lines of a drawing are, and the same drawing with lines as wide as MNIST's."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.canvas.ink import THRESHOLD, Image, box

BOX = 20  # pixels on the longer side of an MNIST digit
STROKE = 2.5  # pixels across its lines: the median over the training digits
MARGIN = 10  # pixels of paper around the working image, so that thin lines can grow
SOFT = 2.0  # pixels over which a line's edge goes from paper to ink
WIDEST = 0.25  # the pen's radius is at most this share of the digit, else a filled 0 would shrink to a 1
LOST = 0.04  # share of the ink that may stick out of the circles of a pen


def normalize_width(ink: Image) -> Image:
    """Return the digit (h, w) with lines as wide as MNIST's, by moving each line's edge along its distance field.

    A line of radius r drawn round becomes one of radius t where its distance to the edge is at least r − t.
    """
    inside = np.pad(ink >= THRESHOLD, MARGIN)
    if not inside.any():
        return ink
    depth = ndimage.distance_transform_edt(inside)  # pixels to the paper
    edge = np.where(inside, depth - 0.5, 0.5 - ndimage.distance_transform_edt(~inside))  # > 0 inside
    rows, columns = box(inside)
    longer = max(rows.stop - rows.start, columns.stop - columns.start)
    radius = pen_radius(depth, WIDEST * longer)
    target = STROKE / 2 * max(longer - 2 * radius, 1) / (BOX - STROKE)  # (longer − 2r + 2t) pixels become 20
    thinner = radius - target
    lines: Image = np.clip(0.5 + (edge - thinner) / SOFT, 0, 1).astype(np.float32)
    cut = min(max(MARGIN + round(thinner), 0), min(lines.shape) // 2 - 1)
    return lines[cut : lines.shape[0] - cut, cut : lines.shape[1] - cut]


def pen_radius(depth: NDArray[np.float64], widest: float) -> float:
    """Return the radius, at most `widest` pixels, of the largest round pen that could have drawn these lines.

    `depth` (h, w) is each pixel's distance to the paper. A pen of radius r fits when circles of radius r inside the
    ink cover nearly all of it: an opening, the measure of granulometry (Matheron, 1975).
    """
    ink = depth > 0
    ridge = depth[(depth == ndimage.maximum_filter(depth, 5)) & (depth > 1.5)]  # along the middle of the lines
    high = min(float(np.quantile(ridge, 0.4)) if len(ridge) else float(depth.max()), widest)
    enough = (1 - LOST) * int(ink.sum())

    def fits(radius: float) -> bool:
        covered = ndimage.distance_transform_edt(depth < radius) < radius
        return int((covered & ink).sum()) >= enough

    low = 1.0
    if high <= low or fits(high):
        return max(high - 0.5, 0.5)
    for _ in range(3):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low - 0.5  # depth counts from the middle of the paper's pixel
