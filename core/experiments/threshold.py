"""The bias as a threshold: a neuron answers to how far its weighted sum is above −b."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.activations import ACTIVATIONS
from core.model import MLP
from core.validation import require_choice, require_integer

BLOCK = 500  # images turned into float64 at a time: 3 MB, not 63 for all test digits


def fire(weighted_sum: Tensor, threshold: float, activation: str) -> Tensor:
    """Return f(Σwx − threshold), the output of a neuron whose bias is −threshold, in the shape of the sums.

    Raises `ValueError` when there is no such activation.
    """
    require_choice("activation", activation, ACTIVATIONS)
    return ACTIVATIONS[activation].function(weighted_sum - threshold)


@torch.inference_mode()
def first_layer_sums(model: MLP, images: NDArray[np.uint8], neuron: int) -> Tensor:
    """Return Σwx without the bias, float64 (n,), of one first-layer neuron for images uint8 (n, 28, 28).

    Raises `ValueError` when there is no such neuron.
    """
    weight = model.linears[0].weight  # (neurons, 784)
    require_integer("neuron", neuron, 0, len(weight) - 1)
    pixels = torch.from_numpy(images).flatten(1)  # (n, 784), 0 to 255
    return torch.cat([block.double() @ (weight[neuron].double() / 255) for block in torch.split(pixels, BLOCK)])


def own_threshold(model: MLP, neuron: int) -> float:
    """Return the threshold that training gave a first-layer neuron: −b."""
    return -model.linears[0].bias[neuron].item()
