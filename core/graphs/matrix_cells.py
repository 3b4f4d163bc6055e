"""A gradient at matrix size, cell by cell: the matrices that go into it, and what each of its cells is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.matrix_graph import Cache, backward
from core.words import equals_sign, in_brackets, number_text

PLACES = 4  # after the point


@dataclass(frozen=True, eq=False)
class Factor:
    """A matrix on the way to a gradient: what stands before it, and which of its cells go into cell (i, j)."""

    name: str
    values: Tensor  # (rows, columns)
    takes: str  # "row" i, "column" j, or "cell" (i, j)
    sign: str = ""


@dataclass(frozen=True, eq=False)
class GradientCells:
    """What a gradient is made of, the gradient itself last, and each of its cells written out."""

    factors: tuple[Factor, ...]
    texts: tuple[tuple[str, ...], ...]  # (rows, columns) of the gradient


def logits_cells(cache: Cache) -> GradientCells:
    """Return dq = (p − y) / N, all of them (N, K)."""
    n, dq = len(cache.y), backward(cache).dq
    y = torch.nn.functional.one_hot(cache.y, cache.p.shape[1]).double()
    factors = (Factor("p", cache.p, "cell", "("), Factor("y", y, "cell", "−"), Factor("dq", dq, "cell", f") ÷ {n} ="))

    def text(i: int, j: int) -> str:
        p, right, gradient = (float(values[i, j]) for values in (cache.p, y, dq))
        return f"({_text(p)} − {right:g}) / {n} {_equals(p, gradient)} {_text(gradient)}"

    return _cells(factors, text)


def weight_cells(cache: Cache) -> GradientCells:
    """Return dW = xᵀ dq: (D, N) · (N, K) → (D, K)."""
    gradients = backward(cache)
    return _product(Factor("xᵀ", cache.x.T, "row"), Factor("dq", gradients.dq, "column", "·"), "dW", gradients.dW)


def bias_cells(cache: Cache) -> GradientCells:
    """Return db = Σ of the rows of dq: (N, K) → (1, K)."""
    gradients = backward(cache)
    db = gradients.db[None]  # (1, K)

    def text(i: int, j: int) -> str:
        column = gradients.dq[:, j].tolist()
        if len(column) == 1:
            return f"{_text(column[0])} = {_text(column[0])}"
        return _sum([in_brackets(_text(value)) for value in column], gradients.dq[:, j], db[i, j])

    return _cells((Factor("dq", gradients.dq, "column", "Σ rows"), Factor("db", db, "cell", "=")), text)


def input_cells(cache: Cache) -> GradientCells:
    """Return dx = dq Wᵀ: (N, K) · (K, D) → (N, D)."""
    gradients = backward(cache)
    return _product(Factor("dq", gradients.dq, "row"), Factor("Wᵀ", cache.W.T, "column", "·"), "dx", gradients.dx)


GRADIENT_CELLS: dict[str, Callable[[Cache], GradientCells]] = {
    "dq": logits_cells,
    "dW": weight_cells,
    "db": bias_cells,
    "dx": input_cells,
}


def _product(left: Factor, right: Factor, name: str, result: Tensor) -> GradientCells:
    def text(i: int, j: int) -> str:
        row, column = left.values[i], right.values[:, j]
        terms = [
            f"{in_brackets(_text(a))}·{in_brackets(_text(b))}"
            for a, b in zip(row.tolist(), column.tolist(), strict=True)
        ]
        return _sum(terms, torch.cat([row, column]), result[i, j])

    return _cells((left, right, Factor(name, result, "cell", "=")), text)


def _cells(factors: tuple[Factor, ...], text: Callable[[int, int], str]) -> GradientCells:
    rows, columns = factors[-1].values.shape
    return GradientCells(factors, tuple(tuple(text(i, j) for j in range(columns)) for i in range(rows)))


def _sum(terms: Sequence[str], numbers: Tensor, total: Tensor) -> str:
    return f"{' + '.join(terms)} {_equals(*numbers.tolist(), total.item())} {_text(total.item())}"


def _text(number: float) -> str:
    return number_text(number, places=PLACES)


def _equals(*numbers: float) -> str:
    return equals_sign(*numbers, places=PLACES)
