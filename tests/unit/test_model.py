"""The network equals plain torch, its file comes back bitwise, and a hostile file is refused."""

import json
import math
import struct

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save
from torch import nn

from core.activations import ACTIVATIONS, TRAINABLE
from core.data import load_mnist
from core.model import (
    MAX_HIDDEN_LAYERS,
    MAX_WIDTH,
    MLP,
    SHIPPED_MODEL,
    Dropout,
    ModelConfig,
    ModelError,
    build_model,
    load_model,
    model_bytes,
    predict,
    save_model,
)
from core.training import evaluate

TORCH_ACTIVATIONS = {
    "linear": nn.Identity(),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "leaky_relu": nn.LeakyReLU(0.01),
    "prelu": nn.PReLU(init=0.25).double().requires_grad_(False),
    "arctan": torch.atan,
    "gelu": nn.GELU(),
}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def reference(model):
    """Return the logits function of plain torch layers with the same weights."""
    layers = []
    for ours in model.layers:
        linear = nn.Linear(ours.in_features, ours.out_features).double()
        linear.load_state_dict(ours.state_dict())
        layers.append(linear)
    function = TORCH_ACTIVATIONS[model.config.activation]

    def logits(x):
        for layer in layers[:-1]:
            x = function(layer(x))
        return layers[-1](x)

    return logits, [parameter for layer in layers for parameter in layer.parameters()]


@pytest.mark.parametrize("activation", TRAINABLE)
@pytest.mark.parametrize("hidden", [(), (13,), (17, 5, 3, 8)])
def test_logits_and_gradients_equal_plain_torch(activation, hidden):
    model = build_model(ModelConfig(hidden, activation), seeded()).double()
    x = torch.rand(9, 784, generator=seeded(1), dtype=torch.float64)
    labels = torch.arange(9)
    logits, parameters = reference(model)
    torch.testing.assert_close(model(x), logits(x), rtol=1e-12, atol=1e-12)
    nn.functional.cross_entropy(model(x), labels).backward()
    nn.functional.cross_entropy(logits(x), labels).backward()
    for ours, theirs in zip(model.parameters(), parameters, strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-10, atol=1e-12)


def test_every_trainable_activation_has_a_reference():
    assert set(TORCH_ACTIVATIONS) == set(TRAINABLE)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_equals_autograd(name):
    activation = ACTIVATIONS[name]
    x = torch.cat([torch.linspace(-9, 9, 181, dtype=torch.float64) + 0.013, torch.tensor([1e-6, -1e-6])])
    x.requires_grad_()
    y = activation.function(x)
    assert y.shape == x.shape
    assert y.dtype == x.dtype
    slope = torch.autograd.grad(y.sum(), x)[0] if y.requires_grad else torch.zeros_like(x)
    torch.testing.assert_close(activation.derivative(x.detach()), slope, rtol=1e-9, atol=1e-12)
    assert activation.label
    assert activation.formula


@pytest.mark.parametrize("name", TRAINABLE)
def test_signals_keep_their_size_through_a_new_network(name):
    model = build_model(ModelConfig((512, 512, 512), name), seeded())
    x = torch.randn(256, 784, generator=seeded(1))
    sizes = []
    with torch.inference_mode():
        for layer in model.layers[:-1]:
            x = model.activation(layer(x))
            sizes.append(float(x.square().mean().sqrt()))
    assert 0.2 < sizes[-1] < 3, sizes


def test_the_generator_decides_the_weights():
    config = ModelConfig((32,))
    one, same, other = (build_model(config, seeded(seed)).layers[0].weight for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    wide = build_model(ModelConfig((1000,)), seeded()).layers[0]
    assert float(wide.weight.detach().std()) == pytest.approx(math.sqrt(2 / 784), rel=0.01)
    assert not wide.bias.any()


@given(st.lists(st.integers(1, MAX_WIDTH), max_size=MAX_HIDDEN_LAYERS))
@settings(max_examples=25)
def test_the_number_of_parameters_is_the_number_of_parameters(hidden):
    config = ModelConfig(tuple(hidden))
    with torch.device("meta"):
        counted = sum(parameter.numel() for parameter in MLP(config).parameters())
    assert counted == config.parameters
    assert config.widths == (784, *hidden, 10)


@pytest.mark.parametrize(
    ("settings_", "field"),
    [
        ({"hidden": (8,) * 5}, "number of hidden layers"),
        ({"hidden": (0,)}, "neurons in a hidden layer"),
        ({"hidden": (1025,)}, "neurons in a hidden layer"),
        ({"hidden": (8.0,)}, "neurons in a hidden layer"),
        ({"hidden": (True,)}, "neurons in a hidden layer"),
        ({"activation": "step"}, "activation"),
        ({"activation": "__import__"}, "activation"),
        ({"activation": None}, "activation"),
        ({"dropout": -0.1}, "dropout"),
        ({"dropout": 0.95}, "dropout"),
        ({"dropout": float("nan")}, "dropout"),
        ({"dropout": "0.5"}, "dropout"),
    ],
)
def test_bad_settings_name_field_value_and_range(settings_, field):
    with pytest.raises(ValueError, match=rf"^{field} is .*; it must be "):
        ModelConfig(**settings_)


def test_predictions_are_probabilities():
    images = load_mnist().test_images[:50].astype(np.float32) / 255
    model = build_model(ModelConfig((64,), dropout=0.5), seeded())
    p = predict(model, images)
    assert p.shape == (50, 10)
    assert p.dtype == np.float32
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-5)
    assert p.min() >= 0
    np.testing.assert_array_equal(p, predict(model, images), "no dropout in a prediction")
    with torch.inference_mode():
        expected = model(torch.from_numpy(images).flatten(1)).softmax(1).numpy()
    np.testing.assert_allclose(p, expected, rtol=1e-6)
    np.testing.assert_allclose(predict(model, images[:, ::-1, ::-1][:, ::-1, ::-1]), p, rtol=1e-6)
    assert predict(model, images[:0]).shape == (0, 10)


