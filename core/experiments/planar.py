"""Points in the plane in two classes, for networks small enough to see through."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

REACH = 2.0  # every point has |x₁| and |x₂| below this


@dataclass(frozen=True)
class PlanarData:
    """A way to draw points: its name for people, and n and a generator → points (n, 2) and classes (n,) of 0 and 1."""

    label: str
    sample: Callable[[int, Generator], tuple[Tensor, Tensor]]


def rings(n: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Return points (n, 2) and classes (n,): a disc of radius 0.8 (0) inside a ring from 1.2 to 1.8 (1), float64."""
    y = (torch.arange(n) >= n // 2).to(torch.float64)  # (n,)
    radius = torch.rand(n, generator=generator, dtype=torch.float64)
    radius = torch.where(y == 1, 1.2 + 0.6 * radius, 0.8 * radius)
    angle = 2 * math.pi * torch.rand(n, generator=generator, dtype=torch.float64)
    return torch.stack([radius * angle.cos(), radius * angle.sin()], 1), y


def quarters(n: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Return points (n, 2) and classes (n,), 1 where x₁ and x₂ have the same sign, as in exclusive or, float64."""
    size = 0.15 + 1.55 * torch.rand(n, 2, generator=generator, dtype=torch.float64)
    sign = torch.randint(0, 2, (n, 2), generator=generator).to(torch.float64) * 2 - 1
    return size * sign, (sign.prod(1) > 0).to(torch.float64)


def sides(n: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Return points (n, 2) in two clouds, one on each side of a straight line, and classes (n,), float64."""
    y = (torch.arange(n) >= n // 2).to(torch.float64)
    centre = torch.tensor([0.7, 0.5], dtype=torch.float64) * (2 * y - 1)[:, None]
    spread = 0.35 * torch.randn(n, 2, generator=generator, dtype=torch.float64)
    return (centre + spread).clamp(-REACH, REACH), y


PLANAR_DATA: dict[str, PlanarData] = {
    "rings": PlanarData("Disc and ring", rings),
    "quarters": PlanarData("Opposite quarters", quarters),
    "sides": PlanarData("Two sides", sides),
}
