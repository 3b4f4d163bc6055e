"""A network of single numbers: small enough that every weight has a name and every gradient can be followed."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from core.autograd import Value, operate
from core.once import made_once
from core.randomness import MAX_SEED
from core.validation import require_choice, require_integer, require_number
from core.words import subscript, superscript

MAX_WIDTH = 6
MAX_LAYERS = 4
CORNER = 1e-3  # a nudge of 1e−5 on a weight moves a sum by up to 1e−5 times its input, a few layers on
LARGEST = 10.0  # input or target
HIDDEN = ("tanh", "sigmoid", "relu")  # names in core.operations.OPERATIONS


def weight_name(layer: int, to: int, source: int) -> str:
    """Return the name of the weight from neuron `source` to neuron `to` of a layer, all counted from 1: w¹₂₃."""
    return layer_name("w", layer) + subscript(f"{to}{source}")


def bias_name(layer: int, to: int) -> str:
    """Return the name of the bias of neuron `to` of a layer, counted from 1: b¹₂."""
    return neuron_name(layer_name("b", layer), to)


def layer_name(letter: str, layer: int) -> str:
    """Return what a layer's names begin with, counted from 1: z¹ for its sums."""
    return letter + superscript(str(layer))


def neuron_name(letters: str, neuron: int) -> str:
    """Return the name of one neuron's number, counted from 1: x₂, or z¹₂ in a layer."""
    return letters + subscript(str(neuron))


def starting_weights(sizes: Sequence[int], seed: int) -> dict[str, float]:
    """Return every weight and bias by name: weights from N(0, 1 / inputs), rounded to two decimals, biases 0."""
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for layer in range(1, len(sizes)):
        fan_in, fan_out = sizes[layer - 1], sizes[layer]
        drawn = torch.randn(fan_out, fan_in, generator=generator, dtype=torch.float64) / fan_in**0.5
        for to in range(1, fan_out + 1):
            for source in range(1, fan_in + 1):
                weights[weight_name(layer, to, source)] = round(drawn[to - 1, source - 1].item(), 2)
            weights[bias_name(layer, to)] = 0.0
    return weights


@dataclass(frozen=True)
class NetworkSpec:
    """A small network, one example for it, and where its weights start; raises `ValueError` when out of range.

    One output is a sigmoid with squared error, several are a softmax with cross-entropy on the target's class.
    """

    sizes: tuple[int, ...] = (2, 2, 1)  # neurons in each layer, inputs first
    activation: str = "tanh"  # of the hidden layers
    inputs: tuple[float, ...] = (0.6, -0.4)
    target: float = 1.0  # with one output; with several, the number of the right class
    seed: int = 0

    def __post_init__(self) -> None:
        require_integer("number of layers", len(self.sizes), 2, MAX_LAYERS)
        for size in self.sizes:
            require_integer("neurons in a layer", size, 1, MAX_WIDTH)
        require_choice("activation", self.activation, HIDDEN)
        require_integer("number of inputs", len(self.inputs), self.sizes[0], self.sizes[0])
        for number in self.inputs:
            require_number("input", number, -LARGEST, LARGEST)
        if self.sizes[-1] > 1:
            require_integer("class", self.target, 0, self.sizes[-1] - 1)
        require_number("target", self.target, -LARGEST, LARGEST)
        require_integer("seed", self.seed, 0, MAX_SEED)


SPECS: dict[str, NetworkSpec] = {
    "2-2-1": NetworkSpec(),
    "3-4-3-2": NetworkSpec((3, 4, 3, 2), "tanh", (0.6, 0.4, 0.2), 1),
}


@dataclass(frozen=True, eq=False)
class Network:
    """A network after forward: every value in it can be walked through, from the loss back to each weight."""

    spec: NetworkSpec
    weights: dict[str, Value]  # by name
    layers: tuple[tuple[Value, ...], ...]  # inputs, hidden outputs, …, last the outputs (logits when there are several)
    sums: tuple[tuple[Value, ...], ...]  # z of each layer after the inputs
    loss: Value

    @property
    def named(self) -> dict[str, Value]:
        """All that has a gradient to look at, by name: weights and biases, then inputs, sums and outputs by layer."""
        neurons = [*self.layers[0]]
        for z, a in zip(self.sums, self.layers[1:], strict=True):
            neurons += [*z, *(value for value in a if value not in z)]
        return self.weights | {value.name: value for value in neurons}

    @property
    def predictions(self) -> tuple[float, ...]:
        """The probability of each class, softmax of the logits; or the one output."""
        outputs = torch.tensor([value.data for value in self.layers[-1]], dtype=torch.float64)
        return tuple((outputs.softmax(0) if len(outputs) > 1 else outputs).tolist())

    @property
    def on_corner(self) -> bool:
        """Whether a ReLU stands so near its corner that a nudge crosses it, where a finite difference is no slope."""
        hidden = [z.data for layer in self.sums[:-1] for z in layer]
        return self.spec.activation == "relu" and any(abs(z) < CORNER for z in hidden)


