"""A real digit on its way through the small reader: unrolled, layer by layer, and one neuron from close by."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import Tensor, from_numpy

from core.canvas import EmptyDrawing, prepare
from core.data import load_mnist, next_of
from core.experiments.small_reader import HiddenNeuron, Reading, look_at_neuron
from core.figures.pixels import ink, png_uri, signed
from core.forward import Term, sum_text
from core.model import MLP
from core.pictures import PictureError
from core.words import fixed_text, number_text
from pages.ui.canvas import draw
from pages.ui.components import mount
from pages.ui.network import Column, Line, Node, Picture, show_network
from pages.ui.state import set_url, url_choice, url_integer
from pages.ui.synced import typed_integer
from pages.ui.tiles import Tile, show_tiles

TITLES = ("hidden layer 1", "hidden layer 2", "output")
SIDE = 28
TWO_ROWS = 230  # pixels that five of ten digits to choose from take, and six do not


def test_digit() -> tuple[NDArray[np.floating], str]:
    """Return the test digit whose number stands in the URL, with a name for it, and let the reader take another."""
    digits = load_mnist()
    last = len(digits.test_labels) - 1
    index = url_integer("digit", 0, 0, last)
    _meant_as(digits.test_labels, index)
    typed_integer("Number of the test digit", "typed:digit", index, 0, last, _take)
    st.button("Another digit", icon=":material/casino:", on_click=_another, args=(last,))
    st.caption("The network never trained on it.")
    return digits.test_images[index].astype(np.float64) / 255, f"test digit {index}"


def drawn_digit() -> tuple[NDArray[np.floating], str] | None:
    """Return what the reader draws, prepared like the training digits; `None` until there is a digit."""
    try:
        rgba = draw("forward_pass")
        if rgba is None:
            raise EmptyDrawing("Draw a digit from 0 to 9, large and in the middle.")
        image = prepare(rgba).image
    except (EmptyDrawing, PictureError) as error:
        st.info(str(error), icon=":material/draw:")
        return None
    return image, f"drawing {hash(image.tobytes())}"


def _meant_as(labels: NDArray[np.int64], index: int) -> None:
    """Show which digit this is meant as; another one takes the next test digit that is meant as that."""
    key = "digit:class"
    st.session_state[key] = int(labels[index])

    def changed() -> None:
        _take(next_of(labels, int(st.session_state[key]), index))

    st.segmented_control("Meant as", range(10), key=key, required=True, on_change=changed, width=TWO_ROWS, wrap=True)


def _take(index: int) -> None:
    set_url("digit", index, 0)


def _another(last: int) -> None:
    _take(int(np.random.default_rng().integers(last + 1)))


def show_unrolled(image: NDArray[np.floating]) -> None:
    """Show the image and the line of 784 numbers it becomes."""
    words = [
        f"Row {row + 1} of the picture becomes inputs {row * SIDE + 1} to {(row + 1) * SIDE}."
        f" Its ink adds up to {number_text(float(image[row].sum()), places=3)}."
        for row in range(SIDE)
    ]
    pixels = np.rint(image.reshape(-1) * 255).astype(int).tolist()
    mount("unroll", {"pixels": pixels, "words": words, "alt": "The digit, 28 × 28 pixels"}, "unroll", {})


def show_layers(model: MLP, reading: Reading, name: str) -> tuple[int, int]:
    """Show every layer as lit up as its neurons are, and return the chosen neuron (layer, neuron), both from 0."""
    outputs = [*reading.activations, reading.probabilities]
    chosen = url_choice("unit", "1-1", tuple(_id(k, j) for k, layer in enumerate(outputs) for j in range(len(layer))))
    guess = f"The network reads a {reading.guess}, with probability {float(reading.probabilities.max()):.1%}."
    values = {f"a:{_id(k, j)}": float(value) for k, layer in enumerate(outputs) for j, value in enumerate(layer)}
    lines, weights = _lines(model)
    picture = Picture(
        tuple(_column(k, layer, reading) for k, layer in enumerate(outputs)),
        lines,
        {**values, **weights},
        {_id(k, j): _detail(model, reading, k, j) for k, layer in enumerate(outputs) for j in range(len(layer))},
        f"The layers of the 784-16-16-10 network, lit up by the digit. {guess}",
        compact=True,
        widest=max(abs(weight) for weight in weights.values()),
    )
    show_network(picture, "layers", chosen, lambda unit: set_url("unit", unit, "1-1"), light=name)
    st.markdown(f"**{guess}**")
    layer, neuron = chosen.split("-")
    return int(layer) - 1, int(neuron) - 1


def show_neuron(model: MLP, reading: Reading, layer: int, neuron: int) -> None:
    """Show a neuron's weights, what they meet, and its strongest inputs on this digit."""
    seen = look_at_neuron(model, reading, layer, neuron)
    where = f"Output {neuron}" if layer == 2 else f"Neuron {neuron + 1} of hidden layer {layer + 1}"
    st.markdown(f"**{where}**: sum {number_text(seen.z, places=3)}, of which bias {number_text(seen.bias, places=3)}")
    show_tiles(_tiles(seen, reading, layer), "neuron", least=110)
    st.markdown(_strongest(seen, layer))


