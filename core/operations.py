"""The operations that a graph of numbers is made of: what each computes, its slopes, and torch's own to check it by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Operation:
    """One operation: y from its arguments, numbers or arrays of them, and the slopes ∂y/∂a (and ∂y/∂b) there."""

    value: Callable[..., Any]  # a, b → y
    slopes: Callable[..., tuple[float, ...]]  # y, a, b → (∂y/∂a, ∂y/∂b)
    tensor: Callable[..., Tensor]  # the same by torch: a, b → y
    arity: int = 1  # the number of arguments


def power_slopes(y: float, a: float, b: float) -> tuple[float, float]:
    """Return the slopes of aᵇ: b · aᵇ⁻¹ and aᵇ · ln a, both 0 where torch says so."""
    return b * np.power(a, b - 1) if b else 0, y * np.log(a) if a or b < 0 else 0


def share(a: float, b: float) -> float:
    """Return the slope of max(a, b) in a: 1 for the winner, 0 for the loser, a half each at a tie, as torch does."""
    return 0.5 if a == b else float(a > b)


OPERATIONS: dict[str, Operation] = {
    "+": Operation(np.add, lambda y, a, b: (1, 1), torch.add, 2),
    "−": Operation(np.subtract, lambda y, a, b: (1, -1), torch.sub, 2),
    "×": Operation(np.multiply, lambda y, a, b: (b, a), torch.mul, 2),
    "/": Operation(np.divide, lambda y, a, b: (np.divide(1, b), np.divide(-y, b)), torch.div, 2),
    "**": Operation(np.power, power_slopes, torch.pow, 2),
    "max": Operation(np.maximum, lambda y, a, b: (share(a, b), share(b, a)), torch.maximum, 2),
    "min": Operation(np.minimum, lambda y, a, b: (share(b, a), share(a, b)), torch.minimum, 2),
    "neg": Operation(np.negative, lambda y, a: (-1,), torch.neg),
    "exp": Operation(np.exp, lambda y, a: (y,), torch.exp),
    "log": Operation(np.log, lambda y, a: (np.divide(1, a),), torch.log),
    "sin": Operation(np.sin, lambda y, a: (np.cos(a),), torch.sin),
    "cos": Operation(np.cos, lambda y, a: (-np.sin(a),), torch.cos),
    "tanh": Operation(np.tanh, lambda y, a: (1 - y * y,), torch.tanh),
    "sqrt": Operation(np.sqrt, lambda y, a: (np.divide(0.5, y),), torch.sqrt),
    "abs": Operation(np.abs, lambda y, a: (np.sign(a),), torch.abs),
    "relu": Operation(lambda a: np.maximum(a, 0), lambda y, a: (float(a > 0),), torch.relu),
    "sigmoid": Operation(lambda a: 1 / (1 + np.exp(-a)), lambda y, a: (y * (1 - y),), torch.sigmoid),
}
