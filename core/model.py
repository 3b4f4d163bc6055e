"""The network that reads digits: 784 pixels, hidden layers, ten logits."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from core.activations import ACTIVATIONS, TRAINABLE
from core.files import write_atomically
from core.initialization import initial_weights
from core.paths import ASSETS
from core.validation import require_choice, require_integer, require_number

SHIPPED_MODEL = ASSETS / "models" / "digits.safetensors"
PIXELS = 28 * 28
CLASSES = 10
MAX_HIDDEN_LAYERS = 4
MAX_WIDTH = 1024
MAX_DROPOUT = 0.9
REMEDY = "Run “make model” to train it again."


class ModelError(RuntimeError):
    """A model file is missing or is not one of ours; the message says what to do."""


@dataclass(frozen=True)
class ModelConfig:
    """The shape of a network; raises `ValueError` when a setting is out of range."""

    hidden: tuple[int, ...] = (128,)  # neurons in each hidden layer
    activation: str = "relu"
    dropout: float = 0.0  # share of hidden neurons that are off in a training step

    def __post_init__(self) -> None:
        require_integer("number of hidden layers", len(self.hidden), 0, MAX_HIDDEN_LAYERS)
        for width in self.hidden:
            require_integer("neurons in a hidden layer", width, 1, MAX_WIDTH)
        require_choice("activation", self.activation, TRAINABLE)
        require_number("dropout", self.dropout, 0, MAX_DROPOUT)

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons in every layer, input and output included: 784, …, 10."""
        return (PIXELS, *self.hidden, CLASSES)

    @property
    def parameters(self) -> int:
        """Number of weights and biases: Σ (fan_in + 1) · fan_out."""
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.widths))


class Dropout(nn.Module):
    """In training, set a random share `p` of the inputs to 0 and divide the rest by 1 − p. Srivastava et al., 2014."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.generator: torch.Generator | None = None  # set by `train`, so that a seed decides which neurons are off

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` with dropout in training mode, `x` itself otherwise; same shape."""
        if not self.training or self.p == 0:
            return x
        keep = torch.rand(x.shape, generator=self.generator) >= self.p
        return x * keep / (1 - self.p)


class MLP(nn.Module):
    """A multilayer perceptron: a = f(Wx + b) in each hidden layer, logits = Wa + b at the end."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.activation = ACTIVATIONS[config.activation].function
        self.dropout = Dropout(config.dropout)
        self.layers = nn.ModuleList(nn.Linear(fan_in, fan_out) for fan_in, fan_out in pairwise(config.widths))

    @property
    def linears(self) -> list[nn.Linear]:
        """The layers, first to last: weight (fan_out, fan_in) and bias (fan_out,) each."""
        return [cast(nn.Linear, layer) for layer in self.layers]

    @property
    def weight_matrices(self) -> list[Tensor]:
        """The weights of each layer, (fan_out, fan_in)."""
        return [layer.weight for layer in self.linears]

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (B, 10) of images (B, 784) with values from 0 to 1."""
        *hidden, output = self.layers
        for layer in hidden:
            x = self.dropout(self.activation(layer(x)))  # (B, width)
        return cast(Tensor, output(x))  # (B, 10)


def build_model(config: ModelConfig, generator: torch.Generator) -> MLP:
    """Return a network with weights from N(0, gain² / fan_in) and biases 0; the generator's seed decides them."""
    model = MLP(config)
    gain = ACTIVATIONS[config.activation].gain
    *hidden, output = model.linears
    with torch.no_grad():
        for layer, layer_gain in [(layer, gain) for layer in hidden] + [(output, 1.0)]:
            fan_in, weight = layer.in_features, layer.weight
            weight.copy_(initial_weights(weight.shape, fan_in, layer_gain, generator, weight.dtype))
            layer.bias.zero_()
    return model


def predict(model: nn.Module, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probabilities softmax(logits), float32 (n, 10), for images float32 (n, 28, 28) from 0 to 1.

    Raises `ValueError` when the images have another shape.
    """
    images = np.asarray(images, np.float32)
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(f"images have shape {images.shape}; it must be (n, 28, 28)")
    model.eval()
    with torch.inference_mode():
        logits = model(torch.from_numpy(np.ascontiguousarray(images)).flatten(1))  # (n, 10)
        return cast(NDArray[np.float32], logits.softmax(1).numpy())


def model_bytes(model: MLP) -> bytes:
    """Return the network as a safetensors file: its weights, and its shape in the header."""
    config = model.config
    header = {
        "hidden": ",".join(map(str, config.hidden)),
        "activation": config.activation,
        "dropout": str(config.dropout),
    }
    return save({name: tensor.detach().contiguous() for name, tensor in model.state_dict().items()}, header)


def save_model(model: MLP, path: Path) -> None:
    """Write the network to `path` as safetensors, whole or not at all."""
    write_atomically(path, model_bytes(model))


def load_model(path: Path | None = None) -> MLP:
    """Return the network in a safetensors file, or the shipped one; raises `ModelError` with the remedy.

    Nothing in the file is executed: names, shapes and the header are checked, then numbers are copied.
    """
    path = path or SHIPPED_MODEL
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        model = MLP(_config_in(header))
        if _shapes(weights) != _shapes(model.state_dict()):
            raise ValueError("its weights do not have the shapes that its header promises")
        model.load_state_dict(weights)
    except FileNotFoundError:
        raise ModelError(f"The model {path.name} is missing. {REMEDY}") from None
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"The model {path.name} cannot be used: {error}. {REMEDY}") from None
    return model.eval()


def _config_in(header: dict[str, str]) -> ModelConfig:
    """Return the shape in a file's header; raises `ValueError` when it is not one of ours."""
    try:
        hidden = tuple(int(width) for width in header["hidden"].split(",") if width)
        return ModelConfig(hidden, header["activation"], float(header["dropout"]))
    except (KeyError, ValueError):
        raise ValueError("its header is not that of a network that reads digits") from None


def _shapes(weights: dict[str, Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in weights.items()}
