"""A real network small enough to look at, 784-16-16-10 trained on MNIST: what each layer makes of a digit."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from core.data import Digits
from core.model import MLP, PIXELS, ModelConfig, build_model, load_model, save_model
from core.paths import ASSETS
from core.training import TrainConfig, train
from core.validation import require_integer

SMALL_READER = ASSETS / "models" / "small_reader.safetensors"
CONFIG = ModelConfig((16, 16))
TRAINING = TrainConfig(epochs=5, batch_size=128, learning_rate=0.006, seed=0)


@lru_cache(maxsize=1)
def small_reader() -> MLP:
    """Return the shipped 784-16-16-10 network; raises `core.model.ModelError` with the remedy. Do not change it."""
    return load_model(SMALL_READER)


def train_small_reader(digits: Digits) -> MLP:
    """Return the network trained from its seed, a few seconds' work: the same weights each time."""
    model = build_model(CONFIG, torch.Generator().manual_seed(TRAINING.seed))
    for _ in train(model, digits, TRAINING):
        pass
    return model.eval()


def build_small_reader(digits: Digits) -> None:
    """Train the network and write it to its place in the project."""
    save_model(train_small_reader(digits), SMALL_READER)


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network makes of one image, layer by layer."""

    inputs: Tensor  # (784,) pixels from 0 to 1
    sums: tuple[Tensor, ...]  # z of each layer, (16,), (16,), (10,); the last one is the logits
    activations: tuple[Tensor, ...]  # a of each hidden layer, (16,), (16,)
    probabilities: Tensor  # (10,)

    @property
    def guess(self) -> int:
        """The digit with the highest probability."""
        return int(self.probabilities.argmax())


@torch.inference_mode()
def read_image(model: MLP, image: Tensor) -> Reading:
    """Return every layer's sums and activations for one image, 784 pixels from 0 to 1 in any shape, in float64.

    Raises `ValueError` when it has another number of pixels.
    """
    if image.numel() != PIXELS:
        raise ValueError(f"the image has {image.numel()} pixels; it must have {PIXELS}")
    x = inputs = image.reshape(PIXELS).double()
    sums, activations = [], []
    for layer in model.linears:
        z = layer.weight.double() @ x + layer.bias.double()
        x = model.activation(z)
        sums.append(z)
        activations.append(x)
    return Reading(inputs, tuple(sums), tuple(activations[:-1]), sums[-1].softmax(0))


@dataclass(frozen=True)
class Term:
    """One input's share of a neuron's sum."""

    index: int  # of the input
    input: float
    weight: float
    product: float  # input · weight


@dataclass(frozen=True, eq=False)
class HiddenNeuron:
    """One neuron and what feeds it most: in the first layer, its weights are an image and its inputs pixels."""

    weights: Tensor  # (inputs,), or (28, 28) in the first layer
    bias: float
    z: float
    strongest: tuple[Term, ...]  # largest |product| first


@torch.inference_mode()
def look_at_neuron(model: MLP, reading: Reading, layer: int, neuron: int, strongest: int = 10) -> HiddenNeuron:
    """Return a neuron of a layer (0 is the first after the pixels) with its strongest inputs on this image.

    Raises `ValueError` when there is no such neuron.
    """
    require_integer("layer", layer, 0, len(model.layers) - 1)
    weights = model.linears[layer].weight.double()  # (neurons, inputs)
    require_integer("neuron", neuron, 0, len(weights) - 1)
    x = reading.inputs if layer == 0 else reading.activations[layer - 1]
    row = weights[neuron]
    products = row * x
    order = products.abs().argsort(descending=True)[: max(0, strongest)].tolist()
    found = tuple(Term(i, float(x[i]), float(row[i]), float(products[i])) for i in order)
    bias = float(model.linears[layer].bias[neuron])
    shaped = row.reshape(28, 28) if layer == 0 else row
    return HiddenNeuron(shaped, bias, float(reading.sums[layer][neuron]), found)