@pytest.mark.parametrize("shape", [(28, 28), (3, 784), (2, 28, 27), (1, 1, 28, 28), ()])
def test_images_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="it must be"):
        predict(build_model(ModelConfig(()), seeded()), np.zeros(shape, np.float32))


def test_dropout_keeps_the_expectation():
    dropout = Dropout(0.3).train()
    dropout.generator = seeded()
    x = torch.ones(400, 500)
    out = dropout(x)
    assert out.unique().tolist() == pytest.approx([0, 1 / 0.7])
    assert float(out.mean()) == pytest.approx(1, abs=0.01)
    assert float((out == 0).float().mean()) == pytest.approx(0.3, abs=0.01)
    assert torch.equal(dropout.eval()(x), x)


@pytest.mark.parametrize("config", [ModelConfig(()), ModelConfig((7, 5), "gelu", 0.25)])
def test_a_saved_network_comes_back_bitwise(tmp_path, config):
    model = build_model(config, seeded())
    save_model(model, tmp_path / "a" / "model.safetensors")
    back = load_model(tmp_path / "a" / "model.safetensors")
    assert back.config == config
    assert not back.training
    for (name, one), (same_name, two) in zip(model.state_dict().items(), back.state_dict().items(), strict=True):
        assert name == same_name
        assert torch.equal(one, two)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["model.safetensors"]


def tensors(**changes):
    model = build_model(ModelConfig((4,)), seeded())
    all_of_them = dict(model.state_dict()) | changes
    return {name: tensor for name, tensor in all_of_them.items() if tensor is not None}


HEADER = {"hidden": "4", "activation": "relu", "dropout": "0.0"}
GOOD = model_bytes(build_model(ModelConfig((4,)), torch.Generator().manual_seed(0)))
HOSTILE = {
    "empty": b"",
    "text": b"this is no model",
    "pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "truncated": GOOD[:-100],
    "truncated header": GOOD[:40],
    "longer": GOOD + b"more",
    "header as large as the sky": struct.pack("<Q", 2**62) + b"{}",
    "no tensors": save({}, HEADER),
    "no header": save(tensors()),
    "wrong shape": save(tensors(**{"layers.0.weight": torch.zeros(4, 783)}), HEADER),
    "missing tensor": save(tensors(**{"layers.1.bias": None}), HEADER),
    "one tensor more": save(tensors(extra=torch.zeros(3)), HEADER),
    "another width": save(tensors(), HEADER | {"hidden": "5"}),
    "too wide": save(tensors(), HEADER | {"hidden": "100000000"}),
    "too deep": save(tensors(), HEADER | {"hidden": "4,4,4,4,4,4"}),
    "no width": save(tensors(), HEADER | {"hidden": "four"}),
    "another activation": save(tensors(), HEADER | {"activation": "eval"}),
    "dropout nan": save(tensors(), HEADER | {"dropout": "nan"}),
    "offsets outside": struct.pack("<Q", 74)
    + json.dumps({"layers.0.weight": {"dtype": "F32", "shape": [4], "data_offsets": [0, 99]}}).encode()[:74],
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_with_a_remedy(tmp_path, content):
    path = tmp_path / "digits.safetensors"
    path.write_bytes(content)
    with pytest.raises(
        ModelError, match=r"^The model digits\.safetensors cannot be used: .*“make model” to train it again\.$"
    ):
        load_model(path)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(ModelError, match=r"is missing.*make model"):
        load_model(tmp_path / "model.safetensors")


@given(st.binary(max_size=300), st.integers(0, len(GOOD)))
@settings(max_examples=60)
def test_damage_anywhere_never_ends_in_another_error(tmp_path_factory, noise, start):
    path = tmp_path_factory.mktemp("noise") / "model.safetensors"
    path.write_bytes(GOOD[:start] + noise + GOOD[start + len(noise) :])
    try:
        model = load_model(path)
    except ModelError:
        return
    assert model.config.widths[0] == 784


def test_the_shipped_model_reads_the_test_digits():
    digits = load_mnist()
    model = load_model()
    assert evaluate(model, digits.test_images, digits.test_labels) >= 0.988
    assert SHIPPED_MODEL.stat().st_size < 10e6
