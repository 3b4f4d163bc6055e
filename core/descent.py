"""Gradient descent: look at the slope, take a step against it, repeat."""

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.landscapes import Landscape
from core.optimizers import SCHEDULES
from core.slopes import slopes_of
from core.validation import require_choice, require_integer, require_number

MAX_STEPS = 1000
MAX_RATE = 1000.0
MAX_MOMENTUM = 0.999
FARTHEST = 1e12  # a weight beyond this will not come back
CRAWL = 0.9  # slower than this factor a step, more than a third of the way is left after ten

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Path:
    """A walk of T steps over d weights; row t of `weights`, `losses` and `slopes` is where step t + 1 starts."""

    weights: Array  # (T + 1, d)
    losses: Array  # (T + 1,)
    slopes: Array  # (T + 1, d)
    rates: Array  # (T,) learning rate of each step, schedule included
    updates: Array  # (T, d) what each step added to the weights
    diverged_at: int | None  # the step that passed 10¹² or left where the loss is defined; not in the arrays


class Stop(NamedTuple):
    """Where a walk stands between two steps."""

    weights: Tensor  # (d,)
    loss: float
    slope: Tensor  # (d,)
    rate: float = 0.0  # learning rate of the step that led here

    @property
    def is_lost(self) -> bool:
        """Whether loss or slope is no longer finite, or a weight is past 10¹²."""
        is_finite = math.isfinite(self.loss) and bool(self.slope.isfinite().all())
        return not is_finite or float(self.weights.abs().max()) > FARTHEST


def slope_at(landscape: Landscape, weights: Tensor) -> tuple[float, Tensor]:
    """Return the loss at `weights` (d,) and its slope along each weight (d,), by torch's autograd."""
    w = weights.detach().clone().requires_grad_()
    loss = landscape.function(*w)
    return loss.item(), slopes_of(loss, w)[0]


def slopes_along(landscape: Landscape, weights: Array) -> tuple[Array, Array]:
    """Return the losses (n,) and their slopes (n,) at many weights (n,) of a landscape in one weight, by autograd."""
    w = torch.tensor(weights, dtype=torch.float64, requires_grad=True)
    losses = landscape.function(w)
    return losses.detach().numpy(), slopes_of(losses, w)[0].numpy()


def slopes_over(landscape: Landscape, first: Array, second: Array) -> tuple[Array, Array, Array]:
    """Return the losses and their slopes along both weights at many pairs of weights, any one shape, by autograd."""
    w = torch.tensor(np.stack([first, second]), dtype=torch.float64, requires_grad=True)  # (2, …)
    losses = landscape.function(*w)
    slopes = slopes_of(losses, w)[0].numpy()
    return losses.detach().numpy(), slopes[0], slopes[1]


def descend(
    landscape: Landscape,
    start: Sequence[float],
    learning_rate: float,
    steps: int,
    momentum: float = 0.0,
    schedule: str = "constant",
) -> Path:
    """Walk down: v ← βv + slope, w ← w − ηv; stops early when a step takes a weight past 10¹² or
    to where the loss is not defined.

    Raises `ValueError` when a setting is out of range or the loss has no finite value at the start.
    """
    _check(landscape, start, learning_rate, steps, momentum, schedule)
    w = torch.tensor(start, dtype=torch.float64)  # (d,)
    v = torch.zeros_like(w)
    walk = [Stop(w, *slope_at(landscape, w))]
    if walk[0].is_lost:
        raise ValueError(f"the loss has no finite value and slope at the start {tuple(start)}; start somewhere else")
    for step in range(steps):
        rate = learning_rate * SCHEDULES[schedule].factor(step / steps)
        v = momentum * v + walk[-1].slope
        w = w - rate * v
        stop = Stop(w, *slope_at(landscape, w), rate)
        if stop.is_lost:
            return _path(walk, diverged_at=step + 1)
        walk.append(stop)
    return _path(walk)


def _path(walk: Sequence[Stop], diverged_at: int | None = None) -> Path:
    weights, losses, slopes, rates = zip(*walk, strict=True)
    walked = torch.stack(weights).numpy()  # (T + 1, d)
    updates = np.diff(walked, axis=0)
    return Path(walked, np.array(losses), torch.stack(slopes).numpy(), np.array(rates[1:]), updates, diverged_at)


