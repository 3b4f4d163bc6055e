"""Activation functions: what each neuron does to its sum, and the slope of that."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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
    """Return 1 where x > 0 and 0 elsewhere, in the shape of x."""
    return (x > 0).to(x.dtype)


def step_slope(x: Tensor) -> Tensor:
    """Return 0 everywhere, in the shape of x: left and right of its jump a step is flat."""
    return torch.zeros_like(x)


def linear(x: Tensor) -> Tensor:
    """Return x as it is."""
    return x


def linear_slope(x: Tensor) -> Tensor:
    """Return 1 everywhere, in the shape of x."""
    return torch.ones_like(x)


def sigmoid(x: Tensor) -> Tensor:
    """Return 1 / (1 + e⁻ˣ), in the shape of x."""
    return torch.sigmoid(x)


def sigmoid_slope(x: Tensor) -> Tensor:
    """Return σ(x) (1 − σ(x)), in the shape of x; 1 − σ(x) is σ(−x), which keeps its digits far to the right."""
    return torch.sigmoid(x) * torch.sigmoid(-x)


def tanh(x: Tensor) -> Tensor:
    """Return (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in the shape of x."""
    return torch.tanh(x)


def tanh_slope(x: Tensor) -> Tensor:
    """Return 1 − tanh² x, in the shape of x."""
    return 1 - torch.tanh(x) ** 2


def relu(x: Tensor) -> Tensor:
    """Return x where x > 0 and 0 elsewhere, in the shape of x."""
    return torch.relu(x)


def leaky_relu(x: Tensor, leak: float = LEAK) -> Tensor:
    """Return x where x > 0 and leak · x elsewhere, in the shape of x; a leak of 0 is ReLU."""
    return torch.where(x > 0, x, leak * x)


def leaky_relu_slope(x: Tensor, leak: float = LEAK) -> Tensor:
    """Return 1 where x > 0 and the leak elsewhere, in the shape of x."""
    return torch.where(x > 0, x.new_ones(()), leak)


def arctan(x: Tensor) -> Tensor:
    """Return arctan x, in the shape of x."""
    return torch.atan(x)


def arctan_slope(x: Tensor) -> Tensor:
    """Return 1 / (1 + x²), in the shape of x."""
    return 1 / (1 + x**2)


def gelu(x: Tensor) -> Tensor:
    """Return x Φ(x), in the shape of x, with Φ the normal distribution function. Hendrycks and Gimpel, 2016."""
    return x * (0.5 * (1 + torch.erf(x / math.sqrt(2))))


def gelu_slope(x: Tensor) -> Tensor:
    """Return Φ(x) + x φ(x), in the shape of x, with φ the normal density, the slope of Φ."""
    density = torch.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
    return 0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * density


def with_leak(label: str, formula: str, leak: float) -> Activation:
    """Return a ReLU with a slope of `leak` left of zero."""
    gain = math.sqrt(2 / (1 + leak**2))
    return Activation(label, formula, partial(leaky_relu, leak=leak), partial(leaky_relu_slope, leak=leak), gain)


def parametric(slope: float = PARAMETRIC_SLOPE) -> Activation:
    """Return parametric ReLU with a slope of `slope` left of zero."""
    return with_leak("Parametric ReLU", rf"\max(ax, x),\ a = {slope:g}", slope)


ACTIVATIONS: dict[str, Activation] = {
    "step": Activation("Step", r"[x > 0]", step, step_slope, 1.0),
    "linear": Activation("Linear", r"x", linear, linear_slope, 1.0),
    "sigmoid": Activation("Sigmoid", r"\frac{1}{1 + e^{-x}}", sigmoid, sigmoid_slope, 1.0),
    "tanh": Activation("Tanh", r"\tanh x", tanh, tanh_slope, 5 / 3),
    "relu": Activation("ReLU", r"\max(0, x)", relu, step, math.sqrt(2)),
    "leaky_relu": with_leak("Leaky ReLU", r"\max(0.01x, x)", LEAK),
    "prelu": parametric(),
    "arctan": Activation("Arctan", r"\arctan x", arctan, arctan_slope, 1.0),
    "gelu": Activation("GELU", r"x\,\Phi(x)", gelu, gelu_slope, math.sqrt(2)),
}

TRAINABLE = tuple(name for name in ACTIVATIONS if name != "step")  # the step's slope is 0: nothing would ever learn
