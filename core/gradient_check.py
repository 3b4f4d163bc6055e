"""Every gradient of a graph twice more: by torch's autograd and by a finite difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.activations import ACTIVATIONS
from core.autograd import Value, topological_order
from core.numeric import relative_error
from core.operations import OPERATIONS
from core.slopes import slopes_of
from core.value_network import Network, NetworkSpec, bias_name, layer_name, neuron_name, weight_name

Array = NDArray[np.float64]

ROUNDING = float(np.finfo(np.float64).eps)
TOLERANCES = 1e-6, 1e-4  # relative: against autograd, against a finite difference
SWALLOWED = 1e-14  # autograd rounds as we do, but p − 1 near p = 1 keeps no digits below this
STEADY = 0.1  # of a slope, by which the next nudge may change it
RUNGS = 24  # nudges of each kind that are tried for each value


@dataclass(frozen=True)
class Errors:
    """How far a gradient, of a number or a matrix, is from torch's autograd and from a central finite difference."""

    name: str
    autograd_error: float  # relative
    difference_error: float  # relative

    @property
    def passed(self) -> tuple[bool, bool]:
        """Whether the gradient equals autograd's to 1e−6 and the finite difference to 1e−4."""
        return self.autograd_error <= TOLERANCES[0], self.difference_error <= TOLERANCES[1]


@dataclass(frozen=True)
class Difference:
    """A central finite difference with the nudge that suits its value best, and how wrong rounding may make it."""

    slope: float
    doubt: float


@dataclass(frozen=True)
class Check(Errors):
    """One gradient three times: by our engine, by torch's autograd, by a central finite difference."""

    gradient: float
    autograd: float
    difference: float
    doubt: float  # how far the difference itself may be from the slope

    @property
    def lost(self) -> tuple[bool, bool]:
        """Whether a witness that does not confirm the gradient cannot deny it either, for rounding swallows it."""
        by_torch = abs(self.gradient - self.autograd) <= SWALLOWED
        by_nudge = self.doubt > TOLERANCES[1] * max(abs(self.gradient), abs(self.difference))
        return by_torch and not self.passed[0], by_nudge and not self.passed[1]


def compare(name: str, gradient: float, autograd: float, difference: Difference) -> Check:
    """Return the check of a gradient against both witnesses."""
    errors = relative_error(gradient, autograd), relative_error(gradient, difference.slope)
    return Check(name, *errors, gradient, autograd, difference.slope, difference.doubt)


def check_graph(root: Value, named: Mapping[str, Value], autograd: Mapping[str, float]) -> list[Check]:
    """Return both checks of the gradient of each named value below `root`, with autograd's by the same names.

    Call after `root.backward()`.
    """
    differences = nudge_each(root, list(named.values()))
    pairs = zip(named.items(), differences, strict=True)
    return [compare(name, value.grad, autograd[name], nudged) for (name, value), nudged in pairs]


def nudges_for(value: float, result: float) -> Array:
    """Return the nudges to try (R,), the first a tenth of the value or of 1.

    They suit a formula that bends at the scale of 1, one that bends at the scale of a small value, and one whose huge
    result only a large nudge can move.
    """
    size = max(1.0, abs(value))
    near_zero = max(abs(value), 1e-290) if value else 1.0
    ladders = (0.1 * size, 1e-14 * size), (0.1 * near_zero, 1e-8 * near_zero), (1e-9 * abs(result), 0.1 * size)
    rungs = np.linspace(0, 1, RUNGS)
    return np.concatenate([largest * (smallest / largest) ** rungs for largest, smallest in ladders if largest])


@np.errstate(all="ignore")  # a nudge may leave where a formula is defined; the difference is then no number
def nudge_each(root: Value, values: Sequence[Value]) -> list[Difference]:
    """Return (L(v + h) − L(v − h)) / 2h for each of K values below the result L, also for one that forward computes.

    Forward runs once more on arrays (2, R, K): column k has value k moved by +h and by −h, for R nudges h.
    """
    h = np.array([nudges_for(value.data, root.data) for value in values]).T  # (R, K)
    column = {value: k for k, value in enumerate(values)}
    moved: dict[Value, Array] = {}
    size, width = np.zeros_like(h), h.copy()
    for value in topological_order(root):
        arguments = [moved[parent] for parent in value.parents]
        number = OPERATIONS[value.op].value(*arguments) if value.op else value.data
        moved[value] = np.full((2, *h.shape), number)
        if value in column:
            k = column[value]
            moved[value][:, :, k] += h[:, k], -h[:, k]
            width[:, k] = moved[value][0, :, k] - moved[value][1, :, k]  # 2h as it was rounded
        size = np.maximum(size, abs(moved[value]).max(0))
    up, down = moved[root]
    slopes, rounding, moves = (up - down) / width, ROUNDING * size / h, abs(up - root.data)
    return [steadiest(h[:, k], slopes[:, k], rounding[:, k], moves[:, k]) for k in range(len(values))]


