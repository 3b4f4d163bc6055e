"""Augmentation bends digits: the same way for the same generator, and never out of range."""

import pytest
import torch

from core.augment import AUGMENTATIONS, _filled, _grown
from core.data import as_tensors, load_mnist, to_unit


def digits(n=64):
    return to_unit(as_tensors(load_mnist()).train_images[:n])


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", AUGMENTATIONS)
@pytest.mark.parametrize("n", [1, 2, 7, 64])
def test_shape_range_and_input_stay(name, n):
    images = digits(n)
    before = images.clone()
    out = AUGMENTATIONS[name].apply(images, seeded())
    assert out.shape == (n, 784)
    assert out.dtype == torch.float32
    assert out.min() >= 0
    assert out.max() <= 1 + 1e-5
    torch.testing.assert_close(images, before, rtol=0, atol=0)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_generator_decides(name):
    bend = AUGMENTATIONS[name].apply
    assert torch.equal(bend(digits(), seeded(3)), bend(digits(), seeded(3)))
    if name != "none":
        assert not torch.equal(bend(digits(), seeded(3)), bend(digits(), seeded(4)))


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name != "none"])
def test_each_digit_is_bent_and_still_there(name):
    images = digits()
    out = AUGMENTATIONS[name].apply(images, seeded())
    change = (out - images).abs().sum(1) / images.sum(1)
    assert (change > 0.05).all()
    ink = out.sum(1) / images.sum(1)
    assert (ink > 0.3).all()
    assert (ink < 3).all()
    assert 0.8 < ink.median() < 1.6


def test_growing_is_the_largest_value_around():
    spot = torch.zeros(1, 15, 15)
    spot[0, 7, 7] = 1
    assert _grown(spot, 1)[0].sum() == 5  # a cross
    assert _grown(spot, 2)[0].sum() == 21  # an octagon: 5 × 5 without its corners
    assert torch.equal(_grown(spot, 2)[0], _grown(spot, 2)[0].T)


def test_filling_closes_a_small_hole_and_keeps_the_rest():
    ring = torch.zeros(1, 28, 28)
    ring[0, 8:20, 8:20] = 1
    ring[0, 12:15, 12:15] = 0
    filled = _filled(ring, 2)
    assert filled[0, 8:20, 8:20].min() == 1
    assert filled.sum() == 144, "nothing grows outside"
    assert torch.equal(_filled(filled, 2), filled), "closing twice is closing once"
