"""A real model with one weight, p(3) = σ(w x), and its loss on real 3s and 7s: a curve to walk down."""

from functools import lru_cache

import torch
from torch import Tensor

from core.data import load_mnist

DIGITS_USED = 2000  # of the 3s and 7s in the training set, so that a curve of 400 points takes about 10 ms


@lru_cache(maxsize=1)
def likeness_to_three() -> tuple[Tensor, Tensor]:
    """Return a feature x (N,) and a target ±1 (N,) for the first 2,000 3s (+1) and 7s (−1) of the training set.

    x tells how much more an image resembles the mean 3 than the mean 7: (image − midpoint) · (mean 3 − mean 7), divided
    by its standard deviation. Raises `core.data.DataError` when the digits cannot be read.
    """
    digits = load_mnist()
    labels = torch.tensor(digits.train_labels)
    chosen = ((labels == 3) | (labels == 7)).nonzero().flatten()[:DIGITS_USED]
    images = torch.tensor(digits.train_images).flatten(1)[chosen].double() / 255  # (N, 784)
    sign = torch.where(labels[chosen] == 3, 1.0, -1.0).double()
    three, seven = images[sign > 0].mean(0), images[sign < 0].mean(0)
    x = (images - (three + seven) / 2) @ (three - seven)
    return x / x.std(), sign


def digit_loss(w: Tensor) -> Tensor:
    """Return the mean log loss of the one-weight model p(3) = σ(w x) on real 3s and 7s, for each weight in `w`."""
    x, sign = likeness_to_three()
    margin = w.unsqueeze(-1) * (x * sign)  # (…, N)
    return torch.logaddexp(-margin, torch.zeros_like(margin)).mean(-1)  # ln(1 + e^−margin), (…)
