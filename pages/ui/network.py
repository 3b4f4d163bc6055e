"""A network drawn with its numbers: the component `network`, for a few editable weights or for many small neurons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pages.ui.components import mount, reported

Table = Mapping[str, Mapping[str, Sequence[float]]]


@dataclass(frozen=True)
class Node:
    """One neuron: its name among the numbers, its label, its activation's name, and the target it is held against."""

    id: str
    label: str
    input: bool = False
    activation: str = ""
    target: float | None = None
    full: float = 1.0  # the output at which it shines brightest


@dataclass(frozen=True)
class Column:
    """The neurons of one layer and the title above them; centred, or from the first of its rows downwards."""

    title: str
    nodes: tuple[Node, ...]
    rows: int = 0  # leave room for as many
    centred: bool = True


@dataclass(frozen=True)
class Line:
    """One weight from `start` (`None`: a bias) to `end`; without a label it is only drawn, with one it can be moved."""

    id: str
    start: str | None
    end: str
    label: str = ""


@dataclass(frozen=True)
class Picture:
    """What is drawn, and its numbers by name: w: and p: of a line, s:, a: and gap: of a neuron."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    values: Mapping[str, float]
    details: Mapping[str, str]  # each neuron's sum in words
    alt: str
    places: int = 0  # columns to leave room for
    compact: bool = False  # small neurons, no numbers inside
    widest: float = 1.0  # the |weight| of the widest line


@dataclass(frozen=True)
class Moves:
    """What a hand may do to a weight: from low to high in steps; each number that follows, sampled at those steps."""

    low: float
    high: float
    step: float
    tables: Table


def show_network(
    picture: Picture,
    key: str,
    selected: str | None,
    on_neuron: Callable[[str], None],
    moves: Moves | None = None,
    on_weight: Callable[[str, float], None] | None = None,
    light: str = "",
) -> None:
    """Show the network; `on_weight(line, value)` runs when a drag or a key is released, `on_neuron(id)` on a click.

    The layers light up one after the other whenever `light` changes.
    """
    neurons = {node.id for column in picture.columns for node in column.nodes}
    movable = {line.id for line in picture.lines if line.label}

    def moved() -> None:
        report = valid_weight(reported(key, "weight"), movable, moves)
        if report and on_weight:
            on_weight(*report)

    def chosen() -> None:
        neuron = reported(key, "neuron")
        if isinstance(neuron, str) and neuron in neurons:
            on_neuron(neuron)

    data = {**_drawing(picture), "selected": selected, "light": light, **(asdict(moves) if moves else {})}
    mount("network", data, key, {"weight": moved, "neuron": chosen})


def valid_weight(report: object, movable: set[str], moves: Moves | None) -> tuple[str, float] | None:
    """Return what a browser reported as (line, value), `None` when it names no movable line or is out of range."""
    if not isinstance(report, dict) or moves is None:
        return None
    line, value = report.get("edge"), report.get("value")
    if not isinstance(line, str) or line not in movable or isinstance(value, bool):
        return None
    if not isinstance(value, int | float) or not moves.low <= value <= moves.high:
        return None
    return line, float(value)


def _drawing(picture: Picture) -> dict[str, Any]:
    return {
        "layers": [{**asdict(column), "nodes": [_filled(node) for node in column.nodes]} for column in picture.columns],
        "edges": [{"id": line.id, "from": line.start, "to": line.end, "label": line.label} for line in picture.lines],
        "values": dict(picture.values),
        "details": dict(picture.details),
        "alt": picture.alt,
        "columns": picture.places or len(picture.columns),
        "compact": picture.compact,
        "widest": picture.widest,
    }


def _filled(node: Node) -> dict[str, Any]:
    return {name: value for name, value in asdict(node).items() if value is not None}
