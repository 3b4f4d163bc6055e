"""The digits are the original ones, or there is one clear message with the remedy."""

import hashlib
import shutil

import numpy as np
import pytest
import torch

from core import data
from core.data import MNIST_FILE, DataError, as_tensors, idx_sha256, load_mnist, read_digits, to_unit


def test_the_digits_are_all_there():
    digits = load_mnist()
    assert digits.train_images.shape == (60_000, 28, 28)
    assert digits.test_images.shape == (10_000, 28, 28)
    assert digits.train_images.dtype == digits.test_images.dtype == np.uint8
    assert digits.train_labels.shape == (60_000,)
    assert digits.test_labels.dtype == np.int64
    assert np.bincount(digits.train_labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert load_mnist() is digits


def test_the_sum_is_that_of_an_idx_file():
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    header = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4])
    assert idx_sha256(array) == hashlib.sha256(header + bytes(range(24))).hexdigest()
    assert idx_sha256(array[:, ::-1]) != idx_sha256(array)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match=r"is missing.*make data"):
        read_digits(tmp_path / "mnist.npz")


@pytest.mark.parametrize("size", [0, 10, 100_000, 11_000_000])
def test_a_truncated_file_says_what_to_do(tmp_path, size):
    path = tmp_path / "mnist.npz"
    path.write_bytes(MNIST_FILE.read_bytes()[:size])
    with pytest.raises(DataError, match=r"is damaged.*make data"):
        read_digits(path)


def test_a_flipped_bit_says_what_to_do(tmp_path):
    path = tmp_path / "mnist.npz"
    content = bytearray(MNIST_FILE.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match="make data"):
        read_digits(path)


def altered(tmp_path, **changes):
    path = tmp_path / "mnist.npz"
    with np.load(MNIST_FILE) as archive:
        arrays = {name: archive[name] for name in archive}
    np.savez(path, **{name: array for name, array in (arrays | changes).items() if array is not None})
    return path


def test_an_altered_digit_is_noticed(tmp_path):
    labels = load_mnist().test_labels.astype(np.uint8)
    labels[0] = (labels[0] + 1) % 10
    with pytest.raises(DataError, match=r"differs from the original in test_labels.*make data"):
        read_digits(altered(tmp_path, test_labels=labels))


def test_missing_digits_are_noticed(tmp_path):
    with pytest.raises(DataError, match="make data"):
        read_digits(altered(tmp_path, test_images=None))


def test_nothing_in_the_file_is_executed(tmp_path):
    path = tmp_path / "mnist.npz"
    np.savez(path, **dict.fromkeys(data.IDX_SHA256, np.array([print], dtype=object)))
    with pytest.raises(DataError, match="is damaged"):
        read_digits(path)


def test_a_folder_in_its_place_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="make data"):
        read_digits(tmp_path)


def test_an_unchanged_copy_is_good(tmp_path):
    copy = shutil.copy(MNIST_FILE, tmp_path / "copy.npz")
    np.testing.assert_array_equal(read_digits(copy).test_images, load_mnist().test_images)


def test_tensors_hold_the_same_digits():
    digits = load_mnist()
    tensors = as_tensors(digits)
    assert tensors.train_images.shape == (60_000, 784)
    assert tensors.train_images.dtype == torch.uint8
    np.testing.assert_array_equal(tensors.train_images[7].view(28, 28).numpy(), digits.train_images[7])
    assert as_tensors(digits) is tensors
    unit = to_unit(tensors.train_images[:3])
    assert unit.dtype == torch.float32
    torch.testing.assert_close(unit, tensors.train_images[:3] / 255)
    assert tensors.train_images[:3].max() == 255, "the digits themselves must stay as they are"
