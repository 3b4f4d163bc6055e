"""Weights begin as torch's own initialisation has them, and every generator depends on all of its numbers."""

from itertools import permutations

import pytest
import torch

from core.initialization import initial_weights
from core.randomness import seeded


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("nonlinearity", "gain"), [("relu", 2**0.5), ("tanh", 5 / 3), ("linear", 1.0)])
def test_weights_equal_torchs_own_bit_by_bit(dtype, nonlinearity, gain):
    theirs = torch.empty(30, 50, dtype=dtype)
    torch.nn.init.kaiming_normal_(theirs, nonlinearity=nonlinearity, generator=torch.Generator().manual_seed(5))
    ours = initial_weights((30, 50), 50, gain, torch.Generator().manual_seed(5), dtype)
    assert torch.equal(ours, theirs)


def test_a_signal_keeps_its_size_through_many_relu_layers():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(200, 256, generator=generator, dtype=torch.float64)
    for _ in range(20):
        x = (x @ initial_weights((256, 256), 256, 2**0.5, generator)).relu()
    assert 0.3 < x.square().mean() < 3  # with half the gain: 1e−12


def draws(*numbers):
    return torch.rand(4, generator=seeded(*numbers)).tolist()


def test_the_same_numbers_give_the_same_draws_and_their_order_counts():
    assert draws(1, 2, 3) == draws(1, 2, 3)
    different = [draws(*numbers) for numbers in [*permutations((1, 2, 3)), (1, 2), (1, 2, 4), (123,)]]
    assert len({tuple(values) for values in different}) == len(different)


def test_draws_are_the_same_on_every_machine():
    assert seeded(1, 2, 0).initial_seed() == 7764949442709860949
    with pytest.raises(ValueError, match="non-negative"):
        seeded(-1)
