"""Softmax and cross-entropy of one example, every term of them, for a reader to follow."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class SoftmaxTerms:
    """Softmax and cross-entropy of one example, term by term; vectors are (K,) float64."""

    logits: Tensor
    shift: float  # taken off every logit first so that no exponential overflows; 0 unless one is large
    exponentials: Tensor
    total: Tensor
    probabilities: Tensor
    log: Tensor  # ln of the right class's probability
    loss: Tensor
    one_hot: Tensor  # y: 1 at the right class
    gradient: Tensor  # p − y = ∂loss/∂logits
    lacking: Tensor  # 1 − p of the right class, added up from the other classes so that it is not rounded to 0


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
    shift = 0.0 if float(z.abs().max()) <= 100 else float(z.max())
    exponentials = (z - shift).exp()  # (K,)
    total = exponentials.sum()
    probabilities = exponentials / total
    one_hot = torch.nn.functional.one_hot(torch.tensor(label), len(z)).to(z.dtype)
    wrong = exponentials * (1 - one_hot)  # what the right class lacks to 1, without the rounding of 1 − p
    sure = probabilities[label] > 0.5
    log = -(wrong.sum() / exponentials[label]).log1p() if sure else z[label] - shift - total.log()
    lacking = wrong.sum() / total
    gradient = torch.where(one_hot == 1, -lacking, probabilities) / temperature
    return SoftmaxTerms(z, shift, exponentials, total, probabilities, log, -log, one_hot, gradient, lacking)
