"""Why gradients add up over a batch and over calls of backward, and what forward must keep for the way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.model import CLASSES, PIXELS


@dataclass(frozen=True)
class Example:
    """One example of the model y = w·x with squared error: its loss, and its own share of the gradient."""

    x: float
    target: float
    loss: float  # (w x − t)²
    gradient: float  # 2 (w x − t) x


@dataclass(frozen=True)
class BatchGradient:
    """The examples one by one, and what torch has in w.grad after one backward through the sum of their losses."""

    examples: tuple[Example, ...]
    batch: float
    one_by_one: float  # w.grad after a backward for each example, never set to zero in between


def batch_gradient(w: float, xs: Sequence[float], targets: Sequence[float]) -> BatchGradient:
    """Return the gradient of Σ (w x − t)² in w: from the whole batch at once, and from its examples one by one."""
    examples = []
    for one, target in zip(xs, targets, strict=True):
        gap = w * one - target
        examples.append(Example(one, target, gap**2, 2 * gap * one))
    x, t = torch.tensor(xs, dtype=torch.float64), torch.tensor(targets, dtype=torch.float64)
    leaf = torch.tensor(w, dtype=torch.float64).requires_grad_()
    ((leaf * x - t) ** 2).sum().backward()  # type: ignore[no-untyped-call]
    again = torch.tensor(w, dtype=torch.float64).requires_grad_()
    for number, target in zip(xs, targets, strict=True):
        ((again * number - target) ** 2).backward()  # type: ignore[no-untyped-call]
    return BatchGradient(tuple(examples), _grad(leaf), _grad(again))


def _grad(leaf: Tensor) -> float:
    return leaf.grad.item() if leaf.grad is not None else 0.0


def repeated_backward(x: float, times: int) -> float:
    """Return x.grad after `times` calls of backward on x², never set to zero in between."""
    xt = torch.tensor(x, dtype=torch.float64).requires_grad_()
    for _ in range(times):
        (xt**2).backward()  # type: ignore[no-untyped-call]
    return _grad(xt)


@dataclass(frozen=True)
class Kept:
    """One tensor that torch kept for the way back: which one it is, its shape and its size in bytes."""

    name: str
    shape: tuple[int, ...]
    size: int


def kept_by_forward(compute: Callable[[], dict[str, Tensor]]) -> list[Kept]:
    """Return what torch's autograd really keeps while `compute` runs, each tensor once.

    `compute` returns its tensors by name; what has none there is called "inside".
    """
    packed: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        """Keep the numbers, not the tensor with its graph: a graph that holds its own result is never let go."""
        return packed.setdefault(tensor.data_ptr(), tensor.detach())

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        names = {tensor.data_ptr(): name for name, tensor in compute().items()}
    return [
        Kept(names.get(place, "inside"), tuple(tensor.shape), tensor.numel() * tensor.element_size())
        for place, tensor in packed.items()
    ]


def layers_on_batch(batch: int) -> dict[str, Tensor]:
    """Return every tensor of a 784-128-10 network with ReLU and cross-entropy on `batch` rows of zeros, float32."""
    x, y = torch.zeros(batch, PIXELS), torch.zeros(batch, dtype=torch.long)
    W1, W2 = torch.zeros(PIXELS, 128, requires_grad=True), torch.zeros(128, CLASSES, requires_grad=True)
    b1, b2 = torch.zeros(128, requires_grad=True), torch.zeros(CLASSES, requires_grad=True)
    z1 = x @ W1 + b1  # (B, 784) @ (784, 128) + (128,) → (B, 128)
    a1 = z1.relu()
    q = a1 @ W2 + b2  # (B, 128) @ (128, 10) + (10,) → (B, 10)
    log_p = q.log_softmax(1)
    loss = torch.nn.functional.nll_loss(log_p, y)
    return {
        "x": x,
        "W1": W1,
        "b1": b1,
        "z1": z1,
        "a1": a1,
        "W2": W2,
        "b2": b2,
        "q": q,
        "log p": log_p,
        "y": y,
        "L": loss,
    }
