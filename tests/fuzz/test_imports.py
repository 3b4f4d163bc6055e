"""What is read back from disk or from elsewhere: settings, checkpoints, weights, drawings; whole, or refused."""

import json
import random
from functools import cache

import pytest
import torch
from hypothesis import strategies as st

from core.model import ModelConfig, ModelError, build_model, load_model, model_bytes
from core.runs import RunSpec, Status, Stop
from core.runs.checkpoint import CheckpointError, decode, encode, restore, seal
from core.training import TrainConfig
from core.training.loop import TrainingState
from pages.ui.sketch import Sketch
from tests.fuzz.support import damaged, each, lines_of
from tests.runs_support import engine_in, until_poll

VALID = RunSpec(ModelConfig((16,)), TrainConfig(epochs=1)).to_json()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
VALUES = JSON | st.sampled_from(["adam", "sgd", "relu", "tanh", "none", "quick", 1, 2, 64, 0.1, 1e-9, -1, 1e308, []])


@st.composite
def nearly_specs(draw):
    """Settings with a few fields changed, left out or added."""
    data = json.loads(VALID)
    for _ in range(draw(st.integers(1, 3))):
        part = draw(st.sampled_from([data, data.get("model"), data.get("training")]))
        if isinstance(part, dict):
            key = draw(st.sampled_from([*part, "extra"]))
            if draw(st.booleans()):
                part[key] = draw(VALUES)
            else:
                part.pop(key, None)
    return json.dumps(data)


def read_spec(text):
    """A run, or None when the settings are refused with a sentence."""
    try:
        spec = RunSpec.from_json(text)
    except ValueError as error:
        assert len(str(error)) < 6000
        return None
    assert RunSpec.from_json(spec.to_json()) == spec
    assert spec.model.parameters <= 2_000_000
    return spec


def test_settings_made_by_hand_are_refused(tally):
    for text in [*lines_of("runs.jsonl"), "[" * 3999, "[" * 100_000, '{"a":' * 700, "9" * 3999]:
        with tally.trying("imports", text):
            assert read_spec(text) is None


def test_settings_made_by_chance(tally, amount):
    def check(text):
        with tally.trying("imports", text):
            read_spec(text)

    each(nearly_specs(), amount(60, 500), check)
    each(JSON.map(json.dumps) | st.text(max_size=300), amount(30, 300), check)


@cache
def checkpoint():
    config = TrainConfig(epochs=1)
    model = build_model(ModelConfig((4,)), torch.Generator().manual_seed(0))
    state = TrainingState(model, config)
    model(torch.zeros(2, 784)).sum().backward()
    state.optimizer.step()
    return encode(state)


def take_up(sealed):
    """Whether a checkpoint is taken up; a damaged one is said to be."""
    config = TrainConfig(epochs=1)
    state = TrainingState(build_model(ModelConfig((4,)), torch.Generator().manual_seed(1)), config)
    try:
        restore(state, decode(sealed))
    except CheckpointError:
        return False
    return True


def test_checkpoints_with_a_wrong_bit_are_refused(tally, amount):
    chance, whole = random.Random("bits"), seal(checkpoint())
    assert take_up(whole)
    for _ in range(amount(30, 300)):
        content = damaged(whole, chance)
        with tally.trying("imports", content[:40]):
            assert take_up(content) == (content == whole)


def test_checkpoints_that_are_sealed_and_wrong_are_refused_or_taken_up(tally, amount):
    chance = random.Random("sealed")
    for _ in range(amount(40, 400)):
        head = damaged(checkpoint()[:900], chance) + checkpoint()[900:]
        with tally.trying("imports", head[:40]):
            take_up(seal(head))


def test_networks_from_damaged_files(tally, amount, tmp_path):
    chance, path = random.Random("networks"), tmp_path / "model.safetensors"
    whole = model_bytes(build_model(ModelConfig((4,)), torch.Generator().manual_seed(0)))
    for _ in range(amount(20, 200)):
        path.write_bytes(damaged(whole[:300], chance) + whole[300:])
        with tally.trying("imports", path):
            try:
                load_model(path)
            except ModelError as error:
                assert str(error)


def test_drawings_from_the_database(tally, amount):
    def check(text):
        with tally.trying("imports", text):
            sketch = Sketch.loads(text)
            assert sketch.strokes is None or isinstance(sketch.strokes["objects"], list)

    for text in [None, "", "[" * 100_000, *lines_of("canvas.jsonl")]:
        check(text)
    each(JSON.map(json.dumps) | st.text(max_size=200), amount(40, 300), check)


def stands(progress):
    return progress.status in (Status.PAUSED, Status.FINISHED, Status.DIVERGED)


@pytest.mark.slow
def test_no_settings_that_are_taken_cost_a_worker(tmp_path, tally):
    specs = []
    each(nearly_specs(), 3000, lambda text: specs.append(spec) if (spec := read_spec(text)) else None)
    specs = list(dict.fromkeys(specs))[:60]
    assert len(specs) > 10
    with engine_in(tmp_path) as engine:
        first = None
        for spec in specs:
            run = engine.submit(spec, "eve", steps=1)
            until_poll(engine, run, "eve", stands)
            first = first or engine._supervisor.pool[0].pid
            assert engine._supervisor.pool[0].pid == first
            engine.control(run, "eve", Stop())
            until_poll(engine, run, "eve", lambda progress: not progress.status.live)
            tally.counts["runs trained"] = tally.counts.get("runs trained", 0) + 1
        tally.slowest["runs trained"] = 0.0
