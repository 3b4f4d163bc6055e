"""How weights begin: random, and of a size at which signals neither die nor explode on their way through the layers."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def initial_weights(
    shape: Sequence[int], fan_in: int, gain: float, generator: torch.Generator, dtype: torch.dtype = torch.float64
) -> Tensor:
    """Return weights in any `shape` from N(0, gain² / fan_in), where fan_in is the number of a neuron's inputs.

    The gain belongs to the activation (√2 for ReLU): He et al., 2015, and Glorot and Bengio, 2010.
    """
    return torch.empty(*shape, dtype=dtype).normal_(0, gain / math.sqrt(fan_in), generator=generator)
