"""Activation functions: what each neuron does to its sum, and the slope of that."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

LEAK = 0.01  # slope of leaky ReLU left of zero; Maas, Hannun and Ng, 2013
PARAMETRIC_SLOPE = 0.25  # parametric ReLU's starting slope, which training then changes; He et al., 2015


@dataclass(frozen=True)
class Activation:
    """One activation: its name for people, its formula, the function and the function's derivative."""

    label: str
    formula: str  # LaTeX
    function: Callable[[Tensor], Tensor]  # any shape → same shape
    derivative: Callable[[Tensor], Tensor]  # any shape → same shape
    gain: float  # weights start at N(0, gain² / fan_in), which keeps a layer's output at the size of its input


def step(x: Tensor) -> Tensor:
    """Return 1 where x > 0 and 0 elsewhere."""
    return (x > 0).to(x.dtype)


def leaky_relu(x: Tensor) -> Tensor:
    """Return x where x > 0 and 0.01 x elsewhere."""
    return torch.where(x > 0, x, LEAK * x)


def parametric_relu(x: Tensor, slope: float = PARAMETRIC_SLOPE) -> Tensor:
    """Return x where x > 0 and a x elsewhere; a is 0.25 until training moves it."""
    return torch.where(x > 0, x, slope * x)


def gelu(x: Tensor) -> Tensor:
    """Return x Φ(x), with Φ the normal distribution function. Hendrycks and Gimpel, 2016."""
    return x * _normal_cdf(x)


def _normal_cdf(x: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def _normal_density(x: Tensor) -> Tensor:
    return torch.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)


def _slopes(x: Tensor, left: float, right: float) -> Tensor:
    return torch.where(x > 0, x.new_tensor(right), x.new_tensor(left))


def parametric(slope: float = PARAMETRIC_SLOPE) -> Activation:
    """Return parametric ReLU with a slope of `slope` left of zero."""
    formula = rf"\max(ax, x),\ a = {slope:g}"
    gain = math.sqrt(2 / (1 + slope**2))
    return Activation(
        "Parametric ReLU", formula, lambda x: parametric_relu(x, slope), lambda x: _slopes(x, slope, 1.0), gain
    )


ACTIVATIONS: dict[str, Activation] = {
    "step": Activation("Step", r"[x > 0]", step, torch.zeros_like, 1.0),
    "linear": Activation("Linear", r"x", lambda x: x, torch.ones_like, 1.0),
    "sigmoid": Activation(
        "Sigmoid", r"\frac{1}{1 + e^{-x}}", torch.sigmoid, lambda x: torch.sigmoid(x) * torch.sigmoid(-x), 1.0
    ),
    "tanh": Activation("Tanh", r"\tanh x", torch.tanh, lambda x: 1 - torch.tanh(x) ** 2, 5 / 3),
    "relu": Activation("ReLU", r"\max(0, x)", torch.relu, lambda x: _slopes(x, 0.0, 1.0), math.sqrt(2)),
    "leaky_relu": Activation(
        "Leaky ReLU", r"\max(0.01x, x)", leaky_relu, lambda x: _slopes(x, LEAK, 1.0), math.sqrt(2 / (1 + LEAK**2))
    ),
    "prelu": parametric(),
    "arctan": Activation("Arctan", r"\arctan x", torch.atan, lambda x: 1 / (1 + x**2), 1.0),
    "gelu": Activation("GELU", r"x\,\Phi(x)", gelu, lambda x: _normal_cdf(x) + x * _normal_density(x), math.sqrt(2)),
}

TRAINABLE = tuple(name for name in ACTIVATIONS if name != "step")  # the step's slope is 0: nothing would ever learn
