"""Slopes by torch's autograd, also where a formula does not depend on its variable."""

import torch
from torch import Tensor


def slopes_of(result: Tensor, *variables: Tensor) -> list[Tensor]:
    """Return ∂(Σ result)/∂variable in the shape of each variable; 0 for one on which the result does not depend."""
    if not result.requires_grad:  # a constant: flat everywhere
        return [torch.zeros_like(variable) for variable in variables]
    return list(torch.autograd.grad(result.sum(), variables, materialize_grads=True))
