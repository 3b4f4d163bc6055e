"""The same walk with many learning rates at once, so that a hand can sweep over them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.descent import MAX_MOMENTUM, MAX_STEPS, verdict
from core.landscapes import Landscape
from core.optimizers import SCHEDULES
from core.slopes import slopes_of
from core.validation import require_choice, require_integer, require_number

Array = NDArray[np.float64]
TABLE_RATES = (0.05, 0.2, 0.5, 0.9, 1.0, 1.1)


@dataclass(frozen=True, eq=False)
class Sweep:
    """Walks of T steps from one start, one row for each of R learning rates; inf or nan where one has left."""

    rates: Array  # (R,)
    weights: Array  # (R, T + 1)
    losses: Array  # (R, T + 1)


def sweep(
    landscape: Landscape,
    start: float,
    rates: Sequence[float] | Array,
    steps: int,
    momentum: float = 0.0,
    schedule: str = "constant",
) -> Sweep:
    """Walk down a landscape in one weight with each of R rates: v ← βv + slope, w ← w − ηv, η after the schedule.

    Raises `ValueError` when a setting is out of range.
    """
    require_integer("steps", steps, 1, MAX_STEPS)
    require_number("momentum", momentum, 0, MAX_MOMENTUM)
    require_choice("schedule", schedule, SCHEDULES)
    eta = torch.tensor(np.asarray(rates, np.float64))  # (R,)
    factor = SCHEDULES[schedule].factor
    v, losses, weights = torch.zeros_like(eta), [], [torch.full_like(eta, start)]
    for step in range(steps):
        loss, slope = _look(landscape, weights[-1])
        v = momentum * v + slope
        losses.append(loss)
        weights.append(weights[-1] - eta * factor(step / steps) * v)
    losses.append(_look(landscape, weights[-1])[0])
    return Sweep(eta.numpy(), torch.stack(weights, 1).numpy(), torch.stack(losses, 1).numpy())


def _look(landscape: Landscape, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the losses (R,) and their slopes (R,) at the weights (R,)."""
    at = weights.clone().requires_grad_()
    losses = landscape.function(at)
    return losses.detach(), slopes_of(losses, at)[0]


def share_left(learning_rate: float, curvature: float, steps: int, schedule: str = "constant") -> float:
    """Return Π (1 − ηₜλ) over T steps on a quadratic without momentum: what is left of the distance to its minimum.

    Raises `ValueError` when the steps or the schedule are out of range.
    """
    require_integer("steps", steps, 1, MAX_STEPS)
    require_choice("schedule", schedule, SCHEDULES)
    factor = SCHEDULES[schedule].factor
    return math.prod(1 - learning_rate * factor(step / steps) * curvature for step in range(steps))


@dataclass(frozen=True)
class Row:
    """One learning rate of the table: the weight after the walk, the factor of a step, and what to call it."""

    rate: float
    weight: float
    factor: float
    kind: str  # a name in `core.descent.VERDICTS`


def rate_table(landscape: Landscape, start: float, steps: int, rates: Sequence[float] = TABLE_RATES) -> list[Row]:
    """Return where each learning rate leads on a quadratic: w after T steps is (1 − ηλ)ᵀ of the start.

    Raises `ValueError` when the landscape is not a quadratic in one weight.
    """
    if landscape.curvatures is None or landscape.dimensions != 1:
        raise ValueError(f"{landscape.label} is not a quadratic in one weight")
    weights = sweep(landscape, start, rates, steps).weights[:, -1]
    rows = []
    for rate, weight in zip(rates, weights, strict=True):
        said = verdict(rate, landscape.curvatures[0])
        rows.append(Row(rate, float(weight), said.factor, said.kind if start else "still"))  # 0 is the minimum
    return rows
