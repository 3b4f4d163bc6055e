"""Sheets of small pictures: digits with guesses, weights as images, the stages of a preparation."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from core.figures.palette import PALETTE
from pages.ui.components import mount, mount_bytes

STRONGEST = 127  # levels on either side of nothing, which is 128


@dataclass(frozen=True)
class Tile:
    """One picture: its source, what it says to those who cannot see it, a word under it, and that word's colour."""

    src: str
    alt: str
    caption: str = ""
    tone: str = ""  # a name in the palette


def show_tiles(tiles: Sequence[Tile], key: str, least: int = 44) -> None:
    """Show pictures side by side, as many in a row as fit at `least` pixels each."""
    mount("tiles", {"tiles": [asdict(tile) for tile in tiles], "least": least}, key, {})


def show_sheet(sheet: bytes, key: str) -> None:
    """Show a sheet that `guess_sheet` or `weight_sheet` made."""
    mount_bytes("tiles", sheet, key)


def guess_sheet(
    images: NDArray[np.float32], labels: NDArray[np.int64], probabilities: NDArray[np.float32], least: int
) -> bytes:
    """Return digits (n, 28, 28) from 0 to 1, the network's guess under each, from probabilities (n, 10)."""
    tiles = []
    for label, row in zip(labels, probabilities, strict=True):
        guess = int(row.argmax())
        right = guess == label
        alt = f"A {label}, taken for a {guess} with probability {row[guess]:.0%}"
        tiles.append(Tile("", alt, f"{guess} {'✓' if right else '✗'}", "right" if right else "wrong"))
    return _sheet(tiles, 255 * images, least, signed=False)


def weight_sheet(weights: NDArray[np.float32], least: int) -> bytes:
    """Return neurons' weights (n, 784) as images, each scaled by its own largest weight so that its shape is seen."""
    largest = np.abs(weights).max(1, keepdims=True)  # (n, 1)
    levels = 128 + STRONGEST * weights / np.where(largest > 0, largest, 1)
    tiles = [Tile("", f"Weights of neuron {index + 1}") for index in range(len(weights))]
    return _sheet(tiles, levels.reshape(-1, 28, 28), least, signed=True)


def _sheet(tiles: Sequence[Tile], levels: NDArray[np.floating], least: int, *, signed: bool) -> bytes:
    """Return a line of JSON and the levels (n, size, size) behind it, a byte each: images without encoding them."""
    told = {
        "tiles": [{"alt": tile.alt, "caption": tile.caption, "tone": tile.tone} for tile in tiles],
        "least": least,
        "size": levels.shape[1],
        "signed": signed,
        "palette": {name: PALETTE[name] for name in ("right", "wrong", "positive", "negative")},
    }
    pixels: bytes = np.rint(levels).astype(np.uint8).tobytes()
    return json.dumps(told).encode() + b"\n" + pixels
