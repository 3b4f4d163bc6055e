"""MNIST: 70,000 handwritten digits by LeCun, Cortes and Burges, read from one file in the project."""

import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.paths import ASSETS

MNIST_FILE = ASSETS / "data" / "mnist.npz"

# SHA-256 of the four original IDX files, header included. https://yann.lecun.com/exdb/mnist/
IDX_SHA256 = {
    "train_images": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train_labels": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "test_images": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "test_labels": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class DataError(RuntimeError):
    """The digits are missing or not the original ones; the message says what to do."""


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits: white ink (255) on black (0), and the digit each one shows."""

    train_images: NDArray[np.uint8]  # (N, 28, 28)
    train_labels: NDArray[np.int64]  # (N,)
    test_images: NDArray[np.uint8]  # (M, 28, 28)
    test_labels: NDArray[np.int64]  # (M,)


@lru_cache(maxsize=1)
def load_mnist() -> Digits:
    """Return all 60,000 training and 10,000 test digits, read once and verified against the original files.

    Raises `DataError` when the file is missing, truncated or altered.
    """
    return read_digits(MNIST_FILE)


def read_digits(path: Path) -> Digits:
    """Read and verify an `.npz` of digits; raises `DataError` with the remedy."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in IDX_SHA256}
    except FileNotFoundError:
        raise DataError(_remedy(path, "is missing")) from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        raise DataError(_remedy(path, "is damaged")) from None
    altered = [name for name, array in arrays.items() if idx_sha256(array) != IDX_SHA256[name]]
    if altered:
        raise DataError(_remedy(path, f"differs from the original in {', '.join(altered)}"))
    return Digits(
        arrays["train_images"],
        arrays["train_labels"].astype(np.int64),
        arrays["test_images"],
        arrays["test_labels"].astype(np.int64),
    )


def idx_sha256(array: NDArray[np.uint8]) -> str:
    """Return the SHA-256 that `array` has as an IDX file: a big-endian header of type and shape, then the bytes."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return hashlib.sha256(header + np.ascontiguousarray(array).tobytes()).hexdigest()


@dataclass(frozen=True, eq=False)
class DigitTensors:
    """The digits as tensors that stay in memory, so that a batch is one indexing away."""

    train_images: Tensor  # (N, 784) uint8
    train_labels: Tensor  # (N,) int64
    test_images: Tensor  # (M, 784) uint8
    test_labels: Tensor  # (M,) int64


@lru_cache(maxsize=4)
def as_tensors(digits: Digits) -> DigitTensors:
    """Return `digits` as tensors, one image a row; bytes, so that 60,000 images take 47 MB."""
    return DigitTensors(
        torch.tensor(digits.train_images).flatten(1),
        torch.tensor(digits.train_labels),
        torch.tensor(digits.test_images).flatten(1),
        torch.tensor(digits.test_labels),
    )


def to_unit(images: Tensor) -> Tensor:
    """Return images of bytes as float32 between 0 (paper) and 1 (ink), same shape."""
    return images / 255


def _remedy(path: Path, what: str) -> str:
    remedy = "Run “make data” (or “python -m scripts.build_data”) to build it again."
    return f"The digits in {path.name} cannot be used: the file {what}. {remedy}"


def next_of(labels: NDArray[np.int64], digit: int, index: int) -> int:
    """Return the first place after `index` at which a digit stands, from the start again when it is the last."""
    places = np.flatnonzero(labels == digit)
    return int(places[np.searchsorted(places, index, side="right") % len(places)])
