"""Training is deterministic, can be paused and resumed bitwise, learns, and says when it breaks."""

import itertools
import json
import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from core.augment import AUGMENTATIONS
from core.data import Digits, as_tensors, load_mnist, to_unit
from core.model import ModelConfig, build_model
from core.optimizers import OPTIMIZERS, SCHEDULES
from core.randomness import MAX_SEED
from core.training import RECIPES, TrainConfig, TrainingState, evaluate, score, steps_per_epoch, train
from core.training.config import MAX_BATCH_SIZE, MAX_EPOCHS, MAX_LEARNING_RATE, MAX_WEIGHT_DECAY


@pytest.fixture(scope="module")
def few():
    """Return 1,000 digits to train on and 500 to test."""
    digits = load_mnist()
    return Digits(
        digits.train_images[:1000], digits.train_labels[:1000], digits.test_images[:500], digits.test_labels[:500]
    )


def network(hidden=(16,), seed=0, **more):
    return build_model(ModelConfig(hidden, **more), torch.Generator().manual_seed(seed))


def weights(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_a_step_is_the_textbook_step(few):
    config = TrainConfig(epochs=1, batch_size=1000, optimizer="sgd", learning_rate=0.5, schedule="constant")
    model, reference = network(), network()
    record = next(train(model, few, config))
    data = as_tensors(few)
    logits = reference(to_unit(data.train_images))
    loss = F.cross_entropy(logits, data.train_labels)
    loss.backward()
    expected = torch.cat([(p - 0.5 * p.grad).detach().flatten() for p in reference.parameters()])
    torch.testing.assert_close(weights(model), expected, rtol=1e-4, atol=1e-6)
    assert record.loss == pytest.approx(loss.item(), rel=1e-5)
    assert record.accuracy == pytest.approx((logits.argmax(1) == data.train_labels).float().mean().item(), abs=1e-6)
    assert (record.step, record.epoch, record.learning_rate) == (1, 1.0, 0.5)


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test_the_same_seed_gives_the_same_weights(few, augmentation):
    config = TrainConfig(epochs=2, batch_size=300, augmentation=augmentation, seed=5)
    runs = []
    for noise in range(2):
        torch.manual_seed(noise)  # nothing may depend on torch's own generator
        model = network(dropout=0.2)
        records = [replace(record, seconds=0) for record in train(model, few, config)]
        runs.append((weights(model), records))
    assert torch.equal(runs[0][0], runs[1][0])
    assert runs[0][1] == runs[1][1]


def test_another_seed_gives_other_weights(few):
    models = [network(), network()]
    for seed, model in enumerate(models):
        list(train(model, few, TrainConfig(epochs=1, seed=seed)))
    assert not torch.equal(weights(models[0]), weights(models[1]))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("stop", [3, 4, 5])
def test_a_resumed_run_ends_bitwise_where_an_undisturbed_one_does(few, optimizer, stop):
    config = TrainConfig(epochs=2, batch_size=256, optimizer=optimizer, learning_rate=0.01, augmentation="affine")
    undisturbed = network(dropout=0.3)
    list(train(undisturbed, few, config))
    half = network(dropout=0.3)
    state = TrainingState(half, config)
    list(itertools.islice(train(half, few, config, state), stop))  # four steps make an epoch
    resumed = network(seed=9, dropout=0.3)
    resumed.load_state_dict(half.state_dict())
    fresh = TrainingState(resumed, config)
    fresh.optimizer.load_state_dict(state.optimizer.state_dict())
    fresh.step, fresh.seconds = state.step, state.seconds
    records = list(train(resumed, few, config, fresh))
    assert [record.step for record in records] == list(range(stop + 1, 9))
    assert torch.equal(weights(resumed), weights(undisturbed))


def test_records_count_steps_epochs_and_time(few):
    config = TrainConfig(epochs=3, batch_size=300)
    records = list(train(network(), few, config))
    assert steps_per_epoch(config, 1000) == 4
    assert [record.step for record in records] == list(range(1, 13))
    assert [record.epoch for record in records] == [step / 4 for step in range(1, 13)]
    assert [record.step for record in records if record.test_accuracy is not None] == [4, 8, 12]
    assert all(a.seconds < b.seconds for a, b in itertools.pairwise(records))
    assert not any(record.diverged for record in records)


def test_each_epoch_sees_each_digit_once(few):
    seen = []
    model = network(())
    model.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]) if module.training else None)
    list(train(model, few, TrainConfig(epochs=2, batch_size=300)))
    epochs = torch.cat(seen[:4]), torch.cat(seen[4:])
    expected = to_unit(as_tensors(few).train_images)
    for images in epochs:
        order = np.lexsort(images.numpy().T)
        np.testing.assert_array_equal(images.numpy()[order], expected.numpy()[np.lexsort(expected.numpy().T)])
    assert not torch.equal(*epochs)


def test_a_run_that_breaks_says_so_and_stops(few):
    config = TrainConfig(epochs=5, batch_size=100, optimizer="sgd", learning_rate=100.0, schedule="constant")
    records = list(train(network((64, 64), activation="linear"), few, config))
    assert records[-1].diverged
    assert not math.isfinite(records[-1].loss)
    assert not any(record.diverged for record in records[:-1])
    assert len(records) < 50


