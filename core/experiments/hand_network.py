"""A network small enough to follow by hand: three inputs, three hidden neurons, one output; every number has a name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from core.activations import ACTIVATIONS
from core.forward import Layer, Neuron, work_out
from core.validation import require_choice, require_integer, require_number

WIDTH = 3  # inputs, and hidden neurons
INPUTS = (0.6, 0.4, 0.2)
TARGET = 1.0
LOW, HIGH = -1.0, 1.0  # what a weight or a bias may be
STAGES = {"neuron": "Neuron", "layer": "Layer", "network": "Network"}


@dataclass(frozen=True)
class HandNetwork:
    """The weights and biases, from −1 to 1, and the hidden activation; raises `ValueError` when one is out of range."""

    hidden: tuple[float, ...] = (0.5, -0.3, 0.8, -0.6, 0.9, 0.2, 0.2, 0.4, -0.7)  # three weights a neuron
    hidden_bias: tuple[float, ...] = (0.1, 0.0, -0.2)
    output: tuple[float, ...] = (0.9, -0.4, 0.6)
    output_bias: tuple[float, ...] = (0.1,)
    activation: str = "sigmoid"

    def __post_init__(self) -> None:
        sizes = {"hidden": WIDTH**2, "hidden_bias": WIDTH, "output": WIDTH, "output_bias": 1}
        for field, size in sizes.items():
            numbers = getattr(self, field)
            require_integer(f"how many numbers {field} has", len(numbers), size, size)
            for number in numbers:
                require_number(field, number, LOW, HIGH)
        require_choice("activation", self.activation, ACTIVATIONS)

    def layers(self, stage: str) -> list[Layer]:
        """Return the layers of a stage: the first neuron, the hidden layer, or that and a sigmoid ŷ, a probability.

        Raises `ValueError` when there is no such stage.
        """
        require_choice("stage", stage, STAGES)
        neurons = 1 if stage == "neuron" else WIDTH
        rows = tuple(self.hidden[k * WIDTH : (k + 1) * WIDTH] for k in range(neurons))
        hidden = Layer(rows, self.hidden_bias[:neurons], self.activation)
        return [hidden] if stage != "network" else [hidden, Layer((self.output,), self.output_bias, "sigmoid")]

    def with_weight(self, edge: str, value: float) -> "HandNetwork":
        """Return the network with one weight or bias changed; raises `ValueError` when there is no such edge."""
        found = next((known for known in edges("network") if known.name == edge), None)
        if found is None:
            raise ValueError(f"there is no edge {edge!r}")
        field = ("hidden", "output")[found.layer] + ("_bias" if found.row is None else "")
        index = found.neuron if found.row is None else found.neuron * WIDTH + found.row
        numbers = getattr(self, field)
        change: dict[str, Any] = {field: (*numbers[:index], value, *numbers[index + 1 :])}
        return replace(self, **change)


@dataclass(frozen=True)
class Edge:
    """One weight: its layer, the input it reads (`None`: it is a bias) and the neuron it belongs to."""

    layer: int
    row: int | None
    neuron: int
    start: str | None
    end: str

    @property
    def name(self) -> str:
        """The edge's name, such as x1-h2, or b-h2 for a bias."""
        return f"{self.start or 'b'}-{self.end}"


def neuron_names(stage: str) -> list[list[str]]:
    """Return the names in each column of a stage, the inputs first; raises `ValueError` when there is no such stage."""
    require_choice("stage", stage, STAGES)
    hidden = [f"h{k + 1}" for k in range(1 if stage == "neuron" else WIDTH)]
    return [[f"x{k + 1}" for k in range(WIDTH)], hidden, *([["y"]] if stage == "network" else [])]


def answering(stage: str) -> str | None:
    """Return the neuron whose output is held against the target; a layer of three has none."""
    return {"neuron": "h1", "layer": None, "network": "y"}[stage]


def edges(stage: str) -> Iterator[Edge]:
    """Yield every weight and every bias of a stage, neuron by neuron."""
    names = neuron_names(stage)
    for layer, (sources, neurons) in enumerate(pairwise(names)):
        for neuron, end in enumerate(neurons):
            for row, start in enumerate(sources):
                yield Edge(layer, row, neuron, start, end)
            yield Edge(layer, None, neuron, None, end)


def neurons(network: HandNetwork, inputs: tuple[float, ...], stage: str) -> dict[str, Neuron]:
    """Return every neuron of a stage by name, worked out."""
    worked = work_out(inputs, network.layers(stage))
    names = neuron_names(stage)[1:]
    return {name: done for row, layer in zip(names, worked, strict=True) for name, done in zip(row, layer, strict=True)}


def values(network: HandNetwork, inputs: tuple[float, ...], stage: str) -> dict[str, float]:
    """Return every number of a stage by name: w: weight and p: product of an edge, s: sum and a: output of a neuron.

    gap: is the target minus ŷ.
    """
    named = {f"a:x{k + 1}": value for k, value in enumerate(inputs)}
    done = neurons(network, inputs, stage)
    for name, neuron in done.items():
        named |= {f"s:{name}": neuron.z, f"a:{name}": neuron.output}
    for edge in edges(stage):
        if edge.row is None:
            named[f"w:{edge.name}"] = done[edge.end].bias
        else:
            term = done[edge.end].terms[edge.row]
            named |= {f"w:{edge.name}": term.weight, f"p:{edge.name}": term.product}
    answer = answering(stage)
    return named | ({f"gap:{answer}": TARGET - done[answer].output} if answer else {})
