"""Measure how the shipped model reads digits drawn with real pens: `python -m scripts.measure_pens STROKES.json.gz`.

The file is a gzipped JSON list of {"digit": 0–9, "strokes": [[[x, y], …], …]}, x to the right and y down, 0 to 1.
"""

import argparse
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from core.canvas import EmptyDrawing, prepare
from core.model import MLP, load_model, predict
from scripts.pens import Point, draw_lines

CANVAS = 280  # pixels on each side
PENS = (12, 20, 30)  # pixels
FILLS = (None, 0.6, 0.8)  # digit's longer side as a share of the canvas; None leaves it as small as it was written
Strokes = list[list[Point]]


@dataclass(frozen=True)
class Drawing:
    """One digit as somebody wrote it."""

    digit: int
    strokes: Strokes  # points from 0 to 1


def read_drawings(path: Path) -> list[Drawing]:
    """Return the drawings in a gzipped JSON file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [Drawing(item["digit"], item["strokes"]) for item in json.load(file)]


def enlarged(strokes: Strokes, fill: float) -> Strokes:
    """Return the strokes scaled so that their longer side is `fill`, in the middle of the box."""
    points = np.array([point for stroke in strokes for point in stroke])
    low, high = points.min(0), points.max(0)
    scale = fill / max(float((high - low).max()), 1e-6)
    return [[tuple(0.5 + (np.array(point) - (low + high) / 2) * scale) for point in stroke] for stroke in strokes]


def render(strokes: Strokes, pen: float, canvas: int = CANVAS) -> NDArray[np.uint8]:
    """Return RGBA (canvas, canvas, 4): white lines `pen` pixels wide with round caps and joints, on black."""
    fine = 2  # drawn twice as large and reduced, for smooth edges as a browser's
    picture = Image.new("L", (canvas * fine, canvas * fine))
    draw_lines(picture, [[(x * canvas * fine, y * canvas * fine) for x, y in stroke] for stroke in strokes], pen * fine)
    grey = np.asarray(picture.reduce(fine))
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def read_digits(model: MLP, drawings: list[Drawing], pen: float, fill: float | None) -> NDArray[np.int64]:
    """Return the digit the model sees in each drawing, −1 where `prepare` finds none."""
    images = np.zeros((len(drawings), 28, 28), np.float32)
    empty = np.zeros(len(drawings), bool)
    for i, drawing in enumerate(drawings):
        strokes = drawing.strokes if fill is None else enlarged(drawing.strokes, fill)
        try:
            images[i] = prepare(render(strokes, pen)).image
        except EmptyDrawing:
            empty[i] = True
    return np.where(empty, -1, predict(model, images).argmax(1))


def main() -> None:
    """Print the share of drawings read correctly, for each pen and size."""
    parser = argparse.ArgumentParser(prog="python -m scripts.measure_pens", description=__doc__)
    parser.add_argument("strokes", type=Path)
    parser.add_argument("--model", type=Path, default=None, help="a safetensors file; the shipped model without it")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    drawings = read_drawings(arguments.strokes)
    model = load_model(arguments.model)
    digits = np.array([drawing.digit for drawing in drawings])
    for fill in FILLS:
        shares = [float((read_digits(model, drawings, pen, fill) == digits).mean()) for pen in PENS]
        size = "as written" if fill is None else f"{fill:.0%} of the canvas"
        each = "  ".join(f"{pen} px {share:.1%}" for pen, share in zip(PENS, shares, strict=True))
        print(f"{size:18} {each}  mean {np.mean(shares):.2%}  worst {min(shares):.2%}")


if __name__ == "__main__":
    main()
