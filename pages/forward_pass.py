"""Forward pass: from one neuron to a network that reads a digit, every number in sight."""

import re

import streamlit as st

from core.activations import ACTIVATIONS
from core.experiments.hand_network import STAGES, neurons
from core.experiments.linear_layer import ROWS, linear_cells, normal_weights
from core.experiments.small_reader import look_at_neuron, read_image, small_reader
from core.experiments.threshold import fire, first_layer_sums
from core.forward import Neuron, matmul_cells, work_out, work_out_neuron
from core.randomness import SMALL_SEED
from core.words import in_brackets, number_text
from pages.ui import controls
from pages.ui.frame import Code, Part, open_lesson
from pages.ui.matrices import block, show_matrices
from pages.ui.parts import forward_questions
from pages.ui.parts.hand import hand_picture, label_of, pick_activation, read_hand, type_numbers
from pages.ui.parts.reading import as_tensor, drawn_digit, show_layers, show_neuron, show_unrolled, test_digit
from pages.ui.parts.threshold import FARTHEST, real_sums, threshold_curve

lesson = open_lesson("forward_pass")


def by_hand() -> Code:
    """A neuron, a layer, a network: every number to drag, and the chosen neuron's sum written out."""
    stage = controls.pick("How much of it", "stage", STAGES, "neuron")
    picture, control = st.columns([7, 3], gap="large")
    with control:
        hand = read_hand(stage, pick_activation())
        type_numbers(hand)
    with picture:
        hand_picture(hand)
        done = neurons(hand.network, hand.inputs, stage)[hand.neuron]
        activation = "sigmoid" if hand.neuron == "y" else hand.network.activation
        symbol = r"\hat{y}" if label_of(hand.neuron, stage) == "ŷ" else f"h_{hand.neuron[1:]}"
        st.latex(_formula(done, activation, symbol))
    return work_out, work_out_neuron, ACTIVATIONS[activation].function


def _formula(neuron: Neuron, activation: str, name: str) -> str:
    formula = re.sub(r"\bx\b", "z", ACTIVATIONS[activation].formula)
    products, bias, z, output = (
        number_text(value, places=3) for value in (neuron.weighted_sum, neuron.bias, neuron.z, neuron.output)
    )
    total = rf"z = \sum_i w_i x_i + b = {products} + {in_brackets(bias)} = {z}".replace("−", "-")
    result = rf"f(z) = {formula} = {output}".replace("−", "-")
    return rf"\begin{{gathered}} {name}:\quad {total} \\ {result} \end{{gathered}}"


def as_threshold() -> Code:
    """The bias as a threshold, on the curve and on a real neuron's sums."""
    picture, control = st.columns([7, 3], gap="large")
    with control:
        threshold = controls.slider("Threshold", "threshold", -FARTHEST, FARTHEST, 4.0, 0.5)
        activation = pick_activation()
        neuron = controls.number("Real hidden neuron", "real", 1, 16, 1) - 1
    with picture:
        threshold_curve(threshold, activation)
        real_sums(threshold, neuron)
    return fire, ACTIVATIONS[activation].function, first_layer_sums


def as_matrices() -> Code:
    """One row, or four, through a layer as one matrix product, cell by cell."""
    rows_column, seed_column = st.columns([7, 3], gap="large")
    with rows_column:
        amount = controls.pick("Rows at once", "rows", {"one": "One row", "batch": "A batch of four"}, "one")
    with seed_column:
        seed = controls.number("Seed of the weights", "seed", 0, SMALL_SEED, 0)
    rows = ROWS[:1] if amount == "one" else ROWS
    weights, bias = normal_weights(seed)
    cells = linear_cells(rows, weights, bias)
    blocks = (
        block("x", rows, "row", digits=0),
        block("W", weights.tolist(), "column", "·"),
        block("b", [bias.tolist()], "column", "+"),
        block("q", [[cell.value for cell in row] for row in cells], "cell", "="),
    )
    show_matrices(blocks, [[cell.text for cell in row] for row in cells], "product")
    n = len(rows)
    parts = [("q", n, 2), ("x", n, 4), ("W", 4, 2), ("b", 1, 2)]
    q, x, w, b = (rf"\underset{{{rows} \times {columns}}}{{{name}}}" for name, rows, columns in parts)
    st.latex(rf"{q} = {x} \cdot {w} + {b}")
    return linear_cells, matmul_cells, normal_weights


def real_digit() -> Code:
    """A digit through a network that reads digits: every layer, and one neuron from close by."""
    source = controls.pick("Where the digit comes from", "source", {"test": "Test digit", "hand": "Draw"}, "test")
    picture, near = st.columns([6, 4], gap="large")
    with near if source == "test" else picture:
        found = test_digit() if source == "test" else drawn_digit()
    if found is None:
        return ()
    image, name = found
    model = small_reader()
    reading = read_image(model, as_tensor(image))
    with picture:
        show_unrolled(image)
        layer, neuron = show_layers(model, reading, name)
    with near:
        show_neuron(model, reading, layer, neuron)
    return read_image, model.activation, look_at_neuron


PARTS = {
    "hand": Part("By hand", by_hand, {"bias": forward_questions.lower_bias, "silent": forward_questions.silence}),
    "bias": Part("Bias", as_threshold, {"threshold": forward_questions.pass_threshold}),
    "matrix": Part("As matrices", as_matrices, {"batch": forward_questions.batch_or_rows}),
    "digit": Part("A real digit", real_digit, {"order": forward_questions.other_order}),
}

lesson.parts(PARTS)
lesson.close()
