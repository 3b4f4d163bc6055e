"""The forward pass, written out: every product, every sum, every bias, every activation."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.activations import ACTIVATIONS
from core.validation import require_choice
from core.words import equals_sign, in_brackets, number_text

MAX_WIDTH = 16  # neurons in a layer that a reader can still follow


@dataclass(frozen=True)
class Term:
    """One edge: input · weight = product."""

    input: float
    weight: float
    product: float


@dataclass(frozen=True)
class Neuron:
    """One neuron: z = Σ w·x + b, then a = f(z)."""

    terms: tuple[Term, ...]
    weighted_sum: float  # Σ w·x
    bias: float
    z: float  # weighted_sum + bias
    output: float  # f(z)

    @property
    def text(self) -> str:
        """The sum written out: 0.6·0.5 + 0.4·(−0.2) + 0.1 = 0.32."""
        return sum_text(self.terms, self.bias, self.z)


@dataclass(frozen=True)
class Layer:
    """One layer of a small network: a row of weights and one bias for each neuron, and the activation's name."""

    weights: tuple[tuple[float, ...], ...]  # (neurons, inputs)
    biases: tuple[float, ...]  # (neurons,)
    activation: str = "sigmoid"

    def __post_init__(self) -> None:
        require_choice("activation", self.activation, ACTIVATIONS)
        rows = {len(row) for row in self.weights}
        if (
            len(rows) != 1
            or len(self.biases) != len(self.weights)
            or not 1 <= max(*rows, len(self.biases)) <= MAX_WIDTH
        ):
            raise ValueError(
                f"the layer has rows of {sorted(rows)} weights and {len(self.biases)} biases; every neuron needs one "
                f"row of the same length and one bias, at most {MAX_WIDTH} of each"
            )


def work_out(inputs: Sequence[float], layers: Sequence[Layer]) -> tuple[tuple[Neuron, ...], ...]:
    """Return every neuron of every layer for one example; raises `ValueError` when a layer does not fit its inputs."""
    worked = []
    x = tuple(float(value) for value in inputs)
    for layer in layers:
        if len(layer.weights[0]) != len(x):
            raise ValueError(f"a layer has {len(layer.weights[0])} weights a neuron; it gets {len(x)} inputs")
        neurons = tuple(
            work_out_neuron(x, row, bias, layer.activation)
            for row, bias in zip(layer.weights, layer.biases, strict=True)
        )
        worked.append(neurons)
        x = tuple(neuron.output for neuron in neurons)
    return tuple(worked)


def work_out_neuron(x: Sequence[float], weights: Sequence[float], bias: float, activation: str) -> Neuron:
    """Return one neuron: products w·x, their sum, the sum with the bias, and the activation of that."""
    terms = tuple(Term(value, weight, value * weight) for value, weight in zip(x, weights, strict=True))
    weighted_sum = sum(term.product for term in terms)
    z = weighted_sum + bias
    output = ACTIVATIONS[activation].function(torch.tensor(z, dtype=torch.float64)).item()
    return Neuron(terms, weighted_sum, bias, z, output)


@dataclass(frozen=True)
class Cell:
    """One cell of x @ W + b: row of x times column of W, product by product."""

    terms: tuple[Term, ...]
    bias: float
    value: float

    @property
    def text(self) -> str:
        """The sum written out."""
        return sum_text(self.terms, self.bias, self.value)


def matmul_cells(x: Tensor, weights: Tensor, bias: Tensor) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells (n, m) of x @ W + b for x (n, k), W (k, m), b (m,); raises `ValueError` when shapes clash."""
    if x.ndim != 2 or weights.ndim != 2 or x.shape[1] != weights.shape[0] or bias.shape != weights.shape[1:]:
        raise ValueError(
            f"x is {tuple(x.shape)}, W is {tuple(weights.shape)}, b is {tuple(bias.shape)}; "
            "the columns of x must match the rows of W, and b the columns of W"
        )
    rows, columns = x.tolist(), weights.T.tolist()
    return tuple(tuple(_cell(row, column, float(b)) for column, b in zip(columns, bias, strict=True)) for row in rows)


def _cell(row: Sequence[float], column: Sequence[float], bias: float) -> Cell:
    terms = tuple(Term(x, w, x * w) for x, w in zip(row, column, strict=True))
    return Cell(terms, bias, sum(term.product for term in terms) + bias)


def sum_text(terms: Sequence[Term], bias: float, total: float) -> str:
    """Return a weighted sum written out: 0.6·0.5 + 0.4·(−0.2) + 0.1 = 0.32."""
    products = [f"{number_text(term.input, places=3)}·{_factor(term.weight)}" for term in terms]
    sign = "−" if bias < 0 else "+"
    equals = equals_sign(*(number for term in terms for number in (term.input, term.weight)), bias, total, places=3)
    return f"{' + '.join(products)} {sign} {number_text(abs(bias), places=3)} {equals} {number_text(total, places=3)}"


def _factor(number: float) -> str:
    return in_brackets(number_text(number, places=3))
