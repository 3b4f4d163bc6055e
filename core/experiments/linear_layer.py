"""One linear layer at a size that fits on a page: four binary features in, two classes out."""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.forward import Cell, matmul_cells
from core.randomness import SMALL_SEED
from core.validation import require_integer

FEATURES, CLASSES = 4, 2
ROWS = ((1.0, 1.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), (1.0, 0.0, 1.0, 0.0))  # a batch of four


def normal_weights(seed: int) -> tuple[Tensor, Tensor]:
    """Return weights (4, 2) from a standard normal and a bias of zeros (2,), float64; the seed decides them.

    Raises `ValueError` when the seed is out of range.
    """
    require_integer("seed", seed, 0, SMALL_SEED)
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(FEATURES, CLASSES, generator=generator, dtype=torch.float64), torch.zeros(CLASSES).double()


def linear_cells(rows: Sequence[Sequence[float]], weights: Tensor, bias: Tensor) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells (n, 2) of xW + b for rows (n, 4): n rows in, n rows out, each row worked out on its own."""
    return matmul_cells(torch.tensor(rows, dtype=torch.float64), weights, bias)