def test_the_learning_rate_can_be_changed_on_the_way(few):
    model = network()
    config = TrainConfig(epochs=1, batch_size=250, learning_rate=0.01, schedule="constant")
    state = TrainingState(model, config)
    steps = train(model, few, config, state)
    assert next(steps).learning_rate == 0.01
    state.learning_rate = 0.0
    before = weights(model)
    assert next(steps).learning_rate == 0.0
    assert torch.equal(weights(model), before)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_optimizer_and_schedule_learns(few, optimizer, schedule):
    config = TrainConfig(2, 50, optimizer, OPTIMIZERS[optimizer].learning_rate, schedule)
    records = list(train(network((32,)), few, config))
    assert records[-1].test_accuracy > 0.6
    assert OPTIMIZERS[optimizer].label


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_a_factor_from_0_to_1(name):
    factors = [SCHEDULES[name].factor(progress) for progress in np.linspace(0, 1, 101)]
    assert min(factors) >= 0
    assert max(factors) == pytest.approx(1, abs=1e-3)
    assert max(abs(a - b) for a, b in itertools.pairwise(factors)) < 0.05
    if name != "constant":
        assert factors[-1] == pytest.approx(0, abs=1e-9)


def test_weight_decay_pulls_weights_to_zero(few):
    sizes = []
    for decay in (0.0, 0.1):
        model = network()
        list(train(model, few, TrainConfig(3, 100, weight_decay=decay)))
        sizes.append(weights(model).square().sum())
    assert sizes[1] < 0.8 * sizes[0]


def test_5000_digits_teach_a_small_network():
    digits = load_mnist()
    part = Digits(digits.train_images[:5000], digits.train_labels[:5000], digits.test_images, digits.test_labels)
    model = network((128,))
    *_, last = train(model, part, TrainConfig(epochs=8, batch_size=64, learning_rate=0.002, augmentation="affine"))
    assert last.test_accuracy >= 0.93
    assert evaluate(model, digits.test_images, digits.test_labels) == last.test_accuracy
    assert not math.isnan(last.test_loss)


def test_score_is_loss_and_accuracy_over_all(few):
    data, model = as_tensors(few), network()
    with torch.inference_mode():
        logits = model(to_unit(data.test_images))
    loss, accuracy = score(model, data.test_images, data.test_labels)
    assert loss == pytest.approx(F.cross_entropy(logits, data.test_labels).item(), rel=1e-5)
    assert accuracy == pytest.approx((logits.argmax(1) == data.test_labels).float().mean().item(), abs=1e-6)


BAD = {
    "epochs": [0, MAX_EPOCHS + 1, 2.5, True, "3", None],
    "batch_size": [0, MAX_BATCH_SIZE + 1, 1.0],
    "optimizer": ["lion", None, ["adam"]],
    "learning_rate": [-0.1, MAX_LEARNING_RATE * 2, math.nan, math.inf, "0.1", True],
    "schedule": ["never", 1],
    "weight_decay": [-1e-9, MAX_WEIGHT_DECAY + 1, math.nan],
    "augmentation": ["mirror", {}],
    "seed": [-1, MAX_SEED + 1, 0.5],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
def test_bad_settings_name_field_value_and_range(field, value):
    with pytest.raises(ValueError, match=rf"^{field.replace('_', ' ')} is .*; it must be "):
        TrainConfig(**{field: value})


@given(
    st.integers(1, MAX_EPOCHS),
    st.integers(1, MAX_BATCH_SIZE),
    st.floats(0, MAX_LEARNING_RATE),
    st.floats(0, MAX_WEIGHT_DECAY),
    st.integers(0, MAX_SEED),
)
@settings(max_examples=30)
def test_every_setting_in_range_is_taken(epochs, batch_size, rate, decay, seed):
    config = TrainConfig(epochs, batch_size, "adamw", rate, "cosine", decay, "affine", seed)
    assert hash(config) == hash(replace(config))
    assert (steps_per_epoch(config, 60_000) - 1) * batch_size < 60_000 <= steps_per_epoch(config, 60_000) * batch_size


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_are_in_range_and_say_what_they_promise(name):
    recipe = RECIPES[name]
    assert recipe.label
    assert "%" in recipe.promise


@pytest.mark.slow
def test_the_shell_command_keeps_the_promise_of_quick():
    command = [sys.executable, "-m", "core.training", "--recipe", "quick", "--seed", "3", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 1
    result = json.loads(lines[0])
    assert set(result) == {"recipe", "seed", "epochs", "seconds", "test_accuracy", "examples_per_second"}
    assert (result["recipe"], result["seed"], result["epochs"]) == ("quick", 3, RECIPES["quick"].training.epochs)
    assert result["test_accuracy"] >= 0.975
    assert len(done.stderr.splitlines()) == result["epochs"], "one line an epoch when nobody watches"
    assert "\r" not in done.stderr


def test_the_shell_command_explains_a_bad_seed():
    command = [sys.executable, "-m", "core.training", "--seed", "-1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "seed is -1; it must be a whole number" in done.stderr
    assert "Traceback" not in done.stderr
