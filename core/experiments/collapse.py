"""A stack of layers on points in the plane: without a non-linearity it is one layer, whatever it was trained to be."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from core.activations import ACTIVATIONS, TRAINABLE
from core.experiments.planar import PLANAR_DATA
from core.experiments.plane_network import Adam, PlaneNetwork
from core.laboratory import experiment
from core.validation import require_choice, require_integer

POINTS = 160
STEPS = 100
RATE = 0.1  # Adam's


@dataclass(frozen=True)
class StackConfig:
    """A small network and the points it learns; raises `ValueError` when a setting is out of range."""

    activation: str = "relu"
    hidden: int = 2  # hidden layers
    width: int = 4  # neurons in each
    data: str = "rings"
    seed: int = 0

    def __post_init__(self) -> None:
        require_choice("activation", self.activation, TRAINABLE)
        require_integer("hidden layers", self.hidden, 1, 4)
        require_integer("neurons in a hidden layer", self.width, 2, 8)
        require_choice("data", self.data, PLANAR_DATA)
        require_integer("seed", self.seed, 0, 999)

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons in every layer: 2 inputs, the hidden layers, 1 logit."""
        return (2, *[self.width] * self.hidden, 1)


@dataclass(frozen=True, eq=False)
class Stack:
    """A trained stack: x → f(xW + b) in each hidden layer, xW + b at the end."""

    config: StackConfig
    weights: tuple[Tensor, ...]  # (fan_in, fan_out) each
    biases: tuple[Tensor, ...]  # (fan_out,) each
    accuracy: float  # on the points it learned

    def layers(self, x: Tensor) -> list[Tensor]:
        """Return the output of every layer for points (n, 2): hidden (n, width), then the logit (n, 1)."""
        return run_layers(x, self.weights, self.biases, self.config.activation)


def run_layers(x: Tensor, weights: tuple[Tensor, ...], biases: tuple[Tensor, ...], activation: str) -> list[Tensor]:
    """Return f(xW + b) layer by layer, and the last layer's xW + b without f."""
    outputs = []
    for index, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        x = x @ weight + bias  # (n, fan_out)
        if index < len(weights) - 1:
            x = ACTIVATIONS[activation].function(x)
        outputs.append(x)
    return outputs


def collapse(weights: tuple[Tensor, ...], biases: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
    """Return W = W₁W₂…W_L and b = (…(b₁W₂ + b₂)W₃ + …) + b_L, the one layer that a linear stack equals."""
    weight, bias = weights[0], biases[0]
    for following, its_bias in zip(weights[1:], biases[1:], strict=True):
        weight, bias = weight @ following, bias @ following + its_bias
    return weight, bias


@lru_cache(maxsize=64)
def planar_points(data: str, seed: int) -> tuple[Tensor, Tensor]:
    """Return the points (160, 2) and classes (160,) that a stack learns."""
    return PLANAR_DATA[data].sample(POINTS, torch.Generator().manual_seed(seed))


@experiment(maxsize=256)
def train_stack(config: StackConfig) -> Stack:
    """Return the stack after 100 steps of Adam on the mean log loss of all points, seeded; float64."""
    activation = ACTIVATIONS[config.activation]
    network = PlaneNetwork(config.widths, activation.gain, torch.Generator().manual_seed(config.seed))
    optimizer = Adam(network.parameters, RATE)
    x, y = planar_points(config.data, config.seed)
    with torch.inference_mode():  # the gradients are our own; so torch keeps no notes for its
        for _ in range(STEPS):
            network.forward_backward(x, y, activation)
            optimizer.step(network.gradient)
    trained = tuple(layer.weight for layer in network.layers), tuple(layer.bias for layer in network.layers)
    answers = run_layers(x, *trained, config.activation)[-1].squeeze(1) > 0
    return Stack(config, *trained, float((answers == (y > 0)).double().mean()))
