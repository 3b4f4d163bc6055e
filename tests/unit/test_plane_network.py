"""The backward pass that is written out gives autograd's gradients, and the steps are torch's Adam's."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from core.activations import ACTIVATIONS, TRAINABLE
from core.experiments.collapse import StackConfig, planar_points, run_layers, train_stack
from core.experiments.plane_network import Adam, PlaneNetwork

F64 = torch.float64


@settings(max_examples=60)
@given(st.lists(st.integers(1, 8), max_size=4), st.sampled_from(TRAINABLE), st.integers(0, 999))
def test_gradients_equal_autograd(hidden, name, seed):
    generator = torch.Generator().manual_seed(seed)
    network = PlaneNetwork((2, *hidden, 1), 1.5, generator)
    network.parameters += torch.randn(network.parameters.shape, generator=generator, dtype=F64) / 3
    x, y = torch.randn(7, 2, generator=generator, dtype=F64), torch.arange(7) % 2
    sums = network.forward_backward(x, y, ACTIVATIONS[name])
    weights = [layer.weight.clone().requires_grad_() for layer in network.layers]
    biases = [layer.bias.clone().requires_grad_() for layer in network.layers]
    logits = run_layers(x, tuple(weights), tuple(biases), name)[-1]
    torch.testing.assert_close(sums[-1], logits.detach(), rtol=1e-12, atol=1e-12)
    F.binary_cross_entropy_with_logits(logits.squeeze(1), y.double()).backward()
    wanted = torch.cat([p.grad.flatten() for pair in zip(weights, biases, strict=True) for p in pair])
    torch.testing.assert_close(network.gradient, wanted, rtol=1e-6, atol=1e-12)


@given(st.integers(0, 999), st.floats(1e-4, 1))
def test_steps_equal_torchs_adam(seed, rate):
    generator = torch.Generator().manual_seed(seed)
    ours = torch.randn(5, generator=generator, dtype=F64)
    theirs = ours.clone().requires_grad_()
    one, other = Adam(ours, rate), torch.optim.Adam([theirs], rate)
    for _ in range(20):
        theirs.grad = torch.randn(5, generator=generator, dtype=F64)
        one.step(theirs.grad)
        other.step()
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["linear", "gelu"])
def test_training_ends_where_autograd_ends(name):
    config = StackConfig(name, 2, 5, "rings", 7)
    network = PlaneNetwork(config.widths, ACTIVATIONS[name].gain, torch.Generator().manual_seed(7))
    weights = [layer.weight.clone().requires_grad_() for layer in network.layers]
    biases = [layer.bias.clone().requires_grad_() for layer in network.layers]
    optimizer = torch.optim.Adam([*weights, *biases], 0.1)
    x, y = planar_points("rings", 7)
    for _ in range(100):
        optimizer.zero_grad()
        logits = run_layers(x, tuple(weights), tuple(biases), name)[-1].squeeze(1)
        F.binary_cross_entropy_with_logits(logits, y).backward()
        optimizer.step()
    for ours, theirs in zip(train_stack(config).weights, weights, strict=True):
        torch.testing.assert_close(ours, theirs.detach(), rtol=1e-6, atol=1e-9)
