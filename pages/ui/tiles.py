"""Sheets of small pictures: digits with guesses, weights as images, the stages of a preparation."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from core.figures.pixels import ink, png_uri, signed
from pages.ui.components import mount


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


def guess_tiles(
    images: NDArray[np.float32], labels: NDArray[np.int64], probabilities: NDArray[np.float32]
) -> list[Tile]:
    """Return digits (n, 28, 28) with the network's guess under each, from probabilities (n, 10)."""
    tiles = []
    for image, label, row in zip(images, labels, probabilities, strict=True):
        guess = int(row.argmax())
        right = guess == label
        alt = f"A {label}, taken for a {guess} with probability {row[guess]:.0%}"
        tiles.append(Tile(png_uri(ink(image)), alt, f"{guess} {'✓' if right else '✗'}", "right" if right else "wrong"))
    return tiles


def weight_tiles(weights: NDArray[np.float32], captions: Sequence[str] = ()) -> list[Tile]:
    """Return neurons' weights (n, 784) as images, each scaled by its own largest weight so that its shape is seen."""
    tiles = []
    for index, neuron in enumerate(weights):
        caption = captions[index] if captions else ""
        tiles.append(Tile(png_uri(signed(neuron.reshape(28, 28))), f"Weights of neuron {index + 1}", caption))
    return tiles
