"""Habits of other hands: ones with a flag, open fours, sevens with a bar, nines with a hook, made of MNIST's digits.

MNIST was written in the United States. Others write 1, 4, 7 and 9 in other ways; a stroke added to
MNIST's digits, or cut short, teaches a network these forms too.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.canvas import center, fit
from core.data import Digits
from scripts.pens import Point, draw_lines

FINE = 4  # drawn four times as large, for smooth edges
MARGIN = 14  # pixels of 28 × 28 around the digit, so that a stroke may leave its box
Pixels = NDArray[np.uint8]  # (28, 28)


def with_habits(digits: Digits, seed: int) -> Digits:
    """Return `digits` with one changed copy of each 1, 4, 7 and 9 added to the training digits, in random order."""
    rng = np.random.default_rng(seed)
    images, labels = [digits.train_images], [digits.train_labels]
    for digit, add in HABITS.items():
        of_this = digits.train_images[digits.train_labels == digit]
        images.append(np.stack([add(image, rng) for image in of_this]))
        labels.append(np.full(len(of_this), digit))
    order = rng.permutation(sum(map(len, labels)))
    return Digits(np.concatenate(images)[order], np.concatenate(labels)[order], digits.test_images, digits.test_labels)


def hooked(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a 9 whose tail ends in a hook to the left."""
    x, y = _tip(image, -1)
    length, drop = rng.uniform(4, 12), rng.uniform(0, 4)
    rise = rng.uniform(-1, 3)
    bend = (x + rng.uniform(-1, 1), y + drop)
    return _with_lines(image, [_curve((x, y - 1), bend, (x - length, y + drop - rise))], rng)


def barred(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a 7 with a bar through its stem."""
    rows = np.flatnonzero(image.max(1) > 127)
    row = round(rows[0] + rng.uniform(0.4, 0.8) * (rows[-1] - rows[0]))
    x = _middle(image[row])
    left, right, tilt = rng.uniform(2.5, 6.5), rng.uniform(2.5, 6.5), rng.uniform(-0.25, 0.25)
    return _with_lines(image, [[(x - left, row + left * tilt), (x + right, row - right * tilt)]], rng)


def flagged(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a 1 with an upstroke on its left, and sometimes a foot."""
    x, y = _tip(image, 0)
    foot_x, foot_y = _tip(image, -1)
    lean = np.arctan2(x - foot_x, max(foot_y - y, 1))
    angle, length = min(lean + np.radians(rng.uniform(22, 60)), np.radians(68)), rng.uniform(5, 13)
    end = (x - length * np.sin(angle), y + length * np.cos(angle))
    bend = ((x + end[0]) / 2 + rng.uniform(-1, 1), (y + end[1]) / 2 + rng.uniform(-1, 1))
    lines = [_curve((x, y), bend, end)]
    if rng.random() < 0.2:
        lines.append([(foot_x - rng.uniform(2, 6), foot_y), (foot_x + rng.uniform(2, 6), foot_y)])
    return _with_lines(image, lines, rng)


def opened(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Return an open 4 whose right stroke begins lower than its left one; a closed 4 stays as it is."""
    splits = [_split(row) for row in image]  # where the paper between the two strokes is
    upper = [row for row, split in enumerate(splits) if split is not None and row < 14]
    if len(upper) < 3:
        return image
    end = upper[0] + round(rng.uniform(0.4, 1) * len(upper))
    out = image.copy()
    for row in range(end):
        out[row, splits[max(row, upper[0])] or splits[upper[0]] :] = 0
    return _with_lines(out, [], rng)


def _split(row: Pixels) -> int | None:
    """Return the middle of the widest gap between two inked pixels of a row, `None` without a gap."""
    inked = np.flatnonzero(row > 100)
    if len(inked) < 2 or np.diff(inked).max() < 3:
        return None
    gap = int(np.diff(inked).argmax())
    return int(inked[gap] + inked[gap + 1] + 1) // 2


def _middle(row: Pixels) -> float:
    return float(np.average(np.arange(28), weights=row)) if row.any() else 13.5


def _tip(image: Pixels, end: int) -> Point:
    """Return the middle of the first (0) or last (−1) row with ink."""
    rows = np.flatnonzero(image.max(1) > 127)
    row = int(rows[end]) if len(rows) else 14
    return _middle(image[row]), row + (1.0 if end == 0 else -1.0)


def _curve(start: Point, bend: Point, end: Point) -> list[Point]:
    """Return points on the quadratic Bézier curve (1 − t)² start + 2t(1 − t) bend + t² end."""
    t = np.linspace(0, 1, 9)[:, None]
    points = (1 - t) ** 2 * np.array(start) + 2 * t * (1 - t) * np.array(bend) + t**2 * np.array(end)
    return [(float(x), float(y)) for x, y in points]


def _with_lines(image: Pixels, lines: Sequence[Sequence[Point]], rng: np.random.Generator) -> Pixels:
    """Return the digit with lines of its own width added, again 20 pixels large and at its centre of mass."""
    side = (28 + 2 * MARGIN) * FINE
    paper = Image.new("L", (side, side))
    paper.paste(Image.fromarray(image).resize((28 * FINE, 28 * FINE), Image.Resampling.BICUBIC), (MARGIN * FINE,) * 2)
    width = _line_width(image) * FINE * rng.uniform(0.9, 1.1)
    fine = [[((x + 0.5 + MARGIN) * FINE, (y + 0.5 + MARGIN) * FINE) for x, y in line] for line in lines]
    draw_lines(paper, fine, width)
    ink = np.asarray(paper.crop(paper.point([0] * 64 + [255] * 192).getbbox()), np.float32) / np.float32(255)
    return np.rint(center(fit(ink)) * 255).astype(np.uint8)


def _line_width(image: Pixels) -> float:
    """Return the width of the digit's lines: twice its ink over its outline's length, the total variation."""
    ink = image.astype(np.float32) / 255
    outline = np.hypot(np.diff(ink, axis=0, append=0), np.diff(ink, axis=1, append=0)).sum()
    return float(np.clip(2 * ink.sum() / max(outline, 1), 1.5, 4))


HABITS: dict[int, Callable[[Pixels, np.random.Generator], Pixels]] = {1: flagged, 4: opened, 7: barred, 9: hooked}
