"""Loss curves and surfaces to walk down: a few formulas, and the loss of a real model on real digits."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from core.data import load_mnist
from core.expression import Expression
from core.validation import require_number

DIGITS_USED = 2000  # of the 3s and 7s in the training set, so that a curve of 400 points takes about 10 ms
WAVES = 8  # in the noisy curve


@dataclass(frozen=True)
class Landscape:
    """A loss over one weight or two, entry by entry on float64 tensors, and where to start on it."""

    label: str
    formula: str  # LaTeX
    function: Callable[..., Tensor]  # w → loss, or w₁, w₂ → loss, each in the shape of the weights
    start: tuple[float, ...]  # one number a weight
    learning_rate: float  # that works from there
    low: float = -10.0  # the range worth drawing, for every weight
    high: float = 10.0
    curvatures: tuple[float, ...] | None = None  # λ along each weight, when it is a quadratic

    @property
    def dimensions(self) -> int:
        """The number of weights."""
        return len(self.start)

    def at(self, *weights: float) -> float:
        """Return the loss at one point."""
        return self.function(*(torch.tensor(w, dtype=torch.float64) for w in weights)).item()

    def surface(self, points: int = 81) -> tuple[Tensor, Tensor]:
        """Return the axis (points,) and the loss (points, points), row i at w₂ = axis[i], for two weights."""
        axis = torch.linspace(self.low, self.high, points, dtype=torch.float64)
        second, first = torch.meshgrid(axis, axis, indexing="ij")
        return axis, self.function(first, second)


def noisy(w: Tensor) -> Tensor:
    """Return 0.1 w² plus eight sine waves whose size, speed and phase a fixed seed decides."""
    generator = torch.Generator().manual_seed(7)
    size, speed, phase = torch.rand(3, WAVES, generator=generator, dtype=torch.float64).unbind()
    waves = 0.5 * size * torch.sin((1 + 3 * speed) * w.unsqueeze(-1) + 2 * math.pi * phase)  # (…, WAVES)
    return 0.1 * w.square() + waves.sum(-1)


@lru_cache(maxsize=1)
def threes_and_sevens() -> tuple[Tensor, Tensor]:
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
    x, sign = threes_and_sevens()
    margin = w.unsqueeze(-1) * (x * sign)  # (…, N)
    return torch.logaddexp(-margin, torch.zeros_like(margin)).mean(-1)  # ln(1 + e^−margin), (…)


LANDSCAPES: dict[str, Landscape] = {
    "square": Landscape("w²", "w^2", lambda w: w**2, (10.0,), 0.2, curvatures=(2.0,)),
    "shifted_square": Landscape("3w² + 2", "3w^2 + 2", lambda w: 3 * w**2 + 2, (3.0,), 0.05, -4, 4, (6.0,)),
    "double_well": Landscape(
        "Tilted double well",
        r"\tfrac18(w^2 - 4)^2 + \tfrac12 w",
        lambda w: (w**2 - 4) ** 2 / 8 + w / 2,
        (3.2,),
        0.05,
        -3.6,
        3.6,
    ),
    "cosine": Landscape(
        "w·cos(0.15πw)", r"w\cos(0.15\pi w)", lambda w: w * torch.cos(0.15 * math.pi * w), (10.0,), 2.0, -12, 12
    ),
    "absolute": Landscape("|w|", "|w|", torch.abs, (7.3,), 1.0),
    "plateau": Landscape("A plateau", r"1 - e^{-w^2/2}", lambda w: 1 - torch.exp(-(w**2) / 2), (2.8,), 1.0, -6, 6),
    "noisy": Landscape("A noisy curve", r"0.1w^2 + \text{eight waves}", noisy, (8.0,), 0.1),
    "digits": Landscape(
        "3 or 7: a real model with one weight",
        r"\frac1N\sum_i \ln\left(1 + e^{-y_i w x_i}\right)",
        digit_loss,
        (-3.0,),
        4.0,
        -4,
        16,
    ),
    "bowl": Landscape(
        "w₁² + 2w₂²", "w_1^2 + 2w_2^2", lambda a, b: a**2 + 2 * b**2, (-5.0, -2.0), 0.1, -6, 6, (2.0, 4.0)
    ),
    "valley": Landscape(
        "A long valley", "0.1w_1^2 + 2w_2^2", lambda a, b: 0.1 * a**2 + 2 * b**2, (-5.0, -2.0), 0.4, -6, 6, (0.2, 4.0)
    ),
    "saddle": Landscape(
        "A saddle",
        r"w_1^2 - w_2^2 + \tfrac18 w_2^4",
        lambda a, b: a**2 - b**2 + b**4 / 8,
        (2.5, 0.01),
        0.1,
        -3.2,
        3.2,
    ),
    "banana": Landscape(
        "A bent valley (Rosenbrock, 1960)",
        "(1 - w_1)^2 + 10(w_2 - w_1^2)^2",
        lambda a, b: (1 - a) ** 2 + 10 * (b - a**2) ** 2,
        (-1.2, 1.0),
        0.01,
        -2,
        2,
    ),
}


def from_expression(expression: Expression, start: float, learning_rate: float, low: float, high: float) -> Landscape:
    """Return the landscape of a formula that a reader typed, in one variable; raises `ValueError` on a bad range."""
    require_number("left end", low, -1e6, 1e6)
    require_number("right end", high, -1e6, 1e6)
    if low >= high:
        raise ValueError(f"the left end is {low:g}; it must be less than the right end, {high:g}")
    require_number("start", start, low, high)
    name = expression.variables[0]
    return Landscape(
        expression.text, expression.latex, lambda w: expression.tensor({name: w}), (start,), learning_rate, low, high
    )
