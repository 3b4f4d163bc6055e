"""A run's settings survive JSON and nothing else does."""

import json
from contextlib import suppress
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.activations import TRAINABLE
from core.augment import AUGMENTATIONS
from core.model import ModelConfig
from core.optimizers import OPTIMIZERS, SCHEDULES
from core.runs import RunSpec
from core.runs.spec import MAX_JSON, MAX_PARAMETERS
from core.training import RECIPES, TrainConfig, steps_per_epoch

QUICK = RunSpec.of_recipe("quick", seed=3)

MODELS = st.builds(
    ModelConfig,
    st.lists(st.integers(1, 300), max_size=4).map(tuple),
    st.sampled_from(TRAINABLE),
    st.floats(0, 0.9),
)
TRAININGS = st.builds(
    TrainConfig,
    epochs=st.integers(1, 100),
    batch_size=st.integers(1, 1000),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    learning_rate=st.floats(0, 100),
    schedule=st.sampled_from(list(SCHEDULES)),
    weight_decay=st.floats(0, 10),
    augmentation=st.sampled_from(list(AUGMENTATIONS)),
    seed=st.integers(0, 2**31 - 1),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([10**400, -(10**400)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
PATHS = [
    (),
    *((key,) for key in asdict(QUICK)),
    *(("model", key) for key in asdict(QUICK.model)),
    *(("training", key) for key in asdict(QUICK.training)),
]


@given(MODELS, TRAININGS, st.sampled_from(["", *RECIPES]))
def test_every_run_survives_json(model, training, recipe):
    spec = RunSpec(model, training, recipe)
    assert RunSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_a_run(name):
    spec = RunSpec.of_recipe(name, seed=7)
    assert spec.model == RECIPES[name].model
    assert spec.training == replace(RECIPES[name].training, seed=7)
    assert spec.total_steps == steps_per_epoch(spec.training, 60_000) * spec.training.epochs


@given(st.sampled_from(PATHS), JSON)
def test_hostile_values_are_a_run_or_a_value_error(path, value):
    data = json.loads(QUICK.to_json())
    if path:
        *above, last = path
        inner = data
        for key in above:
            inner = inner[key]
        inner[last] = value
    else:
        data = value
    with suppress(ValueError):
        spec = RunSpec.from_json(json.dumps(data))
        assert RunSpec.from_json(spec.to_json()) == spec


@given(st.text(max_size=200))
def test_hostile_text_is_a_value_error(text):
    with pytest.raises(ValueError, match="must"):
        RunSpec.from_json(text)


@pytest.mark.parametrize("text", ["[" * 3000, '{"a":' * 600, "1" * (MAX_JSON + 1), "9" * MAX_JSON, "NaN", "\ud800"])
def test_deep_long_and_odd_text_is_a_value_error(text):
    with pytest.raises(ValueError, match="must"):
        RunSpec.from_json(text)


@pytest.mark.parametrize("path", PATHS[1:], ids=".".join)
def test_a_missing_or_extra_field_is_named(path):
    *above, last = path
    for change, name in [(lambda d: d.pop(last), last), (lambda d: d.update(extra=1), "extra")]:
        data = json.loads(QUICK.to_json())
        inner = data
        for key in above:
            inner = inner[key]
        change(inner)
        with pytest.raises(ValueError, match=f"{name}.*must have the fields"):
            RunSpec.from_json(json.dumps(data))


def test_a_bad_value_names_field_value_and_range():
    text = QUICK.to_json().replace('"epochs": 5', '"epochs": 101')
    with pytest.raises(ValueError, match=r"epochs is 101; it must be a whole number from 1 to 100"):
        RunSpec.from_json(text)


def test_a_network_may_not_be_too_large():
    with pytest.raises(ValueError, match=rf"number of weights and biases is .* from 1 to {MAX_PARAMETERS}"):
        RunSpec(ModelConfig((1024, 1024, 1024)), TrainConfig())


def test_a_step_may_not_take_too_long():
    RunSpec(ModelConfig((1024, 512)), TrainConfig(batch_size=1024))
    with pytest.raises(ValueError, match=r"batch size is 4096; it must be .* from 1 to 1499"):
        RunSpec(ModelConfig((1024, 512)), TrainConfig(batch_size=4096))
