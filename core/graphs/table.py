"""A computation graph as a table to draw: nodes, edges, what is written on them at each step, and every chain."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.graphs.layout import LabelSpot, Point


@dataclass(frozen=True)
class Node:
    """A box: its heading, the name of each number in it, and where it stands in layers and rows."""

    title: str
    cells: tuple[str, ...]
    kind: str  # input, operation or result
    place: Point


@dataclass(frozen=True)
class Edge:
    """A line between two boxes, from and to a node; `name` is what can be picked on it, a weight, or empty."""

    start: int
    end: int
    route: tuple[Point, ...]
    name: str = ""
    strength: float = 0.0  # 0 … 1, how thick
    pull: float = 0.0  # −1 … 1, its gradient beside the largest of its kind: colour and width once backward crossed it
    label: LabelSpot = field(default_factory=LabelSpot)  # where its slope and its gradient are written


@dataclass
class Slot:
    """A text on a node's cell or on an edge: from each step on, what stands there."""

    owner: str  # n0, n1, … or e0, e1, …
    cell: int
    role: str  # value, gradient or slope
    changes: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """One position of the play head: a sentence, and the nodes and edges it is about."""

    text: str
    lit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chain:
    """What leads from a node or edge to the result, and the products of slopes along it, written out."""

    lit: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class GraphTable:
    """All that a drawing needs; the last forward step is number `turn`, after it the gradient comes back."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    slots: tuple[Slot, ...]
    steps: tuple[Step, ...]
    turn: int
    chains: Mapping[str, Chain]
    size: Point


class Script:
    """Collects the steps, and what each of them writes where."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.slots: dict[tuple[str, int, str], Slot] = {}

    def step(self, text: str, *lit: str) -> None:
        """Start the next step."""
        self.steps.append(Step(text, lit))

    def written(self) -> tuple[tuple[Slot, ...], tuple[Step, ...]]:
        """Return all slots and all steps, as a table has them."""
        return tuple(self.slots.values()), tuple(self.steps)

    def turn(self, then: str = "Now step on: the gradient comes back.") -> int:
        """End forward: say what comes next, and return the number of the last forward step."""
        last = self.steps[-1]
        self.steps[-1] = replace(last, text=f"{last.text} {then}".strip())
        return len(self.steps) - 1

    def write(self, owner: str, role: str, text: str, cell: int = 0) -> None:
        """Write a text that stands from the current step on."""
        slot = self.slots.setdefault((owner, cell, role), Slot(owner, cell, role))
        slot.changes.append((max(len(self.steps) - 1, 0), text))
