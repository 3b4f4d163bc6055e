"""Loss functions: how wrong one prediction is, and the slope that tells the prediction where to go."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

HUBER_DELTA = 1.0  # where Huber turns from a parabola into a line; Huber, 1964
LOG_FLOOR = -100.0  # the least a logarithm may be, as in torch, so that the loss of a certain and wrong answer is 100
SLOPE_FLOOR = 1e-12  # the least p(1 − p) in the slope of the log loss, as in torch


@dataclass(frozen=True)
class Loss:
    """One loss: its formula, the loss of each example, and its slope in the prediction."""

    label: str
    formula: str  # LaTeX, p the prediction, y the target
    function: Callable[[Tensor, Tensor], Tensor]  # predictions, targets → loss of each example
    derivative: Callable[[Tensor, Tensor], Tensor]  # in the shape of the predictions
    target: str  # number: any; sign: −1 or +1; binary: 0 or 1, p from 0 to 1; class: its index, p a row of logits
    complaint: str  # what is wrong with it, which another loss repairs


def difference(p: Tensor, y: Tensor) -> Tensor:
    """Return p − y, in the shape of p."""
    return p - y


def difference_slope(p: Tensor, y: Tensor) -> Tensor:
    """Return 1 everywhere, in the shape of p: a difference can always fall, without end."""
    return torch.ones_like(p)


def absolute(p: Tensor, y: Tensor) -> Tensor:
    """Return |p − y|, in the shape of p."""
    return (p - y).abs()


def absolute_slope(p: Tensor, y: Tensor) -> Tensor:
    """Return the sign of p − y, in the shape of p; 0 on the target."""
    return (p - y).sign()


def squared(p: Tensor, y: Tensor) -> Tensor:
    """Return (p − y)², in the shape of p."""
    return (p - y) ** 2


def squared_slope(p: Tensor, y: Tensor) -> Tensor:
    """Return 2 (p − y), in the shape of p."""
    return 2 * (p - y)


def huber(p: Tensor, y: Tensor) -> Tensor:
    """Return (p − y)² / 2 near the target and δ(|p − y| − δ/2) beyond δ = 1, in the shape of p. Huber, 1964."""
    error = (p - y).abs()
    return torch.where(error <= HUBER_DELTA, 0.5 * error**2, HUBER_DELTA * (error - 0.5 * HUBER_DELTA))


def huber_slope(p: Tensor, y: Tensor) -> Tensor:
    """Return p − y, no farther from 0 than δ = 1, in the shape of p."""
    return (p - y).clamp(-HUBER_DELTA, HUBER_DELTA)


def hinge(p: Tensor, y: Tensor) -> Tensor:
    """Return max(0, 1 − y p) for a target y of −1 or +1, in the shape of p."""
    return (1 - y * p).clamp(min=0)


def hinge_slope(p: Tensor, y: Tensor) -> Tensor:
    """Return −y short of the margin and 0 beyond it, in the shape of p."""
    return torch.where(y * p < 1, -y, torch.zeros_like(p))


def log_loss(p: Tensor, y: Tensor) -> Tensor:
    """Return −y ln p − (1 − y) ln(1 − p), each logarithm at least −100, in the shape of p."""
    return -y * p.log().clamp(min=LOG_FLOOR) - (1 - y) * (1 - p).log().clamp(min=LOG_FLOOR)


def log_loss_slope(p: Tensor, y: Tensor) -> Tensor:
    """Return (p − y) / (p (1 − p)), in the shape of p."""
    return (p - y) / (p * (1 - p)).clamp(min=SLOPE_FLOOR)


def cross_entropy(logits: Tensor, label: Tensor) -> Tensor:
    """Return ln Σ e^z − z[label] for logits (…, K) and labels (…): the −ln of the right class's probability."""
    return logits.logsumexp(-1) - logits.gather(-1, label.unsqueeze(-1)).squeeze(-1)


def cross_entropy_slope(logits: Tensor, label: Tensor) -> Tensor:
    """Return softmax(z) − one_hot(label), (…, K): the probabilities, less 1 at the right class."""
    return logits.softmax(-1) - torch.nn.functional.one_hot(label, logits.shape[-1])


LOSSES: dict[str, Loss] = {
    "difference": Loss(
        "Difference",
        r"p - y",
        difference,
        difference_slope,
        "number",
        "Errors of +100 and −100 cancel to 0, and a perfect score hides two bad answers.",
    ),
    "absolute": Loss(
        "Absolute error",
        r"|p - y|",
        absolute,
        absolute_slope,
        "number",
        "The slope is as steep next to the target as far away, and at the target there is a corner instead of a slope.",
    ),
    "squared": Loss(
        "Squared error",
        r"(p - y)^2",
        squared,
        squared_slope,
        "number",
        "An error of 100 counts as 10,000, so that one outlier outvotes everyone else.",
    ),
    "huber": Loss(
        "Huber loss",
        r"\begin{cases}\frac12(p-y)^2 & |p-y| \le 1\\ |p-y| - \frac12 & \text{otherwise}\end{cases}",
        huber,
        huber_slope,
        "number",
        "It measures how far off a number is, and a yes-or-no question has no far: only a right and a wrong side.",
    ),
    "hinge": Loss(
        "Hinge loss",
        r"\max(0,\ 1 - y\,p)",
        hinge,
        hinge_slope,
        "sign",
        "It tells which side, not how sure: past the margin it stops asking, and its score is no probability.",
    ),
    "log_loss": Loss(
        "Log loss (binary cross-entropy)",
        r"-y \ln p - (1 - y)\ln(1 - p)",
        log_loss,
        log_loss_slope,
        "binary",
        "It knows two answers only, and ten digits need ten.",
    ),
    "cross_entropy": Loss(
        "Cross-entropy on logits",
        r"\ln\sum_k e^{z_k} - z_y",
        cross_entropy,
        cross_entropy_slope,
        "class",
        "It trusts every label: an example with a wrong label, confidently refused, pulls without end.",
    ),
}


def cost(loss: Loss, predictions: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of the loss over all examples, one number: the loss is for one example, the cost for the set.

    Predictions are (N,) and targets (N,); for a loss on logits they are (N, K) and the classes (N,).
    """
    return loss.function(predictions, targets).mean()
