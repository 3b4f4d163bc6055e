"""Dying ReLU units on real training: steps that are too large kill them, a leak on the left brings them back."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.activations import ACTIVATIONS, with_leak
from core.experiments.planar import rings
from core.experiments.plane_network import Adam, PlaneNetwork
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
    steps: int = 100  # in all
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
    network = PlaneNetwork((2, UNITS, 1), ACTIVATIONS["relu"].gain, generator)
    optimizer, leaky = Adam(network.parameters, CALM_RATE), with_leak("Leaky ReLU", r"\max(ax, x)", config.leak)
    sums, logits, gradients = [], [], []
    with torch.inference_mode():  # the gradients are our own; so torch keeps no notes for its
        for step in range(config.steps):
            is_violent = step < config.violent
            hidden, last = network.forward_backward(x, y, ACTIVATIONS["relu"] if is_violent else leaky)
            sums.append(hidden)
            logits.append(last.squeeze(1))
            gradients.append(network.gradient.clone())
            if is_violent:
                network.parameters.sub_(network.gradient, alpha=config.rate)
            else:
                optimizer.step(network.gradient)
    return _history(config, y, torch.stack(sums), torch.stack(logits), torch.stack(gradients))


def _history(config: ShockConfig, y: Tensor, sums: Tensor, logits: Tensor, gradients: Tensor) -> UnitHistory:
    """Return what units did from their sums (steps, n, units), the logits (steps, n) and gradients (steps, P)."""
    targets = y.double().expand_as(logits)
    losses = F.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(1)
    own = gradients[:, : 3 * UNITS].view(len(gradients), 3, UNITS)  # two weights and a bias of each
    return UnitHistory(
        config, (sums > 0).double().mean(1), sums.max(1).values, (own**2).sum(1).sqrt(), tuple(losses.tolist())
    )


def revived(history: UnitHistory) -> int:
    """Return how many units were silent when the violent steps ended and are on somewhere at the end."""
    return int(((history.on[history.config.violent] == 0) & (history.on[-1] > 0)).sum())
