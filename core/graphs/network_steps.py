"""The steps through a small network: a neuron at a time forward, an edge at a time back, each with its numbers."""

from collections.abc import Mapping

from core.autograd import Value
from core.graphs.table import Script
from core.graphs.words import factors, partial, terms
from core.value_network import Network, bias_name, weight_name
from core.words import in_brackets, number_text

BOX_DIGITS = 3  # two numbers stand side by side in a neuron's box, and labels close together between boxes

Boxes = dict[Value, str]  # a sum or an activation → n0, n1, …


class NetworkScript(Script):
    """Writes the steps of one network; `boxes` and `lines` say which box or line each value and weight is."""

    def __init__(self, network: Network, boxes: Boxes, lines: Mapping[str, str]) -> None:
        super().__init__()
        self.network, self.boxes, self.lines = network, boxes, lines
        self.arrived: dict[Value, list[float]] = {}  # the shares that each activation has been sent so far

    def forward(self) -> int:
        """Write the forward steps, and return the last one's number."""
        network = self.network
        self.step("The inputs and the weights are set. Step on to compute the first neuron.")
        for x in network.layers[0]:
            self.write(self.boxes[x], "value", number_text(x.data, BOX_DIGITS))
        for name, weight in network.weights.items():
            if name in self.lines:
                self.write(self.lines[name], "slope", f"{name} = {number_text(weight.data, BOX_DIGITS)}")
        for layer in range(1, len(network.layers)):
            for to in range(1, len(network.sums[layer - 1]) + 1):
                self._neuron(layer, to)
        self._loss()
        return self.turn()

    def _neuron(self, layer: int, to: int) -> None:
        network = self.network
        z, a = network.sums[layer - 1][to - 1], network.layers[layer][to - 1]
        names = [weight_name(layer, to, source) for source in range(1, len(network.layers[layer - 1]) + 1)]
        pairs = zip(names, network.layers[layer - 1], strict=True)
        products = " + ".join(factors([network.weights[name].data, below.data]) for name, below in pairs)
        bias = terms([0, network.weights[bias_name(layer, to)].data])[1:]
        text = f"Forward: {z.name} = {products}{bias} = {number_text(z.data)}"
        text += f", and {a.name} = {a.op}({number_text(z.data)}) = {number_text(a.data)}." if a is not z else "."
        self.step(text, self.boxes[z], *(self.lines[name] for name in names))
        self.write(self.boxes[z], "value", number_text(z.data, BOX_DIGITS))
        if a is not z:
            self.write(self.boxes[z], "value", number_text(a.data, BOX_DIGITS), cell=1)

    def _loss(self) -> None:
        network, target = self.network, self.network.spec.target
        outputs = network.layers[-1]
        if len(outputs) > 1:
            p = network.predictions
            text = f"p = softmax of the sums, and L = −ln p{int(target) + 1} = −ln {number_text(p[int(target)])}"
        else:
            p, text = (), f"L = (a − t)² = ({terms([outputs[0].data, -target])})²"
        lines = [self.lines[output.name] for output in outputs]
        self.step(f"Forward: {text} = {number_text(network.loss.data)}.", self.boxes[network.loss], *lines)
        for output, share in zip(outputs, p, strict=False):
            self.write(self.boxes[output], "value", number_text(share, BOX_DIGITS), cell=1)
        self.write(self.boxes[network.loss], "value", number_text(network.loss.data, BOX_DIGITS))

    def backward(self) -> None:
        """Write the backward steps, from the loss to the first layer's weights."""
        network = self.network
        self.step("Backward starts at the loss: ∂L/∂L = 1.", self.boxes[network.loss])
        self.write(self.boxes[network.loss], "gradient", "1")
        for index, output in enumerate(network.layers[-1]):
            self._from_loss(index, output)
        for layer in range(len(network.layers) - 1, 0, -1):
            for to, z in enumerate(network.sums[layer - 1], 1):
                a = network.layers[layer][to - 1]
                if a is not z:
                    self._through_activation(z, a, bias_name(layer, to))
                for source, below in enumerate(network.layers[layer - 1], 1):
                    self._through_weight(z, weight_name(layer, to, source), below)

    def _from_loss(self, index: int, output: Value) -> None:
        target, name = self.network.spec.target, partial("L", output.name)
        if len(self.network.layers[-1]) > 1:
            p = self.network.predictions[index]
            rule = f"p{index + 1} − 1 = {number_text(p)} − 1" if index == target else f"p{index + 1}"
            text = f"{rule} = {number_text(output.grad)}. It is the gradient of b{output.name[1:]}, too."
        else:
            text = f"2 (a − t) = 2 · ({terms([output.data, -target])}) = {number_text(output.grad)}."
        self.step(f"Backward: {name} = {text}", self.lines[output.name], self.boxes[output])
        self.write(self.lines[output.name], "gradient", number_text(output.grad, BOX_DIGITS))
        self.write(
            self.boxes[output],
            "gradient",
            number_text(output.grad, BOX_DIGITS),
            cell=int(output not in self.network.sums[-1]),
        )

    def _through_activation(self, z: Value, a: Value, bias: str) -> None:
        product = f"{partial('L', a.name)} · {partial(a.name, z.name)} = {factors([a.grad, a.slopes[0]])}"
        text = (
            f"Backward: {partial('L', z.name)} = {product} = {number_text(z.grad)}. It is the gradient of {bias}, too."
        )
        self.step(text, self.boxes[z])
        self.write(self.boxes[z], "gradient", number_text(z.grad, BOX_DIGITS))

    def _through_weight(self, z: Value, name: str, below: Value) -> None:
        """Write the step of one weight: its own gradient, and the share that goes on to the neuron before it."""
        weight, shares = self.network.weights[name], self.arrived.setdefault(below, [])
        shares.append(z.grad * weight.data)
        text = f"Backward: {partial('L', name)} = {partial('L', z.name)} · {below.name}"
        text += f" = {factors([z.grad, below.data])} = {number_text(weight.grad)}. "
        text += f"On to {below.name}: {in_brackets(number_text(z.grad))} · {name} = {number_text(shares[-1])}"
        text += "." if len(shares) == 1 else f", which adds up to {terms(shares)} = {number_text(sum(shares))}."
        self.step(text, self.lines[name], self.boxes[below])
        self.write(self.lines[name], "gradient", number_text(weight.grad, BOX_DIGITS))
        self.write(self.boxes[below], "gradient", number_text(sum(shares), BOX_DIGITS), cell=int(bool(below.parents)))
