"""Every gradient of a graph twice more: by torch's autograd and by a finite difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.activations import ACTIVATIONS
from core.autograd import Value, topological_order
from core.numeric import NUDGE, relative_error
from core.operations import OPERATIONS
from core.slopes import slopes_of
from core.value_network import Network, NetworkSpec, bias_name, layer_name, neuron_name, weight_name

SMALL = 1e-8  # the least size that a gradient counts as beside autograd's


@dataclass(frozen=True)
class Errors:
    """How far a gradient, of a number or a matrix, is from torch's autograd and from a central finite difference."""

    name: str
    autograd_error: float  # relative
    difference_error: float  # relative

    @property
    def passed(self) -> tuple[bool, bool]:
        """Whether the gradient equals autograd's to 1e−6 and the finite difference to 1e−4."""
        return self.autograd_error <= 1e-6, self.difference_error <= 1e-4


@dataclass(frozen=True)
class Check(Errors):
    """One gradient three times: by our engine, by torch's autograd, by a central finite difference.

    In the errors, a gradient below 1e−8 counts as that beside autograd's, for p − 1 keeps few digits near p = 1; one
    below 1e−6 of the loss counts as that beside the difference, for there rounding rules.
    """

    gradient: float
    autograd: float
    difference: float


def compare(name: str, gradient: float, autograd: float, difference: float, loss: float) -> Check:
    """Return the check of a gradient against both witnesses, with the loss at that point."""
    floor = 1e-6 * max(1.0, abs(loss))  # rounding alone makes a difference wrong by about 1e−11 · loss
    errors = relative_error(gradient, autograd, SMALL), relative_error(gradient, difference, floor)
    return Check(name, *errors, gradient, autograd, difference)


def check_graph(root: Value, named: Mapping[str, Value], autograd: Mapping[str, float]) -> list[Check]:
    """Return both checks of the gradient of each named value below `root`, with autograd's by the same names.

    Call after `root.backward()`.
    """
    differences = nudge_each(root, list(named.values()))
    pairs = zip(named.items(), differences, strict=True)
    return [compare(name, value.grad, autograd[name], nudged, root.data) for (name, value), nudged in pairs]


@np.errstate(all="ignore")  # a nudge may leave where a formula is defined; the difference is then no number
def nudge_each(root: Value, values: Sequence[Value]) -> list[float]:
    """Return (L(v + h) − L(v − h)) / 2h for each of K values below the result L, also for one that forward computes.

    Forward runs once more on arrays (2, K): column k is a run in which value k is moved by +h and by −h.
    """
    column = {value: k for k, value in enumerate(values)}
    moved: dict[Value, NDArray[np.float64]] = {}
    for value in topological_order(root):
        arguments = [moved[parent] for parent in value.parents]
        number = OPERATIONS[value.op].value(*arguments) if value.op else value.data
        moved[value] = np.full((2, len(values)), number)
        if value in column:
            moved[value][:, column[value]] += NUDGE, -NUDGE
    up, down = moved[root]
    return [float(difference) for difference in (up - down) / (2 * NUDGE)]


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
