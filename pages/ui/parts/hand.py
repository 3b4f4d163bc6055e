"""The hand network on a page: its weights in the URL, dragged on the picture or typed beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.activations import ACTIVATIONS
from core.experiments.hand_network import (
    HIGH,
    INPUTS,
    LOW,
    STAGES,
    TARGET,
    WIDTH,
    Edge,
    HandNetwork,
    answering,
    edges,
    neuron_names,
    neurons,
    values,
)
from core.experiments.hand_samples import STEP, tables
from core.words import number_text, subscript
from pages.ui import controls
from pages.ui.network import Column, Line, Moves, Node, Picture, show_network
from pages.ui.state import change_url, forget_url, set_url, url_choice, url_numbers
from pages.ui.synced import typed

START = HandNetwork()
URL = {"hidden": "w", "hidden_bias": "b", "output": "v", "output_bias": "c"}  # which numbers stand where in the URL
USABLE = ("sigmoid", "tanh", "relu", "step", "linear")


@dataclass(frozen=True)
class Hand:
    """What the reader has set: the network, its inputs, how much of it is shown, and the neuron that is spelt out."""

    network: HandNetwork
    inputs: tuple[float, ...]
    stage: str
    neuron: str


def read_network(activation: str = START.activation) -> HandNetwork:
    """Return the network whose weights stand in the URL."""
    numbers = {field: url_numbers(name, getattr(START, field), LOW, HIGH) for field, name in URL.items()}
    return HandNetwork(**numbers, activation=activation)


def read_hand(stage: str, activation: str) -> Hand:
    """Return what the reader has set, weights, inputs and the chosen neuron from the URL."""
    names = tuple(name for layer in neuron_names(stage)[1:] for name in layer)
    neuron = url_choice("neuron", answering(stage) or names[0], names)
    return Hand(read_network(activation), url_numbers("x", INPUTS, 0, 1), stage, neuron)


def pick_activation() -> str:
    """Return the hidden neurons' activation."""
    return controls.choice("Activation", "act", {name: ACTIVATIONS[name].label for name in USABLE}, START.activation)


def type_numbers(hand: Hand) -> None:
    """Show the inputs, and the weights and bias of the chosen neuron, for typing."""
    st.caption("Drag a weight up or down, or type it. Click a neuron to see its numbers here.")
    for index, column in enumerate(st.columns(WIDTH)):
        with column:
            label = f"Input {label_of(f'x{index + 1}')}"
            typed(label, f"typed:x{index}", hand.inputs[index], 0.0, HIGH, STEP, _input_setter(index))
    columns = st.columns(WIDTH)
    now = values(hand.network, hand.inputs, hand.stage)
    for edge in edges(hand.stage):
        if edge.end != hand.neuron:
            continue
        end = label_of(edge.end, hand.stage)
        label = f"Bias of {end}" if edge.start is None else f"{label_of(edge.start)} → {end}"
        with st.container() if edge.row is None else columns[edge.row]:
            typed(label, f"typed:{edge.name}", now[f"w:{edge.name}"], LOW, HIGH, STEP, _weight_setter(edge.name))
    st.button("Start again", icon=":material/restart_alt:", on_click=_reset)


def hand_picture(hand: Hand) -> None:
    """Show the network of the chosen stage with every number."""
    show_network(
        _picture(hand),
        "hand",
        hand.neuron,
        lambda neuron: set_url("neuron", neuron, answering(hand.stage)),
        Moves(LOW, HIGH, STEP, tables(hand.network, hand.inputs, hand.stage)),
        set_weight,
    )


def set_weight(edge: str, value: float) -> None:
    """Write the network with one weight changed into the URL."""
    changed = read_network().with_weight(edge, value)
    numbers = {name: (getattr(changed, field), getattr(START, field)) for field, name in URL.items()}
    change_url({name: None if value == start else value for name, (value, start) in numbers.items()})


def label_of(name: str, stage: str = "network") -> str:
    """Return how a neuron is written: x₁, h₂, ŷ; a neuron that is alone answers, so it is ŷ too."""
    return "ŷ" if name == answering(stage) else subscript(name)


def _picture(hand: Hand) -> Picture:
    done = neurons(hand.network, hand.inputs, hand.stage)
    names = neuron_names(hand.stage)
    titles = ("inputs", "neuron" if hand.stage == "neuron" else "hidden layer", "output")
    columns = tuple(
        Column(title, tuple(_node(name, hand) for name in layer), rows=len(names[0]), centred=title != "neuron")
        for title, layer in zip(titles, names, strict=False)
    )
    lines = tuple(Line(edge.name, edge.start, edge.end, _line_label(edge, hand.stage)) for edge in edges(hand.stage))
    sums = {
        name: f"{label_of(name, hand.stage)}: {neuron.text}, output {number_text(neuron.output, places=3)}"
        for name, neuron in done.items()
    }
    inputs = {f"x{k}": f"input {label_of(f'x{k}')} = {number_text(x, places=3)}" for k, x in enumerate(hand.inputs, 1)}
    alt = f"A {STAGES[hand.stage].lower()} with every weight, sum and output. " + "; ".join(sums.values())
    return Picture(columns, lines, values(hand.network, hand.inputs, hand.stage), inputs | sums, alt, places=3)


def _node(name: str, hand: Hand) -> Node:
    if name.startswith("x"):
        return Node(name, label_of(name), input=True)
    activation = "sigmoid" if name == "y" else hand.network.activation
    target = TARGET if name == answering(hand.stage) else None
    return Node(name, label_of(name, hand.stage), activation=ACTIVATIONS[activation].label.lower(), target=target)


def _line_label(edge: Edge, stage: str) -> str:
    end = label_of(edge.end, stage)
    return f"weight from {label_of(edge.start)} to {end}" if edge.start else f"bias of {end}"


def _input_setter(index: int) -> Callable[[float], None]:
    def apply(value: float) -> None:
        inputs = list(url_numbers("x", INPUTS, 0, 1))
        inputs[index] = value
        set_url("x", tuple(inputs), INPUTS)

    return apply


def _weight_setter(edge: str) -> Callable[[float], None]:
    return lambda value: set_weight(edge, value)


def _reset() -> None:
    forget_url(*URL.values(), "x")
