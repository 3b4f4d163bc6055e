"""Why a run went wrong, found by experiment: the same start again with one setting changed."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace

import torch

from core.activations import ACTIVATIONS
from core.data import Digits, as_tensors, to_unit
from core.model import MLP, ModelConfig, build_model
from core.optimizers import OPTIMIZERS
from core.training import TrainConfig, train
from core.training.loop import steps_per_epoch

BUDGET = 2.0  # seconds a reader waits for an explanation
TRIAL_STEPS = 300
RECENT = 20  # steps whose accuracy is averaged
GUESSING = 0.2  # accuracy; ten classes give 0.1 by chance
READING = 0.5  # accuracy from which a network is clearly learning
SLOPE_OF_THE_DEAD = 1e-6
KEPT_TRIALS = 64  # those asked for last; a class that breaks the same settings pays for one

_trials: OrderedDict[tuple[ModelConfig, TrainConfig, Digits], "Trial"] = OrderedDict()
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Trial:
    """How the same start does with another learning rate."""

    learning_rate: float
    steps: int
    accuracy: float  # mean over the last steps

    @property
    def learns(self) -> bool:
        """Whether it clearly does better than guessing."""
        return self.accuracy > READING


def why_diverged(model: ModelConfig, training: TrainConfig, step: int, digits: Digits) -> str:
    """Return why the loss overflowed at `step`: the same start is tried with a rate that suits its optimiser."""
    told = f"The loss grew beyond what a number can hold, at step {step:,}."
    return f"{told} {_blame(model, training, digits)}"


def why_stuck(model: MLP, training: TrainConfig, digits: Digits) -> str:
    """Return why a network only guesses after training: its dead neurons counted, the same start tried otherwise."""
    dead = dead_share(model, to_unit(as_tensors(digits).test_images[:1000]))
    told = "The network does no better than guessing."
    if dead > 0:
        told += (
            f" {dead:.0%} of its hidden neurons have slope 0 on each of 1,000 test digits: no gradient reaches them."
        )
    return f"{told} {_blame(model.config, training, digits)}"


def _blame(model: ModelConfig, training: TrainConfig, digits: Digits) -> str:
    suited = OPTIMIZERS[training.optimizer].learning_rate
    if training.learning_rate <= suited:
        return "The learning rate is not unusual. Try a smaller network, a smaller L2 penalty, ReLU, or another seed."
    trial = try_rate(model, training, suited, digits)
    if not trial.learns:
        return (
            f"The learning rate, {training.learning_rate:g}, is high: {suited:g} suits this optimiser. The same start "
            f"was tried with {suited:g}, and after {_steps(trial)} it reads {trial.accuracy:.0%} of its "
            f"digits, which shows too little. Set it to {suited:g} first."
        )
    return (
        f"The cause is the learning rate, {training.learning_rate:g}: each step jumps across the valley and lands "
        f"higher. The same start was tried with {suited:g}, and after {_steps(trial)} it reads "
        f"{trial.accuracy:.0%} of its digits. Set it to {suited:g} and train again."
    )


def _steps(trial: Trial) -> str:
    return f"{trial.steps} step{'s' if trial.steps > 1 else ''}"


def try_rate(model: ModelConfig, training: TrainConfig, learning_rate: float, digits: Digits) -> Trial:
    """Train the same start on the same batches with another constant rate, for 300 steps or 2 seconds.

    A trial is made once for all who ask, and one at a time; one that shows too little for want of time is not kept.
    """
    enough = -(-TRIAL_STEPS // steps_per_epoch(training, len(digits.train_labels)))  # epochs
    epochs = min(training.epochs, enough)
    other = replace(training, learning_rate=learning_rate, schedule="constant", epochs=epochs)
    with _one_at_a_time:
        trial = _trials.pop((model, other, digits), None) or _try(model, other, digits)
        last = epochs * steps_per_epoch(other, len(digits.train_labels))
        if trial.learns or trial.steps >= min(TRIAL_STEPS, last):
            _trials[model, other, digits] = trial
        if len(_trials) > KEPT_TRIALS:
            _trials.popitem(last=False)
        return trial


def _try(model: ModelConfig, training: TrainConfig, digits: Digits) -> Trial:
    network = build_model(model, torch.Generator().manual_seed(training.seed))
    ends = time.monotonic() + BUDGET
    recent: list[float] = []
    for record in train(network, digits, training):
        recent = [*recent[1 - RECENT :], record.accuracy]
        if record.step >= TRIAL_STEPS or time.monotonic() > ends:
            break
    return Trial(training.learning_rate, record.step, sum(recent) / len(recent))


@torch.inference_mode()
def dead_share(model: MLP, images: torch.Tensor) -> float:
    """Return the share of hidden neurons with |f′(sum)| < 1e-6 on every one of the images (n, 784)."""
    derivative = ACTIVATIONS[model.config.activation].derivative
    dead, neurons = 0, 0
    x = images
    for layer in list(model.layers)[:-1]:
        sums = layer(x)  # (n, width)
        dead += int((derivative(sums).abs() < SLOPE_OF_THE_DEAD).all(0).sum())
        neurons += sums.shape[1]
        x = model.activation(sums)
    return dead / neurons if neurons else 0.0
