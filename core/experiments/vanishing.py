"""Gradients through many layers: each multiplies by a slope and by weights, so that the product dies or explodes."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from core.activations import ACTIVATIONS
from core.data import as_tensors, load_mnist, to_unit
from core.initialization import initial_weights
from core.laboratory import experiment
from core.model import CLASSES, PIXELS
from core.validation import require_choice, require_integer, require_number

MAX_DEPTH = 40
WIDTH = 32
BATCH = 64


@dataclass(frozen=True)
class Link:
    """One neuron of a chain: its sum, its output, its slope, and ∂output/∂input of the chain up to here."""

    total: float  # z = w · a
    output: float  # f(z)
    slope: float  # f′(z)
    product: float  # Π w f′(z) of this neuron and all before it


def chain(activation: str, x: float, weight: float, depth: int) -> list[Link]:
    """Return `depth` neurons in a row, a ← f(w a), with the product of w f′(z) so far; float64.

    Raises `ValueError` when there is no such activation or the depth is not from 1 to 40.
    """
    require_choice("activation", activation, ACTIVATIONS)
    require_integer("depth", depth, 1, MAX_DEPTH)
    function, derivative = ACTIVATIONS[activation].function, ACTIVATIONS[activation].derivative
    links, product = [], 1.0
    a = torch.tensor(x, dtype=torch.float64)
    for _ in range(depth):
        z = weight * a
        a, slope = function(z), float(derivative(z))
        product *= weight * slope
        links.append(Link(float(z), float(a), slope, product))
    return links


@dataclass(frozen=True)
class DeepConfig:
    """A deep stack of 32 neurons a layer at its start; raises `ValueError` when a setting is out of range."""

    activation: str = "sigmoid"
    depth: int = 12  # hidden layers
    gain: float | None = None  # weights from N(0, gain² / fan_in); None is the gain that belongs to the activation
    seed: int = 0

    def __post_init__(self) -> None:
        require_choice("activation", self.activation, ACTIVATIONS)
        require_integer("depth", self.depth, 1, MAX_DEPTH)
        if self.gain is not None:
            require_number("gain", self.gain, 0.1, 5)
        require_integer("seed", self.seed, 0, 999)


@lru_cache(maxsize=1)
def real_batch() -> tuple[Tensor, Tensor]:
    """Return the first 64 training digits, standardised float64 (64, 784), and their labels (64,)."""
    digits = as_tensors(load_mnist())
    images = to_unit(digits.train_images[:BATCH]).double()
    return (images - images.mean()) / images.std(), digits.train_labels[:BATCH]


def start_weights(config: DeepConfig) -> list[Tensor]:
    """Return the weights (fan_in, fan_out) of 784-32-…-32-10 from N(0, gain² / fan_in), seeded, float64."""
    generator = torch.Generator().manual_seed(config.seed)
    gain = ACTIVATIONS[config.activation].gain if config.gain is None else config.gain
    widths = (PIXELS, *[WIDTH] * config.depth, CLASSES)
    return [initial_weights((fan_in, fan_out), fan_in, gain, generator) for fan_in, fan_out in pairwise(widths)]


@experiment(maxsize=256)
def gradient_sizes(config: DeepConfig) -> tuple[float, ...]:
    """Return the size ‖∂L/∂a‖ of the gradient at the output of each hidden layer, first to last.

    L is the mean cross-entropy on 64 digits. The gradient goes back by the chain rule with the activation's own
    derivative: ∂L/∂a of a layer = (∂L/∂a of the next · f′(z)) Wᵀ.
    """
    activation = ACTIVATIONS[config.activation]
    images, labels = real_batch()
    *hidden, last = start_weights(config)
    a, totals = images, []
    for weight in hidden:
        totals.append(a @ weight)  # (B, 32)
        a = activation.function(totals[-1])
    error = ((a @ last).softmax(1) - F.one_hot(labels, CLASSES)) / len(labels)  # ∂L/∂logits, (B, 10)
    gradient = error @ last.T  # ∂L/∂a of the last hidden layer, (B, 32)
    sizes = [float(gradient.norm())]
    for total, weight in zip(reversed(totals[1:]), reversed(hidden[1:]), strict=True):
        gradient = (gradient * activation.derivative(total)) @ weight.T
        sizes.append(float(gradient.norm()))
    return tuple(reversed(sizes))
