"""Which pixels of a drawing are ink, whatever the colours of pen and paper."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float32]  # (h, w), 0 paper to 1 ink

MIN_SIDE, MAX_SIDE = 8, 4096  # of a canvas, in pixels
FINE = 560  # a larger canvas is first brought to at most this many pixels
CONTRAST = 0.12  # what differs less than this from the paper is no ink
UNEVEN = 0.05  # a border of which a quarter differs by more than this is a photo in uneven light
THRESHOLD = 0.4  # ink from here on belongs to a line, less is its soft edge
SPECK = 0.04  # a piece smaller than this share of the largest is dust
SMALLEST = 0.02  # a digit's longer side is at least this share of the canvas
DOT = 0.16  # a round spot is a digit, a filled 0, only from this share of the canvas on


class EmptyDrawing(ValueError):
    """There is no digit in the drawing; the message asks for one."""


def require_canvas(rgba: NDArray[np.uint8]) -> None:
    """Raise `ValueError` unless `rgba` is a uint8 array (h, w, 4) with sides from 8 to 4096."""
    if not isinstance(rgba, np.ndarray) or rgba.dtype != np.uint8:
        raise ValueError(f"a drawing is {getattr(rgba, 'dtype', type(rgba).__name__)}; it must be an array of uint8")
    if rgba.ndim != 3 or rgba.shape[2] != 4:
        raise ValueError(f"a drawing has shape {rgba.shape}; it must be (height, width, 4)")
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in rgba.shape[:2]):
        raise ValueError(f"a drawing has sides {rgba.shape[:2]}; each must be from {MIN_SIDE} to {MAX_SIDE} pixels")


def find_ink(rgba: NDArray[np.uint8]) -> Image:
    """Return how much each pixel differs from the paper, 0 to 1, for RGBA (h, w, 4); raises `EmptyDrawing`.

    Paper is the median colour along the border, or where the light is uneven, as on a photo, a smooth surface through
    the border's brightness. The difference is the largest over red, green, blue (each times alpha) and alpha, so light
    on dark, dark on light and ink on glass give the same.
    """
    color = _shrunk(rgba)  # (h, w, 4), 0 to 255
    alpha = color[..., 3:]
    if alpha.min() < 255:
        color[..., :3] *= alpha / 255
    border = np.concatenate([color[0], color[-1], color[:, 0], color[:, -1]])
    paper = np.median(border, axis=0).astype(np.float32)  # (4,)
    if np.quantile(np.abs(border - paper).max(1), 0.75) < 255 * UNEVEN:
        ink = _largest(np.abs(color - paper))  # (h, w)
    else:
        ink = _in_uneven_light(color)
    if ink.max() < 255 * CONTRAST:
        raise EmptyDrawing("Nothing is drawn yet. Draw a digit from 0 to 9, large and in the middle.")
    return _without_dust(ink / ink.max())


def _in_uneven_light(color: NDArray[np.float32]) -> Image:
    """Return the ink (h, w), 0 to 255, of a photo (h, w, 4): the share of light it takes from the paper there."""
    h, w, _ = color.shape
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j].astype(np.float32)
    basis = np.stack([np.ones_like(x), x, y, x * y, x**2, y**2], axis=-1)  # (h, w, 6)
    grey = color[..., :3].mean(-1)
    edge = np.ones((h, w), bool)
    edge[1:-1, 1:-1] = False
    weights, *_ = np.linalg.lstsq(basis[edge], grey[edge], rcond=None)
    paper = basis @ weights.astype(np.float32)  # (h, w)
    taken = np.abs(grey - paper) / np.maximum(paper, 255 * UNEVEN)
    return np.asarray(np.clip(255 * taken, 0, 255), np.float32)


def _largest(channels: NDArray[np.float32]) -> Image:
    largest = channels[..., 0]
    for channel in (1, 2, 3):
        largest = np.maximum(largest, channels[..., channel])
    return largest


def _shrunk(rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the colours as float32, averaged over squares of k × k pixels when the canvas is large."""
    k = -(-max(rgba.shape[:2]) // FINE)
    if k == 1:
        return rgba.astype(np.float32)
    more = [(0, -side % k) for side in rgba.shape[:2]]
    whole = np.pad(rgba, [*more, (0, 0)], mode="edge")  # sides are multiples of k
    h, w = whole.shape[0] // k, whole.shape[1] // k
    shrunk: NDArray[np.float32] = whole.reshape(h, k, w, k, 4).mean((1, 3), dtype=np.float32)
    return shrunk


def _without_dust(ink: Image) -> Image:
    """Return the ink without pieces much smaller than the largest; raises `EmptyDrawing` when only a dot remains."""
    pieces, _ = ndimage.label(ink >= THRESHOLD, np.ones((3, 3)))
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0  # the paper
    kept = (sizes >= SPECK * sizes.max())[pieces] & (pieces > 0)
    if _is_dot(kept):
        raise EmptyDrawing("That is only a dot. Draw a digit from 0 to 9, large and in the middle.")
    if kept.all() or len(sizes) == 2:
        return ink
    around = ndimage.binary_dilation(kept, np.ones((3, 3)), 2)
    return np.where(around, ink, np.float32(0))


def _is_dot(kept: NDArray[np.bool_]) -> bool:
    """Return whether the ink is too small for a digit, or a small round spot as one touch of a pen leaves."""
    rows, columns = box(kept)
    h, w = rows.stop - rows.start, columns.stop - columns.start
    canvas = max(kept.shape)
    is_round = np.count_nonzero(kept) > 0.7 * h * w and max(h, w) < 1.15 * min(h, w)
    return bool(max(h, w) < max(SMALLEST * canvas, 5) or (is_round and max(h, w) < DOT * canvas))


def box(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and columns of the smallest box around all that is true."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
