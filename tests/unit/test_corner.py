"""The experiment on preparation: without it, a small digit in a corner is not read."""

import numpy as np
import pytest

from core.data import load_mnist
from core.experiments.corner import CANVAS, SMALL, corner_trial, in_corner
from core.model import load_model, predict


@pytest.fixture(scope="module")
def model():
    return load_model()


def test_the_digit_stands_small_in_the_corner_of_a_black_canvas():
    image = load_mnist().test_images[0]
    canvas = in_corner(image)
    assert (canvas.shape, canvas.dtype) == ((CANVAS, CANVAS, 4), np.uint8)
    assert (canvas[..., 3] == 255).all()
    assert canvas[:SMALL, :SMALL, 0].max() > 200
    assert canvas[SMALL:, :, :3].max() == canvas[:, SMALL:, :3].max() == 0
    assert canvas[..., 0].mean() == pytest.approx(image.mean() * (SMALL / CANVAS) ** 2, rel=0.05)  # all of its ink


def test_prepared_digits_are_read_and_squashed_ones_are_not(model):
    trial = corner_trial(model, load_mnist(), 50)
    assert trial.prepared >= 0.96  # as well as the test digits themselves
    assert trial.squashed <= 0.4


def test_the_shares_are_those_of_the_first_digits(model):
    digits = load_mnist()
    shares = [corner_trial(model, digits, n) for n in (1, 20)]
    assert shares[0].prepared in (0, 1)
    assert shares[1].prepared * 20 == pytest.approx(round(shares[1].prepared * 20))
    as_they_are = predict(model, digits.test_images[:20].astype(np.float32) / np.float32(255)).argmax(1)
    assert shares[1].prepared == pytest.approx((as_they_are == digits.test_labels[:20]).mean(), abs=0.1)
