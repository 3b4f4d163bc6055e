"""Augmentation: a fresh, slightly bent copy of each digit in each epoch, so that the network learns the shape."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Augmentation:
    """One way to bend digits: its name for people, and the function on images (B, 784) from 0 to 1."""

    label: str
    apply: Callable[[Tensor, torch.Generator], Tensor]  # (B, 784), generator → (B, 784)


def affine(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return images (B, 784), each turned up to 10°, scaled up to 10 %, slanted up to 0.2 and moved up to 2 pixels."""
    n = len(images)

    def uniform(limit: float) -> Tensor:
        return (torch.rand(n, generator=generator) * 2 - 1) * limit

    angle, scale, slant = uniform(math.radians(10)), 1 + uniform(0.1), uniform(0.2)
    cos, sin = angle.cos() * scale, angle.sin() * scale
    rows = [cos, slant - sin, uniform(2 / 14), sin, cos, uniform(2 / 14)]
    theta = torch.stack(rows, 1).view(n, 2, 3)
    grid = F.affine_grid(theta, [n, 1, 28, 28], align_corners=False)
    return F.grid_sample(images.view(n, 1, 28, 28), grid, align_corners=False).view(n, 784)


AUGMENTATIONS: dict[str, Augmentation] = {
    "none": Augmentation("None", lambda images, generator: images),
    "affine": Augmentation("Turn, scale, slant, move", affine),
}
