"""Finite differences: nudge the input, see how the output moves, and divide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

NUDGE = 1e-5  # near the cube root of float64's rounding, 6e-6, where the central difference is best


def forward_difference(function: Callable[[float], float], x: float, h: float) -> float:
    """Return (f(x + h) − f(x)) / h, wrong by about h·f″/2 and by rounding / h."""
    return (function(x + h) - function(x)) / h


def central_difference(function: Callable[[float], float], x: float, h: float = NUDGE) -> float:
    """Return (f(x + h) − f(x − h)) / 2h, wrong by about h²·f‴/6 and by rounding / h."""
    return (function(x + h) - function(x - h)) / (2 * h)


def relative_error(value: float, reference: float, floor: float = 0.0) -> float:
    """Return |value − reference| / max(|value|, |reference|, floor), and 0 for two that are equal, also infinite."""
    size = max(abs(value), abs(reference), floor)
    return abs(value - reference) / size if size and value != reference else 0.0


def numeric_gradient(function: Callable[[Tensor], Tensor], point: Tensor, h: float = NUDGE) -> Tensor:
    """Return ∂f/∂point by central differences, one entry nudged at a time, float64 in the shape of `point`."""
    point = point.detach().to(torch.float64)
    gradient = torch.empty_like(point)
    for index in range(point.numel()):
        ends = []
        for nudge in (h, -h):
            moved = point.clone()
            moved.view(-1)[index] += nudge
            ends.append(float(function(moved)))
        gradient.view(-1)[index] = (ends[0] - ends[1]) / (2 * h)
    return gradient


@dataclass(frozen=True)
class Nudge:
    """Two finite differences with one nudge, and how far each is from the derivative."""

    h: float
    forward: float
    central: float
    forward_error: float  # |forward − derivative|
    central_error: float


def shrink_nudge(
    function: Callable[[float], float], x: float, derivative: float, nudges: Sequence[float] | None = None
) -> list[Nudge]:
    """Return both differences at x for each nudge, 1 to 1e−16: first truncation shrinks, then rounding grows."""
    table = []
    for h in nudges or [10.0**-k for k in range(17)]:
        forward, central = forward_difference(function, x, h), central_difference(function, x, h)
        table.append(Nudge(h, forward, central, abs(forward - derivative), abs(central - derivative)))
    return table
