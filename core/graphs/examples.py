"""Two graphs to begin with: L = 3x² + 2, a chain, and L = a·x + x², a fork."""

import torch

from core.autograd import Value


def square_graph(x: float) -> Value:
    """Return L = 3x² + 2 as n = x², m = 3n, L = m + 2."""
    leaf = Value(x, "x")
    n = leaf**2
    m = 3 * n
    n.name, m.name = "n", "m"
    return m + 2


def fork_graph(x: float, a: float) -> Value:
    """Return L = a·x + x² as u = a·x, v = x², L = u + v: x is used twice, so two shares come back to it, a and 2x."""
    leaf = Value(x, "x")
    u, v = a * leaf, leaf**2
    u.name, v.name = "u", "v"
    return u + v


def fork_by_torch(x: float, a: float) -> float:
    """Return ∂L/∂x of L = a·x + x² by torch's autograd."""
    leaf = torch.tensor(x, dtype=torch.float64).requires_grad_()
    return torch.autograd.grad(a * leaf + leaf**2, leaf)[0].item()
