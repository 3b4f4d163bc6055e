"""A network for points in the plane, its backward pass written out: torch's gradients in a third of autograd's time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from core.activations import Activation
from core.initialization import initial_weights


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer's weights (fan_in, fan_out) and biases (fan_out,), and ∂L/∂ of both: views of the network's vectors."""

    weight: Tensor
    bias: Tensor
    weight_gradient: Tensor
    bias_gradient: Tensor


class PlaneNetwork:
    """f(xW + b) in each hidden layer and xW + b at the end, float64; all parameters are one vector (P,)."""

    def __init__(self, widths: Sequence[int], gain: float, generator: torch.Generator) -> None:
        start = []
        for fan_in, fan_out in pairwise(widths):
            weight = initial_weights((fan_in, fan_out), fan_in, gain, generator)
            start += [weight.flatten(), torch.zeros(fan_out, dtype=torch.float64)]
        self.parameters = torch.cat(start)
        self.gradient = torch.zeros_like(self.parameters)  # ∂L/∂parameters of the last `forward_backward`
        self.layers, place = list[Layer](), 0
        for fan_in, fan_out in pairwise(widths):
            shape, middle, end = (fan_in, fan_out), place + fan_in * fan_out, place + (fan_in + 1) * fan_out
            weight, weight_gradient = (v[place:middle].view(shape) for v in (self.parameters, self.gradient))
            self.layers.append(Layer(weight, self.parameters[middle:end], weight_gradient, self.gradient[middle:end]))
            place = end

    def forward_backward(self, x: Tensor, y: Tensor, activation: Activation) -> list[Tensor]:
        """Go forward and back once: return z = aW + b of each layer, and put ∂L/∂parameters into `gradient`.

        x is (n, 2), y is (n,) of 0 and 1, L the mean log loss of σ(z). Back goes ∂L/∂z, (n, fan_out): at the end it is
        (σ(z) − y) / n; a layer further down it is (∂L/∂z of the next · Wᵀ) f′(z). Then ∂L/∂W = aᵀ ∂L/∂z.
        """
        inputs, sums = [x], [torch.addmm(self.layers[0].bias, x, self.layers[0].weight)]
        for layer in self.layers[1:]:
            inputs.append(activation.function(sums[-1]))
            sums.append(torch.addmm(layer.bias, inputs[-1], layer.weight))
        error = (sums[-1].sigmoid() - y[:, None]) / len(y)
        for index in reversed(range(len(self.layers))):
            layer = self.layers[index]
            torch.mm(inputs[index].T, error, out=layer.weight_gradient)
            torch.sum(error, 0, out=layer.bias_gradient)
            if index > 0:
                error = error @ layer.weight.T * activation.derivative(sums[index - 1])
        return sums


class Adam:
    """Steps of a size that the gradient's own history sets; the constants are those of Kingma and Ba, 2015."""

    def __init__(self, parameters: Tensor, learning_rate: float) -> None:
        self.parameters, self.learning_rate = parameters, learning_rate
        self.mean, self.square = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self.steps = 0

    def step(self, gradient: Tensor) -> None:
        """Move the parameters: m ← 0.9m + 0.1g, v ← 0.999v + 0.001g², w ← w − η m̂ / (√v̂ + 10⁻⁸), m̂ and v̂ unbiased."""
        self.steps += 1
        self.mean.lerp_(gradient, 0.1)
        self.square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        size = (self.square / (1 - 0.999**self.steps)).sqrt_().add_(1e-8)
        self.parameters.addcdiv_(self.mean, size, value=-self.learning_rate / (1 - 0.9**self.steps))
