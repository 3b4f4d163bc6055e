"""Sheets of pictures: what the browser gets is the numbers, as levels of pixels."""

import json

import numpy as np

from pages.ui.tiles import guess_sheet, weight_sheet


def opened(sheet):
    told, levels = sheet.split(b"\n", 1)
    told = json.loads(told)
    shape = len(told["tiles"]), told["size"], told["size"]
    return told, np.frombuffer(levels, np.uint8).reshape(shape).astype(float)


def test_weights_are_levels_around_nothing_each_neuron_by_its_own_largest():
    weights = np.random.default_rng(0).normal(size=(5, 784)).astype(np.float32)
    weights[3] = 0
    told, levels = opened(weight_sheet(weights, 48))
    assert told["signed"]
    largest = np.abs(weights).max(1, keepdims=True)
    np.testing.assert_allclose((levels.reshape(5, 784) - 128) / 127, weights / np.maximum(largest, 1e-9), atol=0.004)
    assert [np.abs(levels[neuron] - 128).max() for neuron in range(5)] == [127, 127, 127, 0, 127]


def test_digits_are_ink_and_the_word_under_each_is_the_guess():
    rng = np.random.default_rng(1)
    images, labels = rng.random((3, 28, 28)).astype(np.float32), np.array([4, 9, 0])
    told, levels = opened(guess_sheet(images, labels, np.eye(10, dtype=np.float32)[[4, 7, 0]], 48))
    np.testing.assert_allclose(levels / 255, images, atol=0.002)
    assert [tile["caption"] for tile in told["tiles"]] == ["4 ✓", "7 ✗", "0 ✓"]
    assert [tile["tone"] for tile in told["tiles"]] == ["right", "wrong", "right"]
    assert told["tiles"][1]["alt"] == "A 9, taken for a 7 with probability 100%"
