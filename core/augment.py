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
    return _sampled(images, _affine_grid(len(images), generator, angle=10, scale=0.1, slant=0.2))


def pen(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return images (B, 784) as other hands and pens would write them: bent, slanted, thin, thick or filled."""
    n = len(images)
    grid = _affine_grid(n, generator, angle=10, scale=0.1, slant=0.3, tilt=0.2)
    grid = grid + _curl(grid, generator, 0.15) + _elastic(n, generator, 4, 0.06) + _elastic(n, generator, 7, 0.03)
    return _sampled(_with_other_pens(images, generator), grid)


def _uniform(n: int, limit: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(n, generator=generator) * 2 - 1) * limit  # (n,)


def _affine_grid(
    n: int, generator: torch.Generator, *, angle: float, scale: float, slant: float, tilt: float = 0
) -> Tensor:
    """Return where each pixel comes from, (n, 28, 28, 2): x, y from −1 to 1; `angle` in degrees, moved to 2 pixels."""
    turn = _uniform(n, math.radians(angle), generator)
    size, lean = 1 + _uniform(n, scale, generator), _uniform(n, slant, generator)
    cos, sin = turn.cos() * size, turn.sin() * size
    shift_x, shift_y = _uniform(n, 2 / 14, generator), _uniform(n, 2 / 14, generator)
    theta = torch.stack([cos, lean - sin, shift_x, sin + _uniform(n, tilt, generator), cos, shift_y], 1).view(n, 2, 3)
    return F.affine_grid(theta, [n, 1, 28, 28], align_corners=False)


def _elastic(n: int, generator: torch.Generator, knots: int, size: float) -> Tensor:
    """Return smooth random shifts (n, 28, 28, 2) through a grid of knots with standard deviation `size`."""
    shifts = torch.randn(n, 2, knots, knots, generator=generator) * size
    curve = F.interpolate(torch.eye(knots).view(1, knots, knots, 1), (28, 1), mode="bicubic", align_corners=True)
    basis = curve.view(knots, 28)
    return torch.einsum("nckl,ky,lx->nyxc", shifts, basis, basis)


def _curl(grid: Tensor, generator: torch.Generator, size: float) -> Tensor:
    """Return shifts that bend straight lines into arcs and hooks: quadratic and cubic in the other coordinate."""
    n = len(grid)
    a, b = (torch.randn(n, 1, 1, 2, generator=generator) * size for _ in range(2))
    other = grid.flip(3)  # (n, 28, 28, 2): y for x, x for y
    return a * (other**2 - 0.3) + b * other * (other**2 - 0.4)


def _sampled(images: Tensor, grid: Tensor) -> Tensor:
    return F.grid_sample(images.view(-1, 1, 28, 28), grid, align_corners=False).flatten(1)


def _with_other_pens(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return images (B, 784), half of them with thinner or thicker lines or with corners and holes filled by a pen."""
    out = images.clone().view(-1, 28, 28)
    start = 0
    for share, change in PENS:  # a batch is in random order, so a slice of it is a random choice
        stop = start + round(len(images) * share)
        out[start:stop] = change(out[start:stop])
        start = stop
    return out.flatten(1)


def _thinner(images: Tensor) -> Tensor:
    return (images - _grown(-images, 1)) / 2


def _thicker(images: Tensor) -> Tensor:
    return (images + _grown(images, 1)) / 2


def _filled(images: Tensor, radius: int) -> Tensor:
    """Return what a pen `radius` pixels too thick leaves after its lines are thinned again: a closing. (B, 28, 28)."""
    wide = _grown(F.pad(images, (radius,) * 4), radius)
    return -_grown(-wide, radius)[:, radius:-radius, radius:-radius]


def _grown(images: Tensor, radius: int) -> Tensor:
    """Return the largest value within `radius` pixels, by a cross and a square in turn: an octagon. (B, h, w)."""
    for i in range(radius):
        tall, wide = _max_of_three(images, 1), _max_of_three(images, 2)
        images = torch.maximum(tall, wide) if i % 2 == 0 else _max_of_three(tall, 2)
    return images


def _max_of_three(images: Tensor, dim: int) -> Tensor:
    out, n = images.clone(), images.shape[dim] - 1
    for here, there in ((0, 1), (1, 0)):
        target = out.narrow(dim, here, n)
        torch.maximum(target, images.narrow(dim, there, n), out=target)
    return out


PENS: tuple[tuple[float, Callable[[Tensor], Tensor]], ...] = (
    (0.10, _thinner),
    (0.10, _thicker),
    (0.10, lambda images: _filled(images, 1)),
    (0.12, lambda images: _filled(images, 2)),
    (0.12, lambda images: _filled(images, 3)),
    (0.08, lambda images: _filled(images, 4)),
)

AUGMENTATIONS: dict[str, Augmentation] = {
    "none": Augmentation("None", lambda images, generator: images),
    "affine": Augmentation("Turn, scale, slant, move", affine),
    "pen": Augmentation("Other hands and pens", pen),
}
