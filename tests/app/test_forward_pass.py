"""Forward pass: what the page shows equals torch, what is typed reaches it, and any URL makes a page."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from core.data import load_mnist, next_of
from core.experiments.hand_network import STAGES
from core.experiments.small_reader import SMALL_READER

GARBAGE = [
    "",
    "nan",
    "inf",
    "1e999",
    "-1",
    "99999999999999999999",
    "٣",
    "{}",
    "1,2",
    "x" * 5000,
    "1,1,1,nan",
    "%00",
    "0.5;2",
]
KEYS = ["part", "stage", "act", "w", "b", "v", "c", "x", "neuron", "threshold", "sum", "real", "rows", "seed", "cell"]
KEYS += ["source", "digit", "unit", "pen"]


def data(page, name):
    found = [part.proto for part in page.get("bidi_component") if part.proto.component_name == f"seven_steps_{name}"]
    return json.loads(found[0].json)


def test_the_network_shows_what_torch_computes(open_page):
    page = open_page(
        "forward_pass", stage="Network", w="0.1,0.2,0.3,-0.4,0.5,-0.6,0.7,0.8,0.9", act="Tanh", x="1,0.5,0"
    )
    shown = data(page, "network")["values"]
    x, hidden = torch.tensor([1, 0.5, 0]).double(), torch.tensor([[0.1, 0.2, 0.3], [-0.4, 0.5, -0.6], [0.7, 0.8, 0.9]])
    outputs = torch.tanh(hidden.double() @ x + torch.tensor([0.1, 0, -0.2]).double())
    answer = torch.sigmoid(outputs @ torch.tensor([0.9, -0.4, 0.6]).double() + 0.1)
    assert [shown[f"a:h{k}"] for k in (1, 2, 3)] == pytest.approx(outputs.tolist(), rel=1e-6)
    assert shown["a:y"] == pytest.approx(float(answer), rel=1e-6)
    assert shown["gap:y"] == pytest.approx(1 - float(answer), rel=1e-6)


@pytest.mark.parametrize(("neuron", "name"), [("h3", "h_3"), ("y", r"\hat{y}")])
def test_the_formula_names_its_neuron_and_brackets_no_result(neuron, name, open_page):
    page = open_page("forward_pass", stage="Network", neuron=neuron, act="Tanh", b="0,0,-0.5", c="-0.9")
    shown = page.latex[0].value
    values = data(page, "network")["values"]
    bias, z = values[f"w:b-{neuron}"], values[f"s:{neuron}"]
    assert bias < 0
    assert rf"{name}:\quad z = " in shown
    assert f"= {round(z - bias, 3):g} + ({bias:g}) = {round(z, 3):g} \\\\" in shown
    assert rf"= {round(values[f'a:{neuron}'], 3):g} \end{{gathered}}" in shown


def test_what_is_typed_reaches_the_network_and_the_url(open_page):
    page = open_page("forward_pass")
    before = data(page, "network")["values"]
    page.number_input(key="typed:x1-h1").set_value(-0.25).run()
    after = data(page, "network")["values"]
    assert page.query_params["w"] == "-0.25,-0.3,0.8,-0.6,0.9,0.2,0.2,0.4,-0.7"
    assert after["p:x1-h1"] == pytest.approx(-0.15)
    assert after["s:h1"] == pytest.approx(before["s:h1"] - 0.45)
    assert after["w:x2-h1"] == before["w:x2-h1"]
    page.number_input(key="typed:x1").set_value(1.0).run()
    assert data(page, "network")["values"]["p:x2-h1"] == pytest.approx(-0.3)
    page.button[0].click().run()
    assert data(page, "network")["values"] == before


def test_cells_are_the_batch_of_four(open_page):
    page = open_page("forward_pass", part="As matrices", rows="A batch of four", seed="5", cell="3,1")
    shown = data(page, "matrices")
    weights = torch.randn(4, 2, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    truth = torch.tensor([[1, 1, 0, 1], [0, 1, 0, 1], [0, 1, 0, 1], [1, 0, 1, 0]]).double() @ weights
    numbers = [[float(text.replace("−", "-")) for text in row] for row in shown["blocks"][-1]["rows"]]
    assert np.array(numbers) == pytest.approx(truth.numpy(), abs=0.00501)
    assert [block["shape"] for block in shown["blocks"]] == ["4 × 4", "4 × 2", "1 × 2", "4 × 2"]
    assert shown["selected"] == [3, 1]


def test_a_real_digit_lights_the_layers_as_torch_does(open_page):
    page = open_page("forward_pass", part="A real digit", digit="17")
    shown = data(page, "network")["values"]
    weights = {name: tensor.double() for name, tensor in load_file(SMALL_READER).items()}
    x = torch.tensor(load_mnist().test_images[17]).flatten().double() / 255
    for layer in range(3):
        x = weights[f"layers.{layer}.weight"] @ x + weights[f"layers.{layer}.bias"]
        x = x.softmax(0) if layer == 2 else x.relu()
        outputs = [shown[f"a:{layer + 1}-{k + 1}"] for k in range(len(x))]
        assert outputs == pytest.approx(x.tolist(), rel=1e-6, abs=1e-12)
    pixels = data(page, "unroll")["pixels"]
    assert pixels == load_mnist().test_images[17].reshape(-1).tolist()


@pytest.mark.parametrize(
    ("part", "question", "truth"),
    [
        ("By hand", "bias", 1),
        ("By hand", "silent", 1),
        ("Bias", "threshold", 1),
        ("As matrices", "batch", 1),
        ("A real digit", "order", 2),
    ],
)
def test_every_prediction_is_graded_by_its_run(part, question, truth, open_page):
    page = open_page("forward_pass", part=part)
    page.radio(key=f"quiz:forward_pass:{question}").set_value(truth).run()
    page.button(key=f"quiz:forward_pass:{question}:run").click().run()
    assert page.success[0].value.startswith("You were right.")


def test_a_verdict_stands_by_the_answer_that_it_judged(open_page):
    page = open_page("forward_pass")
    radio = "quiz:forward_pass:bias"
    page.radio(key=radio).set_value(1).run()
    page.button(key=f"{radio}:run").click().run()
    page.radio(key=radio).set_value(2).run()
    assert not page.success
    page.radio(key=radio).set_value(1).run()
    assert page.success[0].value.startswith("You were right.")
    page.segmented_control(key="part").set_value("matrix").run()
    page.segmented_control(key="part").set_value("hand").run()
    assert page.radio(key=radio).value == 1
    assert page.success[0].value.startswith("You were right.")


@pytest.mark.parametrize("part", ["By hand", "Bias", "As matrices", "A real digit"])
@pytest.mark.parametrize("shift", range(4))
def test_any_url_makes_a_page(open_page, part, shift):
    query = {key: GARBAGE[(index * 5 + shift * 3) % len(GARBAGE)] for index, key in enumerate(KEYS)}
    page = open_page("forward_pass", **query | {"part": part})
    assert not page.exception, page.exception[0]
    assert page.get("bidi_component")


def test_a_digit_is_picked_by_what_it_is_meant_as(open_page):
    labels = load_mnist().test_labels
    page = open_page("forward_pass", part="A real digit", digit="17")
    assert page.button_group(key="digit:class").value == labels[17]
    page.button_group(key="digit:class").set_value(4).run()
    assert page.query_params["digit"] == "19"  # the first 4 after number 17
    assert page.button_group(key="digit:class").value == labels[19] == 4
    assert next_of(labels, 4, 9999) == next_of(labels, 4, 0) == 4


def test_the_first_neuron_stays_where_it_is_as_the_picture_grows(open_page):
    layers = [data(open_page("forward_pass", stage=stage), "network")["layers"][1] for stage in STAGES.values()]
    for layer in layers:
        assert layer["nodes"][0]["id"] == "h1"
        assert layer["rows"] == 3
        assert not layer["centred"] or len(layer["nodes"]) == 3