def _check(
    landscape: Landscape, start: Sequence[float], rate: float, steps: int, momentum: float, schedule: str
) -> None:
    if len(start) != landscape.dimensions:
        raise ValueError(f"the start has {len(start)} numbers; {landscape.label} has {landscape.dimensions} weights")
    for weight in start:
        require_number("start", weight, -1e6, 1e6)
    require_number("learning rate", rate, 0, MAX_RATE)
    require_integer("steps", steps, 1, MAX_STEPS)
    require_number("momentum", momentum, 0, MAX_MOMENTUM)
    require_choice("schedule", schedule, SCHEDULES)


VERDICTS: dict[str, str] = {
    "still": "Nothing moves: the learning rate is 0, or the ground is flat.",
    "crawl": "It crawls: each step is in the right direction, and far too short.",
    "monotone": "It walks straight down, a fixed share of the way in each step.",
    "one_step": "It arrives in one step: the learning rate is exactly 1/λ.",
    "bounce": "It jumps across the minimum in each step, and lands nearer each time.",
    "forever": "It jumps from side to side for ever: the learning rate is exactly at the limit.",
    "diverge": "It jumps across the minimum and lands farther away each time.",
}


@dataclass(frozen=True)
class Verdict:
    """What gradient descent does on a quadratic of curvature λ, and the numbers that decide it."""

    kind: str  # a name in VERDICTS
    product: float  # ηλ
    factor: float  # what is left of the distance after a step, in the long run; its sign is lost with momentum
    limit: float  # 2(1 + β)/λ: above it, it diverges


def learning_rate_limit(curvature: float, momentum: float = 0.0) -> float:
    """Return 2(1 + β)/λ, the learning rate above which descent on a quadratic diverges. Polyak, 1964."""
    return 2 * (1 + momentum) / curvature


def verdict(learning_rate: float, curvature: float, momentum: float = 0.0) -> Verdict:
    """Return what happens on f = λw²/2, where a step is w₊ = (1 + β − ηλ)w − βw₋ (without momentum, (1 − ηλ)w).

    The distance shrinks like rᵗ, with r the larger root of r² − (1 + β − ηλ)r + β = 0. Raises `ValueError` when a
    number is out of range.
    """
    require_number("learning rate", learning_rate, 0, MAX_RATE)
    require_number("curvature", curvature, 1e-12, 1e12)
    require_number("momentum", momentum, 0, MAX_MOMENTUM)
    product = learning_rate * curvature
    middle = 1 + momentum - product
    spread = cmath.sqrt(middle**2 - 4 * momentum)
    root = max((middle + spread) / 2, (middle - spread) / 2, key=abs)
    factor = root.real if momentum == 0 else abs(root)
    limit = learning_rate_limit(curvature, momentum)
    return Verdict(_kind(root, product), product, factor, limit)


def _kind(root: complex, product: float) -> str:
    """Return the name of what a step by the factor `root` does."""
    straight = root.real > 0 and root.imag == 0
    if product == 0:
        return "still"
    if abs(abs(root) - 1) < 1e-12:
        return "crawl" if straight else "forever"
    if abs(root) > 1:
        return "diverge"
    if abs(root) < 1e-12:
        return "one_step"
    if not straight:
        return "bounce"
    return "crawl" if abs(root) >= CRAWL - 1e-12 else "monotone"


def judge(path: Path) -> str:
    """Return the name in VERDICTS of what a walk really did, from its numbers alone, on any landscape."""
    first, last = path.losses[0], path.losses[-1]
    if path.diverged_at is not None or last > first * (1 + 1e-9) + 1e-12:
        return "diverge"
    if not path.updates.any():
        return "still"
    size = np.linalg.norm(path.slopes, axis=1)  # (T + 1,)
    if size[1] <= 1e-9 * size[0]:
        return "one_step"
    turns = (path.updates[1:] * path.updates[:-1]).sum(1) < 0  # the step points back
    if turns.sum() * 2 > len(turns):
        return "bounce" if size[-1] < size[0] * (1 - 1e-9) else "forever"
    return "crawl" if size[-1] > CRAWL ** len(path.rates) * size[0] * (1 - 1e-9) else "monotone"


def square_by_autograd(x: float) -> tuple[float, float]:
    """Return x² and its slope 2x, as torch's autograd finds it: 3 gives 9 and 6, 8 gives 64 and 16."""
    xt = torch.tensor(x, dtype=torch.float64).requires_grad_()
    yt = xt**2
    yt.backward()  # type: ignore[no-untyped-call]
    return yt.item(), float(xt.grad)  # type: ignore[arg-type]
