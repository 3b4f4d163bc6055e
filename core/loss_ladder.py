"""From a difference to the mean squared error: each step repairs what is wrong with the one before."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from core.losses import LOSSES, absolute, difference, squared


def summed(p: Tensor, y: Tensor) -> Tensor:
    """Return Σ (p − y)² over N examples (N,), one number."""
    return squared(p, y).sum()


def averaged(p: Tensor, y: Tensor) -> Tensor:
    """Return the mean of (p − y)² over N examples (N,), one number."""
    return squared(p, y).mean()


@dataclass(frozen=True)
class Rung:
    """One step of the repair: what is computed from the errors, and the complaint that the next step answers."""

    label: str
    formula: str  # LaTeX over examples i = 1…N
    compute: Callable[[Tensor, Tensor], Tensor]  # (N,), (N,) → (N,), or one number once summed
    complaint: str


LADDER: dict[str, Rung] = {
    "difference": Rung(
        "Difference",
        r"p_i - y_i",
        difference,
        "Errors of opposite signs cancel in a sum, which can be perfect and hide bad answers.",
    ),
    "absolute": Rung("Absolute", r"|p_i - y_i|", absolute, LOSSES["absolute"].complaint),
    "squared": Rung(
        "Squared",
        r"(p_i - y_i)^2",
        squared,
        "There is one number for each example, and a weight can only follow one.",
    ),
    "summed": Rung(
        "Summed",
        r"\sum_i (p_i - y_i)^2",
        summed,
        "Twice as many examples give twice the sum, though the predictions are no worse.",
    ),
    "averaged": Rung(
        "Averaged: mean squared error",
        r"\frac1N \sum_i (p_i - y_i)^2",
        averaged,
        "Squaring lets a large error count for far more than its size, so that one outlier can outvote everyone else.",
    ),
}
