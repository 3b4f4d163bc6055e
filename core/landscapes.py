"""Loss curves and surfaces to walk down: a few formulas, and the loss of a real model on real digits."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.experiments.one_weight import digit_loss
from core.expression import Expression
from core.validation import require_number

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

    def surface(self, points: int = 81) -> tuple[Tensor, Tensor]:
        """Return the axis (points,) and the loss (points, points), row i at w₂ = axis[i], for two weights."""
        axis = torch.linspace(self.low, self.high, points, dtype=torch.float64)
        second, first = torch.meshgrid(axis, axis, indexing="ij")
        return axis, self.function(first, second)


def square(w: Tensor) -> Tensor:
    """Return w², in the shape of w."""
    return w**2


def shifted_square(w: Tensor) -> Tensor:
    """Return 3w² + 2, in the shape of w."""
    return 3 * w**2 + 2


def double_well(w: Tensor) -> Tensor:
    """Return (w² − 4)² / 8 + w/2: two valleys, the left one deeper; in the shape of w."""
    return (w**2 - 4) ** 2 / 8 + w / 2


def cosine(w: Tensor) -> Tensor:
    """Return w·cos(0.15πw), in the shape of w."""
    return w * torch.cos(0.15 * math.pi * w)


def absolute(w: Tensor) -> Tensor:
    """Return |w|, whose slope at its corner is 0 to torch, in the shape of w."""
    return w.abs()


def plateau(w: Tensor) -> Tensor:
    """Return 1 − e^(−w²/2): flat, but for a hole around 0; in the shape of w."""
    return 1 - torch.exp(-(w**2) / 2)


def noisy(w: Tensor) -> Tensor:
    """Return 0.1 w² plus eight sine waves whose size, speed and phase a fixed seed decides, in the shape of w."""
    generator = torch.Generator().manual_seed(7)
    size, speed, phase = torch.rand(3, WAVES, generator=generator, dtype=torch.float64).unbind()
    waves = 0.5 * size * torch.sin((1 + 3 * speed) * w.unsqueeze(-1) + 2 * math.pi * phase)  # (…, WAVES)
    return 0.1 * w.square() + waves.sum(-1)


def bowl(w1: Tensor, w2: Tensor) -> Tensor:
    """Return w₁² + 2w₂², in the shape of the weights."""
    return w1**2 + 2 * w2**2


def valley(w1: Tensor, w2: Tensor) -> Tensor:
    """Return 0.1w₁² + 2w₂²: twenty times as steep across as along; in the shape of the weights."""
    return 0.1 * w1**2 + 2 * w2**2


def saddle(w1: Tensor, w2: Tensor) -> Tensor:
    """Return w₁² − w₂² + w₂⁴/8: up along one weight, down along the other; in the shape of the weights."""
    return w1**2 - w2**2 + w2**4 / 8


def banana(w1: Tensor, w2: Tensor) -> Tensor:
    """Return (1 − w₁)² + 10(w₂ − w₁²)², in the shape of the weights. Rosenbrock, 1960."""
    return (1 - w1) ** 2 + 10 * (w2 - w1**2) ** 2


LANDSCAPES: dict[str, Landscape] = {
    "square": Landscape("w²", "w^2", square, (10.0,), 0.2, curvatures=(2.0,)),
    "shifted_square": Landscape("3w² + 2", "3w^2 + 2", shifted_square, (3.0,), 0.05, -4, 4, (6.0,)),
    "double_well": Landscape(
        "Tilted double well", r"\tfrac18(w^2 - 4)^2 + \tfrac12 w", double_well, (3.2,), 0.05, -3.6, 3.6
    ),
    "cosine": Landscape("w·cos(0.15πw)", r"w\cos(0.15\pi w)", cosine, (10.0,), 2.0, -12, 12),
    "absolute": Landscape("|w|", "|w|", absolute, (7.3,), 1.0),
    "plateau": Landscape("A plateau", r"1 - e^{-w^2/2}", plateau, (2.8,), 1.0, -6, 6),
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
    "bowl": Landscape("w₁² + 2w₂²", "w_1^2 + 2w_2^2", bowl, (-5.0, -2.0), 0.1, -6, 6, (2.0, 4.0)),
    "valley": Landscape("A long valley", "0.1w_1^2 + 2w_2^2", valley, (-5.0, -2.0), 0.4, -6, 6, (0.2, 4.0)),
    "saddle": Landscape("A saddle", r"w_1^2 - w_2^2 + \tfrac18 w_2^4", saddle, (2.5, 0.01), 0.1, -3.2, 3.2),
    "banana": Landscape(
        "A bent valley (Rosenbrock, 1960)", "(1 - w_1)^2 + 10(w_2 - w_1^2)^2", banana, (-1.2, 1.0), 0.01, -2, 2
    ),
}


def from_expression(expression: Expression, start: float, learning_rate: float, low: float, high: float) -> Landscape:
    """Return the landscape of a formula that a reader typed, in one variable; raises `ValueError` on a bad range."""
    require_number("left end", low, -1e6, 1e6)
    require_number("right end", high, -1e6, 1e6)
    if low >= high:
        raise ValueError(f"the left end is {low:g}; it must be less than the right end, {high:g}")
    require_number("start", start, low, high)

    def typed(w: Tensor) -> Tensor:
        """Return the formula that was typed, in the shape of w."""
        return expression.tensor({expression.variables[0]: w})

    return Landscape(expression.text, expression.latex, typed, (start,), learning_rate, low, high)
