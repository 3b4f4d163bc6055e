"""Gradients through depth equal autograd's, and vanish or not as the lesson says."""

import math

import pytest
import torch
from torch.nn import functional as F

from core.activations import ACTIVATIONS, TRAINABLE
from core.experiments.vanishing import DeepConfig, chain, gradient_sizes, real_batch, start_weights
from core.numeric import central_difference, relative_error


@pytest.mark.parametrize("name", TRAINABLE)
def test_sizes_equal_autograd(name):
    config = DeepConfig(name, 7, seed=2)
    images, labels = real_batch()
    outputs, a = [], images
    *hidden, last = start_weights(config)
    for weight in hidden:
        a = ACTIVATIONS[name].function((a @ weight).requires_grad_())
        a.retain_grad()
        outputs.append(a)
    F.cross_entropy(a @ last, labels).backward()
    expected = [float(output.grad.norm()) for output in outputs]
    assert gradient_sizes(config) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", TRAINABLE)
def test_chain_equals_autograd_and_finite_difference(name):
    x, weight, depth = 0.7, 1.3, 6
    links = chain(name, x, weight, depth)

    def through(at):
        a = at
        for _ in range(depth):
            a = ACTIVATIONS[name].function(weight * a)
        return a

    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    through(leaf).backward()
    numeric = central_difference(lambda at: float(through(torch.tensor(at, dtype=torch.float64))), x)
    assert relative_error(links[-1].product, float(leaf.grad)) <= 1e-6
    assert relative_error(links[-1].product, numeric) <= 1e-4
    assert links[-1].output == pytest.approx(float(through(leaf.detach())), rel=1e-12)
    assert links[-1].product == pytest.approx(math.prod(weight * link.slope for link in links), rel=1e-12)


def test_sigmoid_vanishes_and_relu_does_not():
    sigmoid, relu = (gradient_sizes(DeepConfig(name, 20)) for name in ("sigmoid", "relu"))
    assert sigmoid[0] < 1e-6 * sigmoid[-1]
    assert 0.05 < relu[0] / relu[-1] < 20
    assert gradient_sizes(DeepConfig("step", 5))[0] == 0


def test_the_weight_scale_decides_too():
    small, large = (gradient_sizes(DeepConfig("relu", 20, gain)) for gain in (0.5, 3.0))
    assert small[0] < 1e-6 * small[-1]
    assert large[0] > 1e3 * large[-1]


@pytest.mark.parametrize("wrong", [{"depth": 0}, {"depth": 99}, {"gain": math.nan}, {"activation": "sine"}])
def test_impossible_depths_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        DeepConfig(**wrong)
