"""The small network that the forward-pass lesson opens: real, good enough, and shown as it is."""

import numpy as np
import pytest
import torch

from core.data import load_mnist
from core.experiments.small_reader import CONFIG, look_at_neuron, read_image, small_reader, train_small_reader
from core.model import predict
from core.training import evaluate


def test_the_shipped_network_reads_digits():
    digits, model = load_mnist(), small_reader()
    assert model.config == CONFIG
    assert evaluate(model, digits.test_images, digits.test_labels) >= 0.93


def test_it_can_be_trained_again():
    digits = load_mnist()
    assert evaluate(train_small_reader(digits), digits.test_images, digits.test_labels) >= 0.93


def test_a_reading_equals_the_network():
    digits, model = load_mnist(), small_reader()
    images = digits.test_images[:20].astype(np.float32) / 255
    expected = predict(model, images)
    for image, probabilities in zip(images, expected, strict=True):
        reading = read_image(model, torch.tensor(image))
        np.testing.assert_allclose(reading.probabilities.numpy(), probabilities, rtol=1e-3, atol=1e-6)
        assert [len(a) for a in reading.activations] == [16, 16]
        assert [len(z) for z in reading.sums] == [16, 16, 10]
        assert reading.guess == probabilities.argmax()


@pytest.mark.parametrize(("layer", "shape"), [(0, (28, 28)), (1, (16,)), (2, (16,))])
def test_a_neuron_adds_up(layer, shape):
    model = small_reader()
    reading = read_image(model, torch.tensor(load_mnist().test_images[0]) / 255)
    neuron = look_at_neuron(model, reading, layer, 3, strongest=784)
    assert neuron.weights.shape == shape
    assert neuron.z == pytest.approx(sum(term.product for term in neuron.strongest) + neuron.bias)
    sizes = [abs(term.product) for term in neuron.strongest]
    assert sizes == sorted(sizes, reverse=True)
    assert all(term.product == pytest.approx(term.input * term.weight) for term in neuron.strongest)


def test_what_is_not_there_is_refused():
    model = small_reader()
    reading = read_image(model, torch.zeros(28, 28))
    with pytest.raises(ValueError, match="neuron is 16"):
        look_at_neuron(model, reading, 0, 16)
    with pytest.raises(ValueError, match="layer is 3"):
        look_at_neuron(model, reading, 3, 0)
    with pytest.raises(ValueError, match="100 pixels"):
        read_image(model, torch.zeros(10, 10))
