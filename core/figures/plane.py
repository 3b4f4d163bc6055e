"""Pictures over a plane as images: a loss in bands of equal height, and what a network says at each point."""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from plotly.colors import get_colorscale

from core.experiments.collapse import Stack
from core.experiments.planar import REACH
from core.figures.palette import DIVERGING, PALETTE
from core.figures.pixels import indexed_uri
from core.landscapes import Landscape

PIXELS = 181  # on each side
BANDS = 24
SHADES = 64  # of a probability
VIRIDIS = [(float(at), colour) for at, colour in get_colorscale("Viridis")]
HALF = (*bytes.fromhex(PALETTE["neutral"][1:]), 255)  # stands out on light and dark
LINE = 0.55  # a line between two bands is so much darker than they are

Array = NDArray[np.float64]


@lru_cache(maxsize=16)
def _losses(landscape: Landscape) -> Array:
    """Return a loss over two weights, (181, 181)."""
    losses: Array = landscape.surface(PIXELS)[1].numpy()
    return losses


def bands_ends(landscape: Landscape) -> tuple[float, float]:
    """Return the least and the largest loss that `bands_uri` shows, 0 for what rounding has left of it."""
    losses = _losses(landscape)
    low, high = float(losses.min()), float(losses.max())
    return low if abs(low) > 1e-9 * (high - low) else 0.0, high


@lru_cache(maxsize=16)
def bands_uri(landscape: Landscape) -> str:
    """Return a loss over two weights as an image, dark where it is low, with a line where a band begins."""
    losses = _losses(landscape)
    band = np.floor(BANDS * (losses - losses.min()) / (np.ptp(losses) or 1.0))
    light = coloured(np.linspace(0, 1, BANDS + 1), VIRIDIS)  # (25, 4): the highest point has a band of its own
    dark = (light * [LINE, LINE, LINE, 1]).astype(np.uint8)
    indices = (band + len(light) * edges(band)).astype(np.uint8)
    return indexed_uri(indices[::-1], np.concatenate([light, dark]))  # the first row of an image is its top


@lru_cache(maxsize=64)
def probability_uri(stack: Stack) -> str:
    """Return a stack's probability of class 1 over the plane as an image, with a line where it is one half."""
    side = torch.linspace(-REACH, REACH, PIXELS, dtype=torch.float64)
    across, up = torch.meshgrid(side, side, indexing="xy")
    logits = stack.layers(torch.stack([across, up], -1).view(-1, 2))[-1].view(PIXELS, PIXELS)
    shade = (logits.sigmoid().numpy() * (SHADES - 1)).round()
    indices = np.where(edges((logits > 0).numpy()), SHADES, shade).astype(np.uint8)
    colours = np.concatenate([coloured(np.linspace(0, 1, SHADES), DIVERGING), np.array([HALF], np.uint8)])
    return indexed_uri(indices[::-1], colours)


def height_colours(count: int = 64) -> list[str]:
    """Return so many colours of heights from low to high."""
    return [f"rgb{tuple(row[:3])}" for row in coloured(np.linspace(0, 1, count), VIRIDIS).tolist()]


def band_colours() -> list[str]:
    """Return the colours of the bands of `bands_uri`, from low to high; the highest point alone has one more."""
    return height_colours(BANDS + 1)[:-1]


def coloured(shares: Array, scale: list[tuple[float, str]]) -> NDArray[np.uint8]:
    """Return numbers (k,) from 0 to 1 as RGBA (k, 4), between the colours of a scale."""
    places = [at for at, _ in scale]
    colours = np.array([_channels(colour) for _, colour in scale])  # (k, 4)
    channels = [np.interp(shares, places, colours[:, channel]) for channel in range(4)]
    return np.stack(channels, -1).round().astype(np.uint8)


def edges(classes: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return where a number (h, w) differs from the one to its right or above it."""
    found = np.zeros(classes.shape, bool)
    found[:, :-1] |= classes[:, :-1] != classes[:, 1:]
    found[:-1] |= classes[:-1] != classes[1:]
    return found


def _channels(colour: str) -> tuple[float, ...]:
    """Return #rrggbb or rgba(r, g, b, opacity) as four numbers from 0 to 255."""
    if colour.startswith("#"):
        return (*bytes.fromhex(colour[1:]), 255.0)
    red, green, blue, opacity = (float(part) for part in colour.removeprefix("rgba(").rstrip(")").split(","))
    return red, green, blue, 255 * opacity
