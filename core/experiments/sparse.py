"""Products with a matrix that is mostly zeros, as images of digits are: four of five pixels need no multiplication."""

import warnings
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """A fixed matrix A (n, m) and its transpose, both as compressed rows: what is not zero, and where it stands."""

    rows: Tensor  # A
    columns: Tensor  # Aᵀ

    @staticmethod
    def of(dense: Tensor) -> "SparseMatrix":
        """Return a dense matrix (n, m) without its zeros."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")  # torch says so once a process
            return SparseMatrix(dense.to_sparse_csr(), dense.T.to_sparse_csr())

    @property
    def T(self) -> "SparseMatrix":  # as torch calls it
        """The transpose, made of the same numbers."""
        return SparseMatrix(self.columns, self.rows)

    def __matmul__(self, dense: Tensor) -> Tensor:
        """Return A B, (n, k), for a dense B (m, k); as often differentiable with respect to B as one likes."""
        return cast(Tensor, _Product.apply(self, dense))  # type: ignore[no-untyped-call]


class _Product(torch.autograd.Function):
    """A B with ∂L/∂B = Aᵀ ∂L/∂(A B), which is such a product again."""

    @staticmethod
    def forward(ctx: Any, matrix: SparseMatrix, dense: Tensor) -> Tensor:
        ctx.matrix = matrix
        return matrix.rows @ dense

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor]:
        return None, ctx.matrix.T @ gradient
