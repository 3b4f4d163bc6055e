"""The seven steps: each changes what it says and nothing else, equals torch, and learns."""

from dataclasses import fields, replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from core.data import load_mnist
from core.experiments.loop import (
    ACTS,
    MAX_ROUNDS,
    STEPS,
    LoopConfig,
    LoopState,
    Refused,
    example_losses,
    gradient,
    initialise,
    loss,
    loss_now,
    predict,
    repeat,
    replay,
    run_rounds,
    step,
    stop,
)
from core.experiments.pairs import Pairs, threes_and_sevens, unit

CONFIG = LoopConfig(seed=3, learning_rate=0.5, batch_size=32)
EMPTY = LoopState(CONFIG)


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return threes_and_sevens(load_mnist())


def state_at(name: str, pairs: Pairs, state: LoopState = EMPTY) -> LoopState:
    for part in STEPS[: STEPS.index(name) + 1]:
        state = ACTS[part](state, pairs)
    return state


def changed(old: LoopState, new: LoopState) -> set[str]:
    def same(a: object, b: object) -> bool:
        return torch.equal(a, b) if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) else a is b or a == b

    return {field.name for field in fields(old) if not same(getattr(old, field.name), getattr(new, field.name))}


def test_the_pairs_are_the_real_threes_and_sevens(pairs):
    labels = load_mnist().train_labels
    assert len(pairs.train_targets) == ((labels == 3) | (labels == 7)).sum() == 12396
    assert pairs.train_targets.sum() == (labels == 7).sum() == 6265
    assert len(pairs.test_targets) == 2038


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("predict", {"at", "batch", "logits"}),
        ("loss", {"at", "loss"}),
        ("gradient", {"at", "gradient", "bias_gradient"}),
        ("step", {"at", "rounds", "weights", "bias", "weights_before", "history"}),
    ],
)
def test_a_step_changes_its_own_numbers_and_no_other(name, numbers, pairs):
    before = state_at(STEPS[STEPS.index(name) - 1], pairs)
    assert changed(before, ACTS[name](before, pairs)) == numbers


def test_stopping_measures_and_changes_no_weight(pairs):
    before = state_at("step", pairs)
    assert changed(before, stop(before, pairs)) == {"at", "accuracy"}


def test_three_rounds_equal_torch(pairs):
    start = initialise(EMPTY, pairs)
    model = nn.Linear(784, 1, dtype=torch.float64)
    with torch.no_grad():
        model.weight.copy_(start.weights[None])
        model.bias.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=CONFIG.learning_rate)
    state = start
    for _ in range(3):
        state = predict(state, pairs)
        xb, yb = unit(pairs.train_images[state.batch]), pairs.train_targets[state.batch]
        expected = nn.BCEWithLogitsLoss()(model(xb).squeeze(1), yb)
        optimizer.zero_grad()
        expected.backward()
        state = gradient(loss(state, pairs), pairs)
        assert state.loss == pytest.approx(expected.item(), rel=1e-12)
        assert torch.allclose(state.gradient, model.weight.grad[0], rtol=1e-12, atol=1e-15)
        optimizer.step()
        state = step(state, pairs)
    assert torch.allclose(state.weights, model.weight[0].detach(), rtol=1e-12, atol=1e-15)
    assert state.bias == pytest.approx(model.bias.item(), rel=1e-12)


def test_the_gradient_is_the_slope_of_the_loss(pairs):
    state = state_at("gradient", pairs)
    nudge = 1e-6
    for pixel in state.gradient.abs().topk(5).indices.tolist():
        moved = []
        for sign in (1, -1):
            weights = state.weights.clone()
            weights[pixel] += sign * nudge
            moved.append(loss_now(replace(state, weights=weights), pairs))
        assert (moved[0] - moved[1]) / (2 * nudge) == pytest.approx(state.gradient[pixel].item(), rel=1e-4)


def test_the_loss_is_the_mean_over_the_examples(pairs):
    state = state_at("loss", pairs)
    each = example_losses(state, pairs)
    right = torch.where(pairs.train_targets[state.batch] == 1, state.logits.sigmoid(), (-state.logits).sigmoid())
    assert torch.allclose(each, -right.log())
    assert each.mean().item() == pytest.approx(state.loss)


