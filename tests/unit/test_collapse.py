"""A linear stack is one layer, a bent one is not; training is seeded and quick."""

import time
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.experiments.collapse import StackConfig, collapse, planar_points, run_layers, train_stack
from core.experiments.planar import PLANAR_DATA, REACH

F64 = torch.float64


@settings(max_examples=50)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=6), st.integers(0, 999))
def test_any_linear_stack_equals_its_product(widths, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = [torch.randn(a, b, generator=generator, dtype=F64) for a, b in pairwise(widths)]
    biases = [torch.randn(b, generator=generator, dtype=F64) for b in widths[1:]]
    x = torch.randn(5, widths[0], generator=generator, dtype=F64)
    weight, bias = collapse(tuple(weights), tuple(biases))
    torch.testing.assert_close(run_layers(x, weights, biases, "linear")[-1], x @ weight + bias, rtol=1e-9, atol=1e-9)


def test_a_bend_escapes_its_product():
    stack = train_stack(StackConfig("relu"))
    x, _ = planar_points("rings", 0)
    weight, bias = collapse(stack.weights, stack.biases)
    assert float((stack.layers(x)[-1] - (x @ weight + bias)).abs().max()) > 1


def test_layers_equal_torch():
    stack = train_stack(StackConfig("tanh", 2, 3))
    layers = []
    for weight, bias in zip(stack.weights, stack.biases, strict=True):
        linear = torch.nn.Linear(*weight.shape, dtype=F64)
        linear.load_state_dict({"weight": weight.T, "bias": bias})
        layers += [linear, torch.nn.Tanh()]
    x, _ = planar_points("rings", 0)
    torch.testing.assert_close(
        stack.layers(x)[-1], torch.nn.Sequential(*layers[:-1])(x).detach(), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_the_ring_needs_a_bend(seed):
    linear, bent = (train_stack(StackConfig(name, 2, 6, "rings", seed)) for name in ("linear", "relu"))
    assert linear.accuracy < 0.7
    assert bent.accuracy > 0.98


def test_a_straight_border_needs_none():
    assert train_stack(StackConfig("linear", 2, 4, "sides")).accuracy > 0.98


def test_training_is_seeded_and_takes_less_than_a_second():
    train_stack(StackConfig(seed=5))
    before = time.process_time()
    fresh = train_stack.__wrapped__(StackConfig(seed=5))
    assert time.process_time() - before < 1
    for one, other in zip(fresh.weights, train_stack(StackConfig(seed=5)).weights, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("name", PLANAR_DATA)
def test_points(name):
    x, y = PLANAR_DATA[name].sample(200, torch.Generator().manual_seed(0))
    assert x.shape == (200, 2)
    assert set(y.tolist()) == {0, 1}
    assert float(x.abs().max()) <= REACH
    assert torch.equal(x, PLANAR_DATA[name].sample(200, torch.Generator().manual_seed(0))[0])


@pytest.mark.parametrize(
    "wrong", [{"activation": "step"}, {"hidden": 0}, {"width": 99}, {"data": "moon"}, {"seed": -1}]
)
def test_impossible_stacks_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        StackConfig(**wrong)
