"""Loss functions: how wrong one prediction is, and the slope that tells the prediction where to go."""

import math
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


def huber(p: Tensor, y: Tensor) -> Tensor:
    """Return (p − y)² / 2 near the target and δ(|p − y| − δ/2) beyond δ = 1. Huber, 1964."""
    error = (p - y).abs()
    return torch.where(error <= HUBER_DELTA, 0.5 * error**2, HUBER_DELTA * (error - 0.5 * HUBER_DELTA))


def log_loss(p: Tensor, y: Tensor) -> Tensor:
    """Return −y ln p − (1 − y) ln(1 − p), each logarithm at least −100."""
    return -y * p.log().clamp(min=LOG_FLOOR) - (1 - y) * (1 - p).log().clamp(min=LOG_FLOOR)


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
        lambda p, y: p - y,
        lambda p, y: torch.ones_like(p),
        "number",
        "Errors of +100 and −100 cancel to 0, and a perfect score hides two bad answers.",
    ),
    "absolute": Loss(
        "Absolute error",
        r"|p - y|",
        lambda p, y: (p - y).abs(),
        lambda p, y: (p - y).sign(),
        "number",
        "The slope is as steep next to the target as far away, and at the target there is a corner instead of a slope.",
    ),
    "squared": Loss(
        "Squared error",
        r"(p - y)^2",
        lambda p, y: (p - y) ** 2,
        lambda p, y: 2 * (p - y),
        "number",
        "An error of 100 counts as 10,000, so that one outlier outvotes everyone else.",
    ),
    "huber": Loss(
        "Huber loss",
        r"\begin{cases}\frac12(p-y)^2 & |p-y| \le 1\\ |p-y| - \frac12 & \text{otherwise}\end{cases}",
        huber,
        lambda p, y: (p - y).clamp(-HUBER_DELTA, HUBER_DELTA),
        "number",
        "It measures how far off a number is, and a yes-or-no question has no far: only a right and a wrong side.",
    ),
    "hinge": Loss(
        "Hinge loss",
        r"\max(0,\ 1 - y\,p)",
        lambda p, y: (1 - y * p).clamp(min=0),
        lambda p, y: torch.where(y * p < 1, -y, torch.zeros_like(p)),
        "sign",
        "It tells which side, not how sure: past the margin it stops asking, and its score is no probability.",
    ),
    "log_loss": Loss(
        "Log loss (binary cross-entropy)",
        r"-y \ln p - (1 - y)\ln(1 - p)",
        log_loss,
        lambda p, y: (p - y) / (p * (1 - p)).clamp(min=SLOPE_FLOOR),
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


@dataclass(frozen=True)
class Rung:
    """One step of the repair: what is computed from the errors, and the complaint that the next step answers."""

    label: str
    formula: str  # LaTeX over examples i = 1…N
    compute: Callable[[Tensor, Tensor], Tensor]  # (N,), (N,) → (N,), or one number once summed
    complaint: str


LADDER: dict[str, Rung] = {
    "difference": Rung("Difference", r"p_i - y_i", LOSSES["difference"].function, LOSSES["difference"].complaint),
    "absolute": Rung("Absolute", r"|p_i - y_i|", LOSSES["absolute"].function, LOSSES["absolute"].complaint),
    "squared": Rung(
        "Squared",
        r"(p_i - y_i)^2",
        LOSSES["squared"].function,
        "There is one number for each example, and a weight can only follow one.",
    ),
    "summed": Rung(
        "Summed",
        r"\sum_i (p_i - y_i)^2",
        lambda p, y: ((p - y) ** 2).sum(),
        "Twice as many examples give twice the sum, though the predictions are no worse.",
    ),
    "averaged": Rung(
        "Averaged: mean squared error",
        r"\frac1N \sum_i (p_i - y_i)^2",
        lambda p, y: ((p - y) ** 2).mean(),
        LOSSES["squared"].complaint,
    ),
}


def cost(loss: Loss, predictions: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of the loss over all examples: the loss is for one example, the cost for the set."""
    return loss.function(predictions, targets).mean()


@dataclass(frozen=True, eq=False)
class SoftmaxTerms:
    """Softmax and cross-entropy of one example, term by term; vectors are (K,) float64."""

    logits: Tensor
    shift: float  # taken off every logit first so that no exponential overflows; 0 unless they are large
    exponentials: Tensor
    total: Tensor
    probabilities: Tensor
    log: Tensor  # ln of the right class's probability
    loss: Tensor
    one_hot: Tensor  # y: 1 at the right class
    gradient: Tensor  # p − y = ∂loss/∂logits


def softmax_cross_entropy_terms(logits: Tensor, label: int, temperature: float = 1.0) -> SoftmaxTerms:
    """Return every term of −ln softmax(z / T)[label] for logits (K,); the gradient is (p − y) / T.

    Raises `ValueError` when the label is not a class, a logit is not finite or the temperature is not above 0.
    """
    z = logits.detach().to(torch.float64)
    if not 0 < temperature < math.inf:
        raise ValueError(f"temperature is {temperature}; it must be a finite number above 0")
    if z.ndim != 1 or not 0 <= label < len(z) or not z.isfinite().all():
        raise ValueError(f"label is {label}; it must be the number of one of {z.numel()} finite logits")
    z = z / temperature
    top = float(z.max())
    shift = 0.0 if abs(top) <= 100 else top
    exponentials = (z - shift).exp()  # (K,)
    total = exponentials.sum()
    probabilities = exponentials / total
    log = z[label] - shift - total.log()
    one_hot = torch.nn.functional.one_hot(torch.tensor(label), len(z)).to(z.dtype)
    gradient = (probabilities - one_hot) / temperature
    return SoftmaxTerms(z, shift, exponentials, total, probabilities, log, -log, one_hot, gradient)
