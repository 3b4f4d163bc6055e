"""Pairs (x, y) for the smallest real question about digits: is it a 3 or a 7?"""

from dataclasses import dataclass
from functools import lru_cache

from torch import Tensor

from core.data import Digits, as_tensors

THREE, SEVEN = 3, 7


@dataclass(frozen=True, eq=False)
class Pairs:
    """Every 3 and every 7 of MNIST, as x, with y = 1 for a 7 and y = 0 for a 3."""

    train_images: Tensor  # (N, 784) uint8
    train_targets: Tensor  # (N,) float64, 0 or 1
    test_images: Tensor  # (M, 784) uint8
    test_targets: Tensor  # (M,) float64, 0 or 1


@lru_cache(maxsize=2)
def threes_and_sevens(digits: Digits) -> Pairs:
    """Return the 3s and 7s of `digits` in their order: 12,396 for training and 2,038 for the test."""
    data = as_tensors(digits)
    train = (data.train_labels == THREE) | (data.train_labels == SEVEN)
    test = (data.test_labels == THREE) | (data.test_labels == SEVEN)
    return Pairs(
        data.train_images[train],
        (data.train_labels[train] == SEVEN).double(),
        data.test_images[test],
        (data.test_labels[test] == SEVEN).double(),
    )


def unit(images: Tensor) -> Tensor:
    """Return images of bytes as float64 from 0 (paper) to 1 (ink), same shape."""
    return images.double().mul_(1 / 255)


@lru_cache(maxsize=2)
def inputs_of(pairs: Pairs, batch: Tensor) -> Tensor:
    """Return the training images at the indices `batch` (B,) as x (B, 784), which nobody may change.

    The last two are kept, by the identity of `batch`: a round asks for its own twice.
    """
    return unit(pairs.train_images.index_select(0, batch))