def steadiest(h: Array, slopes: Array, rounding: Array, moves: Array) -> Difference:
    """Return the slope that the next nudge changes least, of those for R nudges h.

    `rounding` (R,) is what each may be wrong by, `moves` (R,) how far each has moved the result. Where steady slopes
    disagree, those like the one of the smallest nudge count: x + 1/x near 0 looks to a large nudge like x alone. When
    none is steady, the first stands, in endless doubt.
    """
    doubt = abs(np.diff(slopes)) + rounding[:-1]
    share = np.where(doubt > 0, doubt / abs(slopes[:-1]), doubt)  # of the slope: a wave looks flat to a large nudge
    steady = share < STEADY
    nearest = slopes[np.argmin(np.where(steady, h[:-1], np.inf))]
    alike = steady & (abs(slopes[:-1] - nearest) <= STEADY * abs(nearest) + doubt)
    best = np.argmin(np.where(alike, share, np.inf))
    flat = not slopes.any() and moves.min() <= 0.5 * moves.max()  # as far for each nudge: what bends lies below all
    sure = steady.any() or flat
    return Difference(float(slopes[best]), float(doubt[best]) if sure else np.inf)


def graph_by_torch(root: Value, named: Mapping[str, Value]) -> dict[str, float]:
    """Return ∂root/∂value of each named value, from the same graph built of torch's tensors and its autograd."""
    tensors: dict[Value, Tensor] = {}
    for value in topological_order(root):
        arguments = [tensors[parent] for parent in value.parents]
        leaf = torch.tensor(value.data, dtype=torch.float64, requires_grad=value.requires_grad)
        tensors[value] = OPERATIONS[value.op].tensor(*arguments) if value.op else leaf
    gradients = slopes_of(tensors[root], *(tensors[value] for value in named.values()))
    return {name: gradient.item() for name, gradient in zip(named, gradients, strict=True)}


def check_gradients(network: Network) -> list[Check]:
    """Return both checks of every weight, bias, input, sum and output of a network, with its torch twin's gradients.

    Call after `network.loss.backward()`.
    """
    weights = {name: value.data for name, value in network.weights.items()}
    return check_graph(network.loss, network.named, torch_gradients(network.spec, weights))


def torch_gradients(spec: NetworkSpec, weights: Mapping[str, float]) -> dict[str, float]:
    """Return the gradient of all that has a name, from the same network built of torch's own matrices."""
    leaves = {name: torch.tensor(number, dtype=torch.float64).requires_grad_() for name, number in weights.items()}
    activation = ACTIVATIONS[spec.activation].function
    x = torch.tensor(spec.inputs, dtype=torch.float64).requires_grad_()
    vectors = {"x": x}  # by the letters of their names
    for layer in range(1, len(spec.sizes)):
        rows = range(1, spec.sizes[layer] + 1)
        matrix = [[leaves[weight_name(layer, to, s)] for s in range(1, spec.sizes[layer - 1] + 1)] for to in rows]
        W = torch.stack([torch.stack(row) for row in matrix])  # (fan_out, fan_in)
        x = W @ x + torch.stack([leaves[bias_name(layer, to)] for to in rows])
        vectors[layer_name("z", layer)] = x
        if layer < len(spec.sizes) - 1 or len(x) == 1:
            x = activation(x) if layer < len(spec.sizes) - 1 else torch.sigmoid(x)
            vectors[layer_name("a", layer)] = x
    if len(x) > 1:
        loss = torch.nn.functional.cross_entropy(x, torch.tensor(int(spec.target)))
    else:
        loss = torch.nn.functional.mse_loss(x, torch.tensor([spec.target], dtype=torch.float64))
    gradients = torch.autograd.grad(loss, [*leaves.values(), *vectors.values()])
    found = dict(zip([*leaves, *vectors], gradients, strict=True))
    return {name: found[name].item() for name in leaves} | {
        neuron_name(letter, i): number for letter in vectors for i, number in enumerate(found[letter].tolist(), 1)
    }
