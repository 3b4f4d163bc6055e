"""Digits with the habits of other hands: more of the same digits, and nothing else changed."""

from collections import Counter

import numpy as np
import pytest

from core.data import Digits, load_mnist
from core.model import load_model, predict
from scripts.habits import HABITS, with_habits


@pytest.fixture(scope="module")
def digits():
    mnist = load_mnist()
    return Digits(mnist.train_images[:600], mnist.train_labels[:600], mnist.test_images[:5], mnist.test_labels[:5])


def pairs(digits):
    """Return how often each image stands with each label."""
    both = zip(digits.train_images, digits.train_labels, strict=True)
    return Counter((image.tobytes(), int(label)) for image, label in both)


def added(digits, seed):
    """Return the added images (n, 28, 28) and their labels (n,)."""
    new = [pair for pair, count in (pairs(with_habits(digits, seed)) - pairs(digits)).items() for _ in range(count)]
    images = np.stack([np.frombuffer(image, np.uint8).reshape(28, 28) for image, _ in new])
    return images, np.array([label for _, label in new])


def test_only_ones_fours_sevens_and_nines_are_added_one_for_each(digits):
    more = with_habits(digits, 0)
    assert more.train_images.dtype == np.uint8
    assert more.train_images.shape == (len(more.train_labels), 28, 28)
    assert not pairs(digits) - pairs(more)  # what was there is there
    before, after = (np.bincount(some.train_labels, minlength=10) for some in (digits, more))
    assert (after - before).tolist() == [before[digit] if digit in (1, 4, 7, 9) else 0 for digit in range(10)]
    assert np.array_equal(more.test_images, digits.test_images)
    assert np.array_equal(more.test_labels, digits.test_labels)


def test_what_is_added_is_a_digit_that_is_read_as_its_label(digits):
    images, labels = added(digits, 0)
    assert set(labels) == set(HABITS)
    assert images.max((1, 2)).min() > 150  # ink on each
    for axis in (1, 2):  # its centre of mass is where MNIST has it
        ink = images.astype(float).sum(axis)  # (n, 28)
        assert (ink @ np.arange(28) / ink.sum(1)) == pytest.approx(14, abs=0.75)
    read = predict(load_model(), images.astype(np.float32) / np.float32(255)).argmax(1)
    for digit in HABITS:
        assert (read[labels == digit] == digit).mean() > 0.9


@pytest.mark.parametrize("digit", HABITS)
def test_a_habit_changes_the_digit(digits, digit):
    rng = np.random.default_rng(0)
    before = digits.train_images[digits.train_labels == digit]
    after = np.stack([HABITS[digit](image, rng) for image in before])
    changed = (before != after).any((1, 2)).mean()
    assert changed > 0.8 if digit == 4 else changed == 1  # a closed 4 stays as it is


def test_the_seed_decides(digits):
    first, again, other = (with_habits(digits, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.train_images, again.train_images)
    assert np.array_equal(first.train_labels, again.train_labels)
    assert not np.array_equal(first.train_images, other.train_images)
    assert np.bincount(first.train_labels).tolist() == np.bincount(other.train_labels).tolist()
