"""What is said of a run that went wrong is found by experiment, so it must agree with the experiment."""

from dataclasses import replace
from threading import Thread

import pytest
import torch

from core import diagnosis
from core.data import load_mnist
from core.diagnosis import GUESSING, RECENT, TRIAL_STEPS, dead_share, try_rate, why_diverged, why_stuck
from core.model import ModelConfig, build_model
from core.training import TrainConfig, train

SMALL = ModelConfig((32,))
CLASS = [(100.0, 2, "constant"), (100.0, 2, "constant"), (50.0, 7, "one_cycle"), (3.0, 100, "constant")]


@pytest.fixture(autouse=True)
def enough_time(monkeypatch):
    monkeypatch.setattr("core.diagnosis.BUDGET", 60.0)  # so that all steps are tried, on a busy machine too
    diagnosis._trials.clear()


def config_with(rate):
    return TrainConfig(epochs=1, batch_size=256, optimizer="sgd", learning_rate=rate, schedule="constant")


def test_the_rate_that_broke_a_run_is_named_and_the_better_one_learns():
    config = config_with(100.0)
    model = build_model(SMALL, torch.Generator().manual_seed(0))
    *_, last = train(model, load_mnist(), config)
    assert last.test_accuracy < GUESSING
    said = why_stuck(model, config, load_mnist())
    assert "The cause is the learning rate, 100" in said
    assert "with 0.1" in said
    assert f"{dead_share(model, torch.tensor(load_mnist().test_images[:1000]).flatten(1) / 255):.0%} of its" in said


def test_the_better_rate_is_the_same_start_trained_for_real():
    trial = try_rate(SMALL, config_with(100.0), 0.1, load_mnist())
    model = build_model(SMALL, torch.Generator().manual_seed(0))
    records = train(model, load_mnist(), config_with(0.1))
    accuracies = [next(records).accuracy for _ in range(trial.steps)]
    recent = accuracies[-RECENT:]
    assert trial.accuracy == pytest.approx(sum(recent) / len(recent))
    assert trial.learns


def test_a_trial_ends_after_its_steps_or_its_time_and_the_sentence_says_how_many_steps(monkeypatch):
    config = replace(config_with(100.0), epochs=2)  # more steps than a trial takes
    assert f"after {TRIAL_STEPS} steps it reads" in why_diverged(SMALL, config, 3, load_mnist())
    monkeypatch.setattr("core.diagnosis.BUDGET", 0.0)
    diagnosis._trials.clear()
    said = why_diverged(SMALL, config, 3, load_mnist())
    assert "after 1 step " in said
    assert "The cause is" not in said  # one step shows nothing
    monkeypatch.setattr("core.diagnosis.BUDGET", 60.0)  # and is not what the next one is told
    assert f"after {TRIAL_STEPS} steps it reads" in why_diverged(SMALL, config, 3, load_mnist())


def test_a_class_that_breaks_the_same_settings_pays_for_one_trial(monkeypatch):
    tried, at_once, most = [], [0], [0]

    def counted(model, digits, config):
        tried.append(config)
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        try:
            yield from train(model, digits, config)
        finally:
            at_once[0] -= 1

    monkeypatch.setattr("core.diagnosis.train", counted)
    told = []
    ask = [(SMALL, replace(config_with(rate), epochs=epochs, schedule=schedule)) for rate, epochs, schedule in CLASS]
    learners = [Thread(target=lambda a=a: told.append(why_diverged(*a, 3, load_mnist()))) for a in ask]
    for learner in learners:
        learner.start()
    for learner in learners:
        learner.join()
    assert len(told) == len(CLASS)
    assert len(tried) == 1
    why_diverged(SMALL, replace(config_with(50.0), seed=1), 3, load_mnist())
    assert len(tried) == 2
    assert most[0] == 1


def test_a_usual_rate_is_not_blamed():
    said = why_diverged(SMALL, config_with(0.05), 10, load_mnist())
    assert "at step 10" in said
    assert "The cause is" not in said


def test_dead_neurons_are_counted():
    model = build_model(ModelConfig((4, 4)), torch.Generator().manual_seed(0))
    images = torch.rand(50, 784, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        model.layers[0].bias.copy_(torch.tensor([-1e4, -1e4, 1e4, 1e4]))
        model.layers[1].bias.fill_(1e6)
    assert dead_share(model, images) == pytest.approx(2 / 8)
