"""How steeply a loss bends: λmax, the largest eigenvalue of its Hessian; the learning rate's limit is 2/λmax."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]  # v (P,) → H v (P,)


def hessian_vector_product(loss: Callable[[Tensor], Tensor], weights: Tensor) -> Product:
    """Return the function v ↦ H v = ∂(∂L/∂w · v)/∂w, without ever building H, (P, P). Pearlmutter, 1994."""
    w = weights.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(w), w, create_graph=True)

    def product(v: Tensor) -> Tensor:
        (result,) = torch.autograd.grad(gradient, w, v, retain_graph=True)
        return result

    return product


@dataclass(frozen=True)
class PowerStep:
    """One multiplication by the Hessian, and what is known after it."""

    step: int
    eigenvalue: float  # v · H v, the curvature along v
    change: float  # relative, since the step before; 1 in the first


def power_iteration(
    product: Product, size: int, seed: int = 0, tolerance: float = 1e-5, max_steps: int = 100
) -> Iterator[PowerStep]:
    """Multiply a random vector by H again and again: it turns to the eigenvector of the largest |λ|.

    Yields after each multiplication and ends when the eigenvalue changes by less than `tolerance`, relatively.
    """
    v = torch.randn(size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    v /= v.norm()
    before = 0.0
    for step in range(1, max_steps + 1):
        hv = product(v)
        eigenvalue = float(v @ hv)
        change = abs(eigenvalue - before) / max(abs(eigenvalue), 1e-30) if step > 1 else 1.0
        yield PowerStep(step, eigenvalue, change)
        if change < tolerance:
            return
        before = eigenvalue
        v = hv / hv.norm().clamp(min=1e-30)
