"""3 against 7 by hand: real means, real distances, real accuracy."""

import numpy as np
import pytest
import torch

from core.data import load_mnist
from core.experiments.baseline import DISTANCES, LEARNED, LEARNED_ROUNDS, compare, contest, ideals
from core.experiments.loop import LoopState, run_rounds, stop
from core.experiments.pairs import threes_and_sevens, unit


@pytest.fixture(scope="module")
def pairs():
    return threes_and_sevens(load_mnist())


def test_an_ideal_is_the_mean_of_the_training_images(pairs):
    digits, means = load_mnist(), ideals(pairs)
    for digit, mean in ((3, means.three), (7, means.seven)):
        expected = digits.train_images[digits.train_labels == digit].mean(0) / 255
        np.testing.assert_allclose(mean.numpy().reshape(28, 28), expected, rtol=1e-12)


def test_distances_equal_torch(pairs):
    means, images = ideals(pairs), unit(pairs.test_images[:50])
    for name, reference in (("l1", torch.nn.L1Loss()), ("l2", torch.nn.MSELoss())):
        compared = compare(images, means, DISTANCES[name])
        for image, three, seven in zip(images, compared.three, compared.seven, strict=True):
            expected = [reference(image, mean) for mean in (means.three, means.seven)]
            expected = [value.sqrt() for value in expected] if name == "l2" else expected
            assert [three.item(), seven.item()] == pytest.approx([value.item() for value in expected], rel=1e-12)


def test_the_pixels_add_up_to_the_distance(pairs):
    compared = compare(unit(pairs.test_images[:20]), ideals(pairs), DISTANCES["l1"])
    assert torch.allclose(compared.three_parts.mean(1), compared.three)
    assert torch.allclose(compared.seven_parts.mean(1), compared.seven)


def test_an_ideal_is_closest_to_itself(pairs):
    means = ideals(pairs)
    both = torch.stack([means.three, means.seven])
    for distance in DISTANCES.values():
        assert compare(both, means, distance).says_seven.tolist() == [False, True]


def test_by_hand_is_right_as_often_as_counting_says(pairs):
    digits = load_mnist()
    chosen = np.isin(digits.test_labels, (3, 7))
    images, labels = digits.test_images[chosen].astype(np.float64) / 255, digits.test_labels[chosen]
    three, seven = (digits.train_images[digits.train_labels == digit].mean(0) / 255 for digit in (3, 7))
    for name, power in (("l1", 1), ("l2", 2)):
        to_three, to_seven = ((np.abs(images - mean) ** power).sum((1, 2)) for mean in (three, seven))
        guesses = np.where(to_seven < to_three, 7, 3)
        assert contest().by_hand(name) == pytest.approx((guesses == labels).mean(), abs=1e-12)


def test_the_learned_weights_come_from_the_seven_steps(pairs):
    again = stop(run_rounds(LoopState(LEARNED), pairs, LEARNED_ROUNDS), pairs)
    assert torch.equal(contest().learned.weights, again.weights)
    assert contest().learned.accuracy == again.accuracy


def test_learning_beats_the_rule_by_hand():
    best_by_hand = max(contest().by_hand(name) for name in DISTANCES)
    assert 0.94 < best_by_hand < contest().learned.accuracy
    assert contest().learned.accuracy > 0.975