def _strongest(seen: HiddenNeuron, layer: int) -> str:
    """Return the neuron's strongest inputs as a table, those that are not 0."""
    rows = [
        f"| {_input_name(layer, term.index)} | "
        + " | ".join(fixed_text(number, 3) for number in (term.input, term.weight, term.product))
        + " |"
        for term in seen.strongest
        if term.product
    ]
    return "\n".join(["| input | value | weight | product |", "|---|---:|---:|---:|", *rows])


def _tiles(seen: HiddenNeuron, reading: Reading, layer: int) -> list[Tile]:
    x = reading.inputs.reshape(SIDE, SIDE) if layer == 0 else reading.activations[layer - 1].reshape(4, 4)
    weights = seen.weights.reshape(x.shape)
    products = (weights * x).numpy()
    shown = ink(x.numpy() / max(float(x.max()), 1e-12))
    return [
        Tile(png_uri(_large(signed(weights.numpy()))), "The neuron's weights as an image", "weights"),
        Tile(png_uri(_large(shown)), "What the neuron reads, as an image", "inputs"),
        Tile(png_uri(_large(signed(products))), "Each input times its weight, as an image", "products"),
    ]


def _large(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    factor = 168 // rgba.shape[0]
    return rgba.repeat(factor, 0).repeat(factor, 1)


def _input_name(layer: int, index: int) -> str:
    return f"row {index // SIDE + 1}, column {index % SIDE + 1}" if layer == 0 else f"neuron {index + 1}"


def _id(layer: int, neuron: int) -> str:
    return f"{layer + 1}-{neuron + 1}"


def _column(layer: int, outputs: Tensor, reading: Reading) -> Column:
    full = max(float(outputs.max()), 1e-12)
    is_output = layer == 2
    labels = [f"{digit}  {float(p):.1%}" for digit, p in enumerate(outputs)] if is_output else [""] * len(outputs)
    nodes = tuple(Node(_id(layer, k), label, full=1.0 if is_output else full) for k, label in enumerate(labels))
    return Column(TITLES[layer], nodes)


@lru_cache(maxsize=1)
def _lines(model: MLP) -> tuple[tuple[Line, ...], Mapping[str, float]]:
    lines, weights = [], {}
    for layer, linear in enumerate(model.linears):
        if layer == 0:
            continue
        for end, row in enumerate(linear.weight.tolist()):
            for start, weight in enumerate(row):
                line = Line(f"{_id(layer - 1, start)}:{_id(layer, end)}", _id(layer - 1, start), _id(layer, end))
                lines.append(line)
                weights[f"w:{line.id}"] = weight
    return tuple(lines), MappingProxyType(weights)


def _detail(model: MLP, reading: Reading, layer: int, neuron: int) -> str:
    """Return a neuron's sum in words: all its products, or how many there are when they are 784."""
    linear = model.linears[layer]
    bias, z = linear.bias.tolist()[neuron], float(reading.sums[layer][neuron])
    if layer == 0:
        inked = int((reading.inputs > 0).sum())
        text = f"{inked} inked pixels, each times its weight, add up to {number_text(z - bias, places=3)}"
        text += f"; bias {number_text(bias, places=3)}; sum {number_text(z, places=3)}"
    else:
        inputs, weights = reading.activations[layer - 1].tolist(), linear.weight[neuron].tolist()
        terms = [Term(x, w, x * w) for x, w in zip(inputs, weights, strict=True) if x]
        text = sum_text(terms, bias, z)
    if layer == 2:
        return f"Digit {neuron}: {text}; softmax → {float(reading.probabilities[neuron]):.1%}"
    return f"Neuron {neuron + 1} of hidden layer {layer + 1}: {text}; ReLU → {number_text(max(z, 0.0), places=3)}"


def as_tensor(image: NDArray[np.floating]) -> Tensor:
    """Return an image (28, 28) as a tensor."""
    return from_numpy(np.ascontiguousarray(image))