def build_network(spec: NetworkSpec, weights: dict[str, float] | None = None) -> Network:
    """Return the network after forward, gradients not yet computed; `weights` by name replace the spec's own."""
    numbers = weights or starting_weights(spec.sizes, spec.seed)
    named = {name: Value(number, name) for name, number in numbers.items()}
    layers = [tuple(Value(x, neuron_name("x", i)) for i, x in enumerate(spec.inputs, 1))]
    sums = []
    for layer in range(1, len(spec.sizes)):
        z = tuple(_sum(named, layers[-1], layer, to) for to in range(1, spec.sizes[layer] + 1))
        sums.append(z)
        last = layer == len(spec.sizes) - 1
        op = "" if last and len(z) > 1 else "sigmoid" if last else spec.activation
        layers.append(tuple(_named(operate(op, value), "a", layer, i) if op else value for i, value in enumerate(z, 1)))
    loss = _softmax_loss(layers[-1], spec) if len(layers[-1]) > 1 else _squared_loss(layers[-1], spec)
    loss.name = "L"
    return Network(spec, named, tuple(layers), tuple(sums), loss)


def _sum(named: dict[str, Value], inputs: Sequence[Value], layer: int, to: int) -> Value:
    """Return z = Σ w·x + b of one neuron."""
    z = named[weight_name(layer, to, 1)] * inputs[0]
    for source, x in enumerate(inputs[1:], 2):
        z = z + named[weight_name(layer, to, source)] * x
    return _named(z + named[bias_name(layer, to)], "z", layer, to)


def _named(value: Value, letter: str, layer: int, neuron: int) -> Value:
    value.name = neuron_name(layer_name(letter, layer), neuron)
    return value


def _squared_loss(outputs: Sequence[Value], spec: NetworkSpec) -> Value:
    return (outputs[0] - spec.target) ** 2


def _softmax_loss(logits: Sequence[Value], spec: NetworkSpec) -> Value:
    """Return L = ln Σ e^z − z of the right class: two paths to that logit, with the slopes p and −1."""
    top = max(z.data for z in logits)
    if abs(top) > 100:  # take a constant off every logit, so that no exponential overflows; L stays the same
        logits = [z - top for z in logits]
    exponentials = [operate("exp", z) for z in logits]
    total = exponentials[0]
    for exponential in exponentials[1:]:
        total = total + exponential
    return operate("log", total) - logits[int(spec.target)]


def step_network(network: Network, learning_rate: float) -> Network:
    """Return the network after w ← w − η ∂L/∂w for every weight, forward done; call after `network.loss.backward()`.

    Raises `ValueError` when the learning rate is not from 0 to 1000.
    """
    require_number("learning rate", learning_rate, 0, 1000)
    return build_network(
        network.spec, {name: value.data - learning_rate * value.grad for name, value in network.weights.items()}
    )


@dataclass(frozen=True)
class Stop:
    """Where a network stands after some steps: its weights, by name in the order they have, and its loss."""

    weights: tuple[tuple[str, float], ...]
    loss: float


@made_once(maxsize=64)
def trained(spec: NetworkSpec, learning_rate: float, steps: int) -> tuple[Stop, ...]:
    """Return where a network stands at its start and after each of `steps` steps; numbers alone, so they can be kept.

    Raises `ValueError` when the learning rate is out of range.
    """
    if steps == 0:
        return (_stop(build_network(spec)),)
    before = trained(spec, learning_rate, steps - 1)
    network = build_network(spec, dict(before[-1].weights))
    network.loss.backward()
    return (*before, _stop(step_network(network, learning_rate)))


def _stop(network: Network) -> Stop:
    return Stop(tuple((name, value.data) for name, value in network.weights.items()), network.loss.data)
