"""Every gradient of a small network twice more: by torch's autograd and by a finite difference."""

from dataclasses import dataclass

import torch

from core.activations import ACTIVATIONS
from core.numeric import central_difference, relative_error
from core.value_network import Network, NetworkSpec, bias_name, build_network, weight_name

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


def check_gradients(network: Network) -> list[Check]:
    """Return both checks of every weight's gradient; call after `network.loss.backward()`."""
    numbers = {name: value.data for name, value in network.weights.items()}
    autograd = torch_gradients(network.spec, numbers)
    checks = []
    for name, value in network.weights.items():

        def loss_at(number: float, name: str = name) -> float:
            return build_network(network.spec, {**numbers, name: number}).loss.data

        difference = central_difference(loss_at, value.data)
        checks.append(compare(name, value.grad, autograd[name], difference, network.loss.data))
    return checks


def torch_gradients(spec: NetworkSpec, weights: dict[str, float]) -> dict[str, float]:
    """Return the gradient of every weight by name, from the same network built of torch's own matrices."""
    leaves = {name: torch.tensor(number, dtype=torch.float64).requires_grad_() for name, number in weights.items()}
    activation = ACTIVATIONS[spec.activation].function
    x = torch.tensor(spec.inputs, dtype=torch.float64)
    for layer in range(1, len(spec.sizes)):
        rows = range(1, spec.sizes[layer] + 1)
        matrix = [[leaves[weight_name(layer, to, s)] for s in range(1, spec.sizes[layer - 1] + 1)] for to in rows]
        W = torch.stack([torch.stack(row) for row in matrix])  # (fan_out, fan_in)
        x = W @ x + torch.stack([leaves[bias_name(layer, to)] for to in rows])
        if layer < len(spec.sizes) - 1:
            x = activation(x)
    if len(x) > 1:
        loss = torch.nn.functional.cross_entropy(x, torch.tensor(int(spec.target)))
    else:
        loss = torch.nn.functional.mse_loss(torch.sigmoid(x), torch.tensor([spec.target], dtype=torch.float64))
    gradients = torch.autograd.grad(loss, list(leaves.values()))
    return {name: gradient.item() for name, gradient in zip(leaves, gradients, strict=True)}
