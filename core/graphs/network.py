"""The table of a small network: a box a neuron with its sum and its activation, a line a weight."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.autograd import Value, topological_order
from core.graphs.chains import Links, Path, above, all_paths, count_paths, named_links, written_out
from core.graphs.layout import label_spots
from core.graphs.network_steps import Boxes, NetworkScript
from core.graphs.table import Chain, Edge, GraphTable, Node
from core.value_network import Network, weight_name


def network_table(network: Network) -> GraphTable:
    """Return the table: a neuron a step forward; back, first a neuron's own slope, then one weight a step.

    Call after `network.loss.backward()`.
    """
    nodes, boxes = _nodes(network)
    edges = _edges(network, boxes, nodes)
    lines = {edge.name or name: f"e{number}" for number, (name, edge) in enumerate(edges.items())}
    script = NetworkScript(network, boxes, lines)
    turn = script.forward()
    script.backward()
    return GraphTable(
        tuple(nodes),
        tuple(edges.values()),
        *script.written(),
        turn,
        _chains(network, boxes, lines, tuple(edges.values())),
        (len(network.layers) + 1, max(network.spec.sizes)),
    )


@dataclass(frozen=True)
class NetworkPaths:
    """The names of a network's values, and how they are linked."""

    names: dict[Value, str]
    links: Links

    def of(self, weight: Value) -> list[Path]:
        """Return every path from a weight to the loss."""
        return all_paths(weight, self.links)


def network_paths(network: Network) -> NetworkPaths:
    """Return the links between the values that have a name; what lies between a logit and the loss is one link."""
    names = {value: value.name for value in topological_order(network.loss) if value.name and value.requires_grad}
    return NetworkPaths(names, named_links(network.loss, names))


def _nodes(network: Network) -> tuple[list[Node], Boxes]:
    """Return the boxes, layer by layer, and which box each sum and activation stands in."""
    tallest = max(network.spec.sizes)
    nodes: list[Node] = []
    boxes: Boxes = {}
    for layer, column in enumerate(network.layers):
        for row, value in enumerate(column):
            place = (float(layer), row + (tallest - len(column)) / 2)
            z = network.sums[layer - 1][row] if layer else value
            boxes[value] = boxes[z] = f"n{len(nodes)}"
            cells = (z.name, value.name if z is not value else f"p{row + 1}") if layer else ("",)
            nodes.append(Node("" if layer else value.name, cells, "operation" if layer else "input", place))
    boxes[network.loss] = f"n{len(nodes)}"
    title = "L = −ln p" if len(network.layers[-1]) > 1 else "L = (a − t)²"
    nodes.append(Node(title, ("",), "result", (float(len(network.layers)), (tallest - 1) / 2)))
    return nodes, boxes


def _edges(network: Network, boxes: Boxes, nodes: list[Node]) -> dict[str, Edge]:
    """Return a line a weight under the weight's name, and a line from each output to the loss under the output's.

    A weight's gradient is drawn as a share of the weights' steepest, an output's as a share of the outputs'.
    """
    weights, outputs = network.weights.values(), network.layers[-1]
    largest = max(abs(value.data) for value in weights)
    steepest, top = (max(abs(value.grad) for value in values) for values in (weights, outputs))
    edges = {}

    def line(start: Value, end: Value, name: str, size: float, pull: float) -> Edge:
        ends = int(boxes[start][1:]), int(boxes[end][1:])
        route = tuple(nodes[node].place for node in ends)
        return Edge(*ends, route, name, _share(size, largest), pull)

    for layer, sums in enumerate(network.sums, 1):
        for to, z in enumerate(sums, 1):
            for source, a in enumerate(network.layers[layer - 1], 1):
                name = weight_name(layer, to, source)
                weight = network.weights[name]
                edges[name] = line(a, z, name, abs(weight.data), _share(weight.grad, steepest))
    for output in outputs:
        edges[output.name] = line(output, network.loss, "", largest / 2, _share(output.grad, top))
    spots = label_spots([(edge.route[0], edge.route[-1]) for edge in edges.values()])
    return {name: replace(edge, label=spot) for (name, edge), spot in zip(edges.items(), spots, strict=True)}


def _share(part: float, whole: float) -> float:
    """Return part / whole, from −1 to 1; 0 when one of them is 0 or no number."""
    return part / whole if 0 < abs(part) <= whole else 0.0


def _chains(network: Network, boxes: Boxes, lines: Mapping[str, str], edges: tuple[Edge, ...]) -> dict[str, Chain]:
    """Return the chain of every weight, by its line or for a bias by its name, and of every box's input, z or loss."""
    known = network_paths(network)
    counts = count_paths(network.loss, known.links)
    leaves = {lines.get(name, name): value for name, value in network.weights.items()}
    leaves |= {boxes[value]: value for value in (*network.layers[0], *sum(network.sums, ()), network.loss)}
    found = {}
    for owner, leaf in leaves.items():
        lit = dict.fromkeys(boxes[value] for value in above(leaf, known.links) if value in boxes)
        between = [f"e{i}" for i, edge in enumerate(edges) if f"n{edge.start}" in lit and f"n{edge.end}" in lit]
        text = written_out(network.loss, leaf, known.names, known.links, counts[leaf])
        found[owner] = Chain(tuple(dict.fromkeys((owner, *lit, *between))), text)
    return found