def test_a_step_is_before_minus_rate_times_gradient(pairs):
    state = state_at("step", pairs)
    assert torch.equal(state.weights, state.weights_before - 0.5 * state.gradient)
    assert state.bias == state.bias_before - 0.5 * state.bias_gradient
    assert loss_now(state, pairs) < state.history[-1]


def test_a_pixel_without_ink_keeps_its_weight(pairs):
    start = initialise(EMPTY, pairs)
    end = repeat(start, pairs, 20)
    assert unit(pairs.train_images)[:, 0].sum() == 0
    assert end.weights[0] == start.weights[0]
    assert (end.weights != start.weights).sum() > 400


@pytest.mark.parametrize(
    ("done", "wanted", "first"),
    [
        ("", "predict", "Initialise"),
        ("", "loss", "Initialise"),
        ("", "repeat", "Initialise"),
        ("", "stop", "Initialise"),
        ("initialise", "loss", "Predict"),
        ("initialise", "gradient", "Predict"),
        ("predict", "gradient", "Loss"),
        ("initialise", "step", "Gradient"),
        ("loss", "step", "Gradient"),
        ("step", "loss", "Predict"),
        ("step", "gradient", "Predict"),
        ("step", "step", "Predict"),
    ],
)
def test_a_step_too_early_says_what_comes_first(done, wanted, first, pairs):
    state = state_at(done, pairs) if done else EMPTY
    with pytest.raises(Refused, match=rf"Press \d, {first}"):
        ACTS[wanted](state, pairs)


@given(seed=st.integers(0, 2**31 - 1), rounds=st.integers(0, 4), at=st.sampled_from(("predict", "loss", "gradient")))
def test_a_replay_is_what_pressing_gave(seed, rounds, at):
    pairs = threes_and_sevens(load_mnist())
    state = initialise(LoopState(LoopConfig(seed, 0.3, 4)), pairs)
    for _ in range(rounds):
        for part in STEPS[1:5]:
            state = ACTS[part](state, pairs)
    for part in STEPS[1 : STEPS.index(at) + 1]:
        state = ACTS[part](state, pairs)
    assert changed(state, replay(state.config, pairs, rounds, at)) == set()


@pytest.mark.parametrize("at", ["", *STEPS])
def test_a_replay_without_rounds_stands(at, pairs):
    state = replay(CONFIG, pairs, 0, at)
    assert state.rounds == 0
    assert (state.weights is None) == (at == "")


def test_the_seed_decides_everything(pairs):
    once, again = (run_rounds(EMPTY, pairs, 5) for _ in range(2))
    assert torch.equal(once.weights, again.weights)
    assert not torch.equal(once.weights, run_rounds(LoopState(replace(CONFIG, seed=4)), pairs, 5).weights)


@pytest.mark.parametrize("seed", range(5))
def test_it_learns(seed, pairs):
    start = initialise(LoopState(LoopConfig(seed)), pairs)
    guessing, trained = stop(start, pairs).accuracy, stop(repeat(start, pairs, 100), pairs).accuracy
    assert guessing < 0.8
    assert trained > 0.96


def test_the_rounds_end_somewhere(pairs):
    state = replace(state_at("gradient", pairs), rounds=MAX_ROUNDS)
    with pytest.raises(Refused, match="as far as"):
        step(state, pairs)
    with pytest.raises(Refused, match="as far as"):
        repeat(state, pairs, 10)
    assert repeat(replace(state, rounds=MAX_ROUNDS - 3), pairs, 100).rounds == MAX_ROUNDS


def test_there_are_fewer_rounds_of_large_batches(pairs):
    config = LoopConfig(batch_size=1024)
    assert config.most_rounds == 390  # of 400,000 examples
    assert LoopConfig(batch_size=256).most_rounds == MAX_ROUNDS
    last = replay(config, pairs, 390, "repeat")
    with pytest.raises(Refused, match="390 rounds are as far as"):
        repeat(last, pairs)
    with pytest.raises(ValueError, match="rounds"):
        replay(config, pairs, 391, "repeat")


@pytest.mark.parametrize(
    "bad", [{"seed": -1}, {"learning_rate": 0.0}, {"learning_rate": float("nan")}, {"batch_size": 0}]
)
def test_bad_settings_are_refused(bad):
    with pytest.raises(ValueError, match="it must be"):
        LoopConfig(**bad)
