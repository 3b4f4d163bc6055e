"""The numbers of the hand network while one weight moves: tables that a browser can follow a hand with."""

import torch
from torch import Tensor

from core.activations import ACTIVATIONS
from core.experiments.hand_network import HIGH, LOW, TARGET, WIDTH, Edge, HandNetwork, answering, edges
from core.forward import Layer

SAMPLES = 41
STEP = (HIGH - LOW) / (SAMPLES - 1)  # between two samples of a weight


def tables(network: HandNetwork, inputs: tuple[float, ...], stage: str) -> dict[str, dict[str, list[float]]]:
    """Return for each edge every number that moves with its weight, at 41 weights from −1 to 1 (2 on a line)."""
    moving = list(edges(stage))
    sampled = _named_samples(network, inputs, stage, moving)
    return {edge.name: _moving_numbers(edge, index, sampled) for index, edge in enumerate(moving)}


def _named_samples(
    network: HandNetwork, inputs: tuple[float, ...], stage: str, moving: list[Edge]
) -> dict[str, Tensor]:
    """Return products, sums and outputs by name, each (edges, samples): all passes at once, in float64."""
    x = torch.tensor(inputs, dtype=torch.float64).expand(len(moving), SAMPLES, WIDTH)
    named: dict[str, Tensor] = {}
    for depth, layer in enumerate(network.layers(stage)):
        weights, biases = _sampled_weights(layer, depth, moving)
        products = weights * x[:, :, None, :]  # (edges, samples, neurons, inputs)
        sums = products.sum(-1) + biases  # (edges, samples, neurons)
        x = ACTIVATIONS[layer.activation].function(sums)
        for edge in moving:
            if edge.layer == depth and edge.row is not None:
                named[f"p:{edge.name}"] = products[:, :, edge.neuron, edge.row]
            elif edge.layer == depth:
                named |= {f"s:{edge.end}": sums[..., edge.neuron], f"a:{edge.end}": x[..., edge.neuron]}
    answer = answering(stage)
    return named | ({f"gap:{answer}": TARGET - named[f"a:{answer}"]} if answer else {})


def _sampled_weights(layer: Layer, depth: int, moving: list[Edge]) -> tuple[Tensor, Tensor]:
    """Return weights (edges, samples, neurons, inputs) and biases (edges, samples, neurons), its own sampled."""
    shape, samples = (len(moving), SAMPLES), torch.linspace(LOW, HIGH, SAMPLES, dtype=torch.float64)
    weights = torch.tensor(layer.weights, dtype=torch.float64).repeat(*shape, 1, 1)
    biases = torch.tensor(layer.biases, dtype=torch.float64).repeat(*shape, 1)
    for index, edge in enumerate(moving):
        if edge.layer == depth and edge.row is None:
            biases[index, :, edge.neuron] = samples
        elif edge.layer == depth:
            weights[index, :, edge.neuron, edge.row] = samples
    return weights, biases


def _moving_numbers(edge: Edge, index: int, sampled: dict[str, Tensor]) -> dict[str, list[float]]:
    straight = (f"p:{edge.name}", f"s:{edge.end}")
    columns = {name: numbers[index] for name, numbers in sampled.items()}
    return {
        name: [round(number, 6) for number in (column[[0, -1]] if name in straight else column).tolist()]
        for name, column in columns.items()
        if float(column.max() - column.min()) > 0
    }
