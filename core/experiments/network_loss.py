"""A real network's loss on real digits as a function of one vector of weights, and plain gradient descent on it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.data import as_tensors, load_mnist, to_unit
from core.experiments.sparse import SparseMatrix
from core.model import ModelConfig, build_model
from core.once import made_once
from core.randomness import MAX_SEED
from core.validation import require_integer, require_number

MAX_DIGITS = 2000
MAX_STEPS = 200
WARM_UP_RATE = 0.5


@dataclass(frozen=True)
class Subject:
    """The network and the digits that are looked at; raises `ValueError` when a setting is out of range."""

    model: ModelConfig = field(default_factory=lambda: ModelConfig((16,), "gelu"))
    digits: int = 1000  # the first of the training set
    warm_up: int = 60  # steps of gradient descent before the start, so that it lies near a valley's floor
    seed: int = 0

    def __post_init__(self) -> None:
        require_integer("digits", self.digits, 10, MAX_DIGITS)
        require_integer("warm-up steps", self.warm_up, 0, MAX_STEPS)
        require_integer("seed", self.seed, 0, MAX_SEED)


class NetworkLoss:
    """The mean cross-entropy of a network on a fixed batch as a function of all weights in one vector (P,), float64.

    z = xWᵀ + b in the first layer, f(z)Wᵀ + b in each one after it; the last z are the logits.
    """

    def __init__(
        self, layers: Sequence[nn.Linear], activation: Callable[[Tensor], Tensor], images: SparseMatrix, labels: Tensor
    ) -> None:
        self.activation = activation
        self.images = images  # (N, D)
        self.labels = labels  # (N,)
        parameters = [parameter.detach().double() for layer in layers for parameter in (layer.weight, layer.bias)]
        self.shapes = [parameter.shape for parameter in parameters]
        self.start = torch.cat([parameter.flatten() for parameter in parameters])  # (P,)

    def __call__(self, weights: Tensor) -> Tensor:
        """Return the loss at the weights (P,)."""
        pieces = torch.split(weights, [shape.numel() for shape in self.shapes])
        weight, bias, *others = (piece.view(shape) for piece, shape in zip(pieces, self.shapes, strict=True))
        z = self.images @ weight.T + bias  # (N, fan_out)
        for weight, bias in zip(others[::2], others[1::2], strict=True):
            z = self.activation(z) @ weight.T + bias
        return F.cross_entropy(z, self.labels)


@made_once(maxsize=8)
def network_loss(subject: Subject) -> NetworkLoss:
    """Return the loss of a network on real digits, from its seed and warmed up; raises `DataError` without digits."""
    model = build_model(subject.model, torch.Generator().manual_seed(subject.seed))
    loss = NetworkLoss(model.linears, model.activation, *_first_digits(subject.digits))
    for _ in range(subject.warm_up):
        loss.start = step_down(loss, loss.start, WARM_UP_RATE)[1]
    return loss


@made_once(maxsize=1)
def _first_digits(count: int) -> tuple[SparseMatrix, Tensor]:
    """Return the first training digits, float64 (N, 784), and their labels (N,); networks of all seeds share them."""
    data = as_tensors(load_mnist())
    return SparseMatrix.of(to_unit(data.train_images[:count]).double()), data.train_labels[:count]


def step_down(loss: NetworkLoss, weights: Tensor, learning_rate: float) -> tuple[float, Tensor]:
    """Return the loss at the weights (P,), and the weights after w ← w − η ∂L/∂w."""
    w = weights.detach().requires_grad_()
    value = loss(w)
    (gradient,) = torch.autograd.grad(value, w)
    return value.item(), w.detach() - learning_rate * gradient


@dataclass(frozen=True)
class FullBatchRun:
    """A short run of gradient descent on the whole fixed batch."""

    learning_rate: float
    losses: tuple[float, ...]  # before the first step, and after each one
    diverged_at: int | None  # the step whose loss was no finite number, and is not in `losses`

    @property
    def rises(self) -> int:
        """How many steps made the loss larger: none well below 2/λmax."""
        return sum(after > before for before, after in pairwise(self.losses))


def full_batch_descent(loss: NetworkLoss, learning_rate: float, steps: int) -> FullBatchRun:
    """Take w ← w − η ∂L/∂w from the loss's start, the same numbers each time; raises `ValueError` on a bad setting."""
    require_number("learning rate", learning_rate, 0, 1e6)
    require_integer("steps", steps, 1, MAX_STEPS)
    w = loss.start
    losses: list[float] = []
    for step in range(steps + 1):
        value, w = step_down(loss, w, learning_rate)
        if not math.isfinite(value):
            return FullBatchRun(learning_rate, tuple(losses), step)
        losses.append(value)
    return FullBatchRun(learning_rate, tuple(losses), None)
