"""Dying ReLU units on real training: steps that are too large kill them, a leak on the left brings them back."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.activations import ACTIVATIONS, leaky_relu
from core.experiments.planar import rings
from core.initialization import initial_weights
from core.laboratory import experiment
from core.validation import require_integer, require_number

POINTS = 200
UNITS = 12
CALM_RATE = 0.05  # Adam's, after the shock


@dataclass(frozen=True)
class ShockConfig:
    """A training with a violent start; raises `ValueError` when a setting is out of range."""

    rate: float = 12.0  # learning rate of the violent steps, plain SGD
    violent: int = 10  # how many of them
    leak: float = 0.0  # slope left of zero once the violent steps are over; 0 stays with ReLU
    steps: int = 160  # in all
    seed: int = 0

    def __post_init__(self) -> None:
        require_number("rate of the violent steps", self.rate, 0.01, 50)
        require_integer("violent steps", self.violent, 0, 50)
        require_number("leak", self.leak, 0, 1)
        require_integer("steps", self.steps, 51, 1000)
        require_integer("seed", self.seed, 0, 999)


@dataclass(frozen=True, eq=False)
class UnitHistory:
    """What happened to each hidden unit, recorded before each step."""

    config: ShockConfig
    on: Tensor  # (steps, units): the share of the points at which a unit's sum is above 0
    highest: Tensor  # (steps, units): a unit's largest sum over the points; below 0 it is on nowhere
    gradient: Tensor  # (steps, units): size of the gradient on a unit's own weights and bias
    losses: tuple[float, ...]

    @property
    def silent(self) -> Tensor:
        """Number of units whose sum is above 0 at no point, (steps,); under ReLU these are dead."""
        return (self.on == 0).sum(1)

    @property
    def without_gradient(self) -> Tensor:
        """Number of units with a gradient of exactly 0, (steps,): nothing will ever move them."""
        return (self.gradient == 0).sum(1)


@experiment(maxsize=64)
def shock(config: ShockConfig) -> UnitHistory:
    """Train 2-12-1 on a disc and a ring: violent SGD steps with ReLU, then Adam at 0.05 with the leak; seeded."""
    generator = torch.Generator().manual_seed(config.seed)
    x, y = rings(POINTS, generator)  # (n, 2), (n,)
    w1, b1, w2, b2 = parameters = _start(generator)
    optimizer: torch.optim.Optimizer = torch.optim.SGD(parameters, config.rate)
    on, highest, sizes, losses = [], [], [], []
    for step in range(config.steps):
        if step == config.violent:
            optimizer = torch.optim.Adam(parameters, CALM_RATE)
        z = x @ w1 + b1  # (n, units)
        a = leaky_relu(z, config.leak if step >= config.violent else 0.0)
        loss = F.binary_cross_entropy_with_logits((a @ w2 + b2).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        assert w1.grad is not None  # nosec B101  # an invariant, for the type checker
        assert b1.grad is not None  # nosec B101  # as above
        on.append((z.detach() > 0).double().mean(0))
        highest.append(z.detach().max(0).values)
        sizes.append((w1.grad**2).sum(0).add(b1.grad**2).sqrt())
        losses.append(loss.item())
        optimizer.step()
    return UnitHistory(config, torch.stack(on), torch.stack(highest), torch.stack(sizes), tuple(losses))


def revived(history: UnitHistory) -> int:
    """Return how many units were silent when the violent steps ended and are on somewhere at the end."""
    return int(((history.on[history.config.violent] == 0) & (history.on[-1] > 0)).sum())


def _start(generator: torch.Generator) -> list[Tensor]:
    gain = ACTIVATIONS["relu"].gain
    w1 = initial_weights((2, UNITS), 2, gain, generator)
    w2 = initial_weights((UNITS, 1), UNITS, gain, generator)
    zeros = [torch.zeros(size, dtype=torch.float64) for size in (UNITS, 1)]
    return [tensor.requires_grad_() for tensor in (w1, zeros[0], w2, zeros[1])]
