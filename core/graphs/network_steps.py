"""The steps through a small network: a neuron at a time forward, an edge at a time back, each with its numbers."""

from collections.abc import Mapping

from core.autograd import Value
from core.graphs.table import Script
from core.graphs.words import factors, partial, terms, worked_out
from core.value_network import Network, bias_name, weight_name
from core.words import equals_sign, equals_text, in_brackets, mark_text, number_text

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
            self.write(self.boxes[x], "value", mark_text(x.data, BOX_DIGITS))
        for name, weight in network.weights.items():
            if name in self.lines:
                self.write(self.lines[name], "slope", f"{name} {equals_text(weight.data, BOX_DIGITS)}")
        for layer in range(1, len(network.layers)):
            for to in range(1, len(network.sums[layer - 1]) + 1):
                self._neuron(layer, to)
        self._loss()
        return self.turn()

    def _neuron(self, layer: int, to: int) -> None:
        network = self.network
        z, a = network.sums[layer - 1][to - 1], network.layers[layer][to - 1]
        names = [weight_name(layer, to, source) for source in range(1, len(network.layers[layer - 1]) + 1)]
        bias = network.weights[bias_name(layer, to)].data
        weights = [network.weights[name].data for name in names]
        inputs = [below.data for below in network.layers[layer - 1]]
        products = " + ".join(factors(pair) for pair in zip(weights, inputs, strict=True))
        calculation = products + terms([0, bias])[1:]
        text = f"Forward: {z.name} {worked_out(calculation, [*weights, *inputs, bias], z.data)}"
        if a is not z:
            text += f", and {a.name} {worked_out(f'{a.op}({number_text(z.data)})', [z.data], a.data)}"
        self.step(f"{text}.", self.boxes[z], *(self.lines[name] for name in names))
        self.write(self.boxes[z], "value", mark_text(z.data, BOX_DIGITS))
        if a is not z:
            self.write(self.boxes[z], "value", mark_text(a.data, BOX_DIGITS), cell=1)

    def _loss(self) -> None:
        network, target = self.network, self.network.spec.target
        outputs = network.layers[-1]
        if len(outputs) > 1:
            p, numbers = network.predictions, [network.predictions[int(target)]]
            rule = f"p = softmax of the sums, and L = −ln p{int(target) + 1}"
            calculation = f"−ln {number_text(numbers[0])}"
        else:
            p, numbers = (), [outputs[0].data, -target]
            rule, calculation = "L = (a − t)²", f"({terms(numbers)})²"
        lines = [self.lines[output.name] for output in outputs]
        done = worked_out(calculation, numbers, network.loss.data)
        self.step(f"Forward: {rule} {done}.", self.boxes[network.loss], *lines)
        for output, share in zip(outputs, p, strict=False):
            self.write(self.boxes[output], "value", mark_text(share, BOX_DIGITS), cell=1)
        self.write(self.boxes[network.loss], "value", mark_text(network.loss.data, BOX_DIGITS))

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
            right = f"− 1 {worked_out(f'{number_text(p)} − 1', [p], output.grad)}"
            text = f"p{index + 1} {right if index == target else equals_text(output.grad)}."
            text += f" It is the gradient of b{output.name[1:]}, too."
        else:
            numbers = [output.data, -target]
            text = f"2 (a − t) {worked_out(f'2 · ({terms(numbers)})', numbers, output.grad)}."
        self.step(f"Backward: {name} = {text}", self.lines[output.name], self.boxes[output])
        self.write(self.lines[output.name], "gradient", mark_text(output.grad, BOX_DIGITS))
        self.write(
            self.boxes[output],
            "gradient",
            mark_text(output.grad, BOX_DIGITS),
            cell=int(output not in self.network.sums[-1]),
        )

    def _through_activation(self, z: Value, a: Value, bias: str) -> None:
        numbers = [a.grad, a.slopes[0]]
        rule = f"{partial('L', z.name)} = {partial('L', a.name)} · {partial(a.name, z.name)}"
        done = worked_out(factors(numbers), numbers, z.grad)
        self.step(f"Backward: {rule} {done}. It is the gradient of {bias}, too.", self.boxes[z])
        self.write(self.boxes[z], "gradient", mark_text(z.grad, BOX_DIGITS))

    def _through_weight(self, z: Value, name: str, below: Value) -> None:
        """Write the step of one weight: its own gradient, and the share that goes on to the neuron before it."""
        weight, shares = self.network.weights[name], self.arrived.setdefault(below, [])
        shares.append(z.grad * weight.data)
        numbers, total = [z.grad, below.data], sum(shares)
        text = f"Backward: {partial('L', name)} = {partial('L', z.name)} · {below.name}"
        text += f" {worked_out(factors(numbers), numbers, weight.grad)}. On to {below.name}: "
        passed = f"{in_brackets(number_text(z.grad))} · {name}"
        text += f"{passed} {equals_sign(z.grad, shares[-1])} {number_text(shares[-1])}"
        adds = f", which adds up to {terms(shares)} {equals_sign(*shares, total)} {number_text(total)}"
        text += "." if len(shares) == 1 else f"{adds}."
        self.step(text, self.lines[name], self.boxes[below])
        self.write(self.lines[name], "gradient", mark_text(weight.grad, BOX_DIGITS))
        self.write(self.boxes[below], "gradient", mark_text(sum(shares), BOX_DIGITS), cell=int(bool(below.parents)))
