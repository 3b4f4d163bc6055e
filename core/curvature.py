"""How steeply a loss bends: λmax, the largest eigenvalue of its Hessian; the learning rate's limit is 2/λmax."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]  # v (P,) → H v (P,)
TINY = 1e-30  # so that a loss without any curvature divides by no zero


def hessian_vector_product(loss: Callable[[Tensor], Tensor], weights: Tensor) -> Product:
    """Return the function v ↦ H v = ∂(∂L/∂w · v)/∂w, without ever building H, (P, P). Pearlmutter, 1994."""
    w = weights.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(w), w, create_graph=True)

    def product(v: Tensor) -> Tensor:
        (result,) = torch.autograd.grad(gradient, w, v, retain_graph=True)
        return result

    return product


@dataclass(frozen=True, eq=False)
class Estimate:
    """What is known of the largest eigenvalue after one more multiplication by the Hessian."""

    eigenvalue: float
    residual: float  # ‖H v − λ v‖ / |λ|; the error of λ is about its square over the relative gap to the next λ
    vector: Tensor  # v (P,), of length 1


def power_iteration(
    product: Product, size: int, seed: int = 0, tolerance: float = 1e-5, max_steps: int = 100
) -> Iterator[Estimate]:
    """Multiply a random vector (size,) by H again and again: it turns to the eigenvector of the largest |λ|.

    Yields after each multiplication and ends when the residual is below `tolerance`.
    """
    v = torch.randn(size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    v /= v.norm()
    for _ in range(max_steps):
        hv = product(v)
        eigenvalue = float(v @ hv)
        residual = float((hv - eigenvalue * v).norm()) / max(abs(eigenvalue), TINY)
        yield Estimate(eigenvalue, residual, v)
        if residual < tolerance:
            return
        v = hv / hv.norm().clamp(min=TINY)


def lanczos(product: Product, start: Tensor, tolerance: float = 1e-5, max_steps: int = 80) -> Iterator[Estimate]:
    """Look for the largest |λ| in all of start, H start, H² start, … at once, which is much quicker than in the last.

    `start` is (P,). Every direction is made orthogonal to all before it, twice. Yields after each multiplication and
    ends when the residual is below `tolerance`. Lanczos, 1950; Parlett, The Symmetric Eigenvalue Problem, 1998, ch. 13.
    """
    basis = (start / start.norm())[None]  # (k, P), orthonormal rows
    images = torch.empty_like(basis[:0])  # (k, P), H times each
    for _ in range(min(max_steps, len(start))):
        image = product(basis[-1])
        images = torch.cat([images, image[None]])
        small = basis @ images.T  # (k, k), H as these directions see it
        values, vectors = torch.linalg.eigh((small + small.T) / 2)
        best = int(values.abs().argmax())
        v, eigenvalue = vectors[:, best] @ basis, float(values[best])
        residual = float((vectors[:, best] @ images - eigenvalue * v).norm()) / max(abs(eigenvalue), TINY)
        yield Estimate(eigenvalue, residual, v)
        if residual < tolerance:
            return
        for _ in range(2):
            image = image - (basis @ image) @ basis
        basis = torch.cat([basis, image[None] / image.norm().clamp(min=TINY)])
