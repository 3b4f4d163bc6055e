"""A loss over two weights from above: the start under the hand, the walk from there step by step."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.descent import Path, slopes_over
from core.figures.plane import BANDS, band_colours, bands_ends, bands_uri, height_colours
from core.landscapes import Landscape
from pages.ui.components import mount
from pages.ui.plane import Legend, Panel, Plane, Walk, show_plane
from pages.ui.state import url_integer
from pages.ui.tables import table
from pages.ui.tex import aligned, sign_tex, tex, tex_column

Array = NDArray[np.float64]
SIDE = 31  # points on each side of the surface
NAMES = ("w₁", "w₂")


def start_plane(landscape: Landscape) -> Plane:
    """Return the plane of both weights, whose point is the start of the walk."""
    first, second = landscape.start
    return Plane(
        landscape.low, landscape.high, NAMES, urls=("u", "v"), start=(first, second), label="start of the walk"
    )


def show_walk(
    landscape: Landscape, plane: Plane, path: Path, key: str, rate: float | None, movable: bool = True
) -> None:
    """Show lines of equal loss with the walk over them, to play; `rate` draws where the next step leads."""
    step = url_integer("step", 0, 0, len(path.losses) - 1)
    reads = (path.losses, path.slopes[:, 0], path.slopes[:, 1])
    walk = Walk(path.weights[:, 0], path.weights[:, 1], reads, rate, step)
    moves = "; its start can be moved" if movable else ""
    alt = f"The walk from above, on lines of equal loss, {landscape.label}{moves}."
    show_plane(
        plane, [Panel(bands_uri(landscape), legend=_legend(landscape))], _reads(landscape), key, alt, walk, movable
    )


def show_step(path: Path, rate: float) -> None:
    """Show the first step with its numbers, and the loss before all steps and after them."""
    moved = path.weights[0] - rate * path.slopes[0]
    sign = sign_tex(rate, *moved, *path.weights[0], *path.slopes[0])
    step = rf"{tex(rate)}\,{tex_column(path.slopes[0])}"
    rows = [f"&{tex_column(moved)}", f"&{sign} {tex_column(path.weights[0])}", rf"&\quad - {step}"]
    st.latex(aligned(rows))  # narrow enough for the column
    st.latex(rf"{tex(path.losses[0])} \;\to\; {tex(path.losses[-1])}")


def show_surface(landscape: Landscape, path: Path) -> None:
    """Show the same walk on the loss as a surface, which the hand turns."""
    _, losses = landscape.surface(SIDE)
    ends = [landscape.low, landscape.high]
    inside = ((path.weights >= landscape.low) & (path.weights <= landscape.high)).all(1)
    first, second, height = (np.where(inside, values, np.nan) for values in (*path.weights.T, path.losses))
    data = {
        "x": {"label": NAMES[0], "range": ends},
        "y": {"label": NAMES[1], "range": ends},
        "z": {"label": "loss", "range": list(bands_ends(landscape))},
        "side": SIDE,
        "values": table(losses.ravel(), 5),
        "scale": height_colours(),
        "path": {"x": table(first), "y": table(second), "z": table(height)},
        "label": "Drag to turn the surface",
        "alt": f"The loss {landscape.label} over two weights as a surface, with the walk down it.",
    }
    mount("surface", data, "surface_picture", {})


def _legend(landscape: Landscape) -> Legend:
    low, high = bands_ends(landscape)
    return Legend("loss", band_colours(), low, high, (high - low) / BANDS)


def _reads(landscape: Landscape) -> Callable[[Array, Array], dict[str, Array]]:
    names = ("loss", "slope in w₁", "slope in w₂")
    return lambda first, second: dict(zip(names, slopes_over(landscape, first, second), strict=True))
