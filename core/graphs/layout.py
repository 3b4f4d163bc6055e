"""Where the nodes of a graph stand: in layers from left to right, ordered so that few edges cross.

The method is the layered drawing of Sugiyama, Tagawa and Toda, 1981: layers, order, coordinates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[int, int]  # from, to
Point = tuple[float, float]  # layer, row
SWEEPS = 8
ASIDE = 0.35  # of a crossing edge: where its label stands, nearer to where it comes from


@dataclass(frozen=True)
class Layout:
    """A place for each node, and for each edge the points it runs through, both ends included."""

    points: tuple[Point, ...]
    routes: tuple[tuple[Point, ...], ...]

    @property
    def size(self) -> Point:
        """How many layers and rows it takes."""
        return 1 + max(x for x, _ in self.points), 1 + max(y for route in (self.points, *self.routes) for _, y in route)


def layered(count: int, edges: Sequence[Edge], layers: Sequence[int] | None = None) -> Layout:
    """Return the layout of nodes 0 … count − 1; every edge leads from a lower to a higher number, else `ValueError`.

    A node stands one layer right of the last node it is made from, one without any stands close to its first use.
    """
    if any(not 0 <= start < end < count for start, end in edges):
        raise ValueError(f"every edge must lead from a lower to a higher of the {count} nodes")
    ranks = list(layers) if layers is not None else assign_layers(count, edges)
    chains: list[list[int]] = []
    for start, end in edges:  # an edge that skips layers runs through one bend a layer, numbered on from the nodes
        bends = range(len(ranks), len(ranks) + ranks[end] - ranks[start] - 1)
        ranks.extend(range(ranks[start] + 1, ranks[end]))
        chains.append([start, *bends, end])
    links = [(a, b) for chain in chains for a, b in pairwise(chain)]
    rows = _rows(order_layers(ranks, links), links)
    points = [(float(rank), row) for rank, row in zip(ranks, rows, strict=True)]
    return Layout(tuple(points[:count]), tuple(tuple(points[node] for node in chain) for chain in chains))


def assign_layers(count: int, edges: Sequence[Edge]) -> list[int]:
    """Return each node's layer: the longest way to it, and for a node made from nothing just left of its first use."""
    layers = [0] * count
    for start, end in sorted(edges, key=lambda edge: edge[1]):
        layers[end] = max(layers[end], layers[start] + 1)
    made = {end for _, end in edges}
    for node in set(range(count)) - made:
        layers[node] = min((layers[end] for start, end in edges if start == node), default=1) - 1
    return layers


def order_layers(ranks: Sequence[int], links: Sequence[Edge]) -> list[list[int]]:
    """Return the nodes of each layer from top to bottom: near the mean of its neighbours, fewest crossings."""
    layers: list[list[int]] = [[] for _ in range(max(ranks) + 1)]
    for node, rank in enumerate(ranks):
        layers[rank].append(node)
    best, fewest = [list(layer) for layer in layers], crossings(layers, links)
    neighbours = _neighbours(len(ranks), links)
    for sweep in range(SWEEPS):
        way = range(1, len(layers)) if sweep % 2 == 0 else range(len(layers) - 2, -1, -1)
        place = {node: float(row) for layer in layers for row, node in enumerate(layer)}
        for rank in way:
            side = neighbours[sweep % 2]
            layers[rank].sort(key=lambda node: _mean([place[other] for other in side[node]], place[node]))
            place.update({node: float(row) for row, node in enumerate(layers[rank])})
        now = crossings(layers, links)
        if now < fewest:
            best, fewest = [list(layer) for layer in layers], now
    return best


def crossings(layers: Sequence[Sequence[int]], links: Sequence[Edge]) -> int:
    """Return how many pairs of links between the same two layers cross."""
    place = {node: (rank, row) for rank, layer in enumerate(layers) for row, node in enumerate(layer)}
    by_rank: dict[int, list[Edge]] = {}
    for start, end in links:
        by_rank.setdefault(place[start][0], []).append((place[start][1], place[end][1]))
    count = 0
    for pairs in by_rank.values():
        ends = [end for _, end in sorted(pairs)]
        count += sum(ends[i] > ends[j] for j in range(len(ends)) for i in range(j))
    return count


@dataclass(frozen=True)
class LabelSpot:
    """Where an edge's label stands: at which share of the way along it, and above (−1), on (0) or below (1) it."""

    share: float = 0.5
    side: int = 0


def label_spots(ends: Sequence[tuple[Point, Point]]) -> list[LabelSpot]:
    """Return a spot for the label of each straight edge, from one layer to the next, so that crossing ones stay apart.

    A crossing edge is labelled before the crossing; an edge that crosses none and runs along those that do, outside.
    """
    spots = []
    for start, end in ends:
        beside = [other for other in ends if other[0][0] == start[0]]
        if any((start[1] - a[1]) * (end[1] - b[1]) < 0 for a, b in beside):
            spots.append(LabelSpot(ASIDE, 0))
            continue
        crossing = [(a, b) for a, b in beside if any((a[1] - c[1]) * (b[1] - d[1]) < 0 for c, d in beside)]
        above = all(start[1] <= a[1] and end[1] <= b[1] for a, b in crossing)
        spots.append(LabelSpot(0.5, 0 if not crossing else -1 if above else 1))
    return spots


def _neighbours(count: int, links: Sequence[Edge]) -> tuple[list[list[int]], list[list[int]]]:
    """Return each node's neighbours on the left, and on the right."""
    left: list[list[int]] = [[] for _ in range(count)]
    right: list[list[int]] = [[] for _ in range(count)]
    for start, end in links:
        left[end].append(start)
        right[start].append(end)
    return left, right


def _mean(numbers: Sequence[float], default: float) -> float:
    return sum(numbers) / len(numbers) if numbers else default


def _rows(layers: Sequence[Sequence[int]], links: Sequence[Edge]) -> list[float]:
    """Return each node's row: near the mean of its neighbours, a row apart at least, in the layer's order.

    It sweeps to the left and to the right in turn and ends on the right, so that a node stands level with its parents.
    """
    rows = [0.0] * sum(len(layer) for layer in layers)
    for layer in layers:
        for place, node in enumerate(layer):
            rows[node] = place - len(layer) / 2
    left, right = _neighbours(len(rows), links)
    for sweep in range(2 * SWEEPS):
        near, far = (left, right) if sweep % 2 else (right, left)
        for layer in layers if sweep % 2 else reversed(layers):
            wishes = [_mean([rows[other] for other in near[node] or far[node]], rows[node]) for node in layer]
            for node, row in zip(layer, spread(wishes), strict=True):
                rows[node] = row
    top = min(rows)
    return [round(row - top, 3) for row in rows]


def spread(wishes: Sequence[float]) -> list[float]:
    """Return the rows nearest to the wishes, in least squares, that keep the order and stand at least 1 apart."""
    groups: list[tuple[float, int]] = []  # mean and size of neighbours that touch: pooling adjacent violators
    for index, wish in enumerate(wishes):
        mean, size = wish - index, 1
        while groups and groups[-1][0] >= mean:
            before, others = groups.pop()
            mean = (mean * size + before * others) / (size + others)
            size += others
        groups.append((mean, size))
    flat = [mean for mean, size in groups for _ in range(size)]
    return [row + index for index, row in enumerate(flat)]
