"""Backpropagation at matrix size: cross-entropy(softmax(x W + b)), what forward keeps, how backward uses it."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Cache:
    """What forward computed; backward needs x, W, p and y again, so forward keeps them."""

    x: Tensor  # (N, D)
    W: Tensor  # (D, K)
    b: Tensor  # (K,)
    y: Tensor  # (N,) the right class of each example
    xW: Tensor  # (N, K)
    q: Tensor  # (N, K) logits: xW + b
    p: Tensor  # (N, K) probabilities: softmax of each row
    losses: Tensor  # (N,) −ln p[right class]
    loss: Tensor  # () their mean


@dataclass(frozen=True, eq=False)
class Gradients:
    """The gradient of the loss in everything, each in the shape of what it belongs to."""

    dq: Tensor  # (N, K)
    dW: Tensor  # (D, K)
    db: Tensor  # (K,)
    dx: Tensor  # (N, D)


def forward(x: Tensor, W: Tensor, b: Tensor, y: Tensor) -> Cache:
    """Return every stage of the mean cross-entropy of softmax(x W + b), float64; raises `ValueError` on bad shapes."""
    if x.ndim != 2 or W.ndim != 2 or x.shape[1] != W.shape[0] or b.shape != W.shape[1:] or y.shape != x.shape[:1]:
        shapes = ", ".join(f"{name} is {tuple(t.shape)}" for name, t in {"x": x, "W": W, "b": b, "y": y}.items())
        raise ValueError(f"{shapes}; they must be (N, D), (D, K), (K,) and (N,)")
    if len(y) == 0 or not 0 <= int(y.min()) <= int(y.max()) < W.shape[1]:
        raise ValueError(f"the classes are {y.tolist()}; each must be a whole number from 0 to {W.shape[1] - 1}")
    x, W, b = x.detach().double(), W.detach().double(), b.detach().double()
    xW = x @ W  # (N, D) @ (D, K) → (N, K)
    q = xW + b  # b is added to each row
    log_p = q - q.logsumexp(1, keepdim=True)
    losses = -log_p[torch.arange(len(y)), y]
    return Cache(x, W, b, y, xW, q, log_p.exp(), losses, losses.mean())


def backward(cache: Cache) -> Gradients:
    """Return dq = (p − y) / N, dW = xᵀ dq, db = Σ dq over the batch, and dx = dq Wᵀ."""
    n = len(cache.y)
    dq = cache.p.clone()  # a copy: the cache must stay what forward computed
    dq[torch.arange(n), cache.y] -= 1
    dq /= n  # the loss is a mean over the batch
    dW = cache.x.T @ dq  # (D, N) @ (N, K) → (D, K)
    db = dq.sum(0)  # b went to every row, so its gradients add up
    dx = dq @ cache.W.T  # (N, K) @ (K, D) → (N, D)
    return Gradients(dq, dW, db, dx)


def gradient_step(cache: Cache, learning_rate: float) -> Cache:
    """Return forward once more, after W ← W − η dW and b ← b − η db."""
    gradients = backward(cache)
    W, b = cache.W - learning_rate * gradients.dW, cache.b - learning_rate * gradients.db
    return forward(cache.x, W, b, cache.y)


def by_autograd(cache: Cache) -> Gradients:
    """Return the same gradients as torch's autograd finds them, to check ours by."""
    x, W, b = (t.clone().requires_grad_() for t in (cache.x, cache.W, cache.b))
    q = x @ W + b
    loss = torch.nn.functional.cross_entropy(q, cache.y)
    dq, dW, db, dx = torch.autograd.grad(loss, (q, W, b, x))
    return Gradients(dq, dW, db, dx)
