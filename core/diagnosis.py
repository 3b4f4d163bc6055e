"""Why a run went wrong, found by experiment: the same start again with one setting changed."""

import time
from dataclasses import replace

import torch

from core.activations import ACTIVATIONS
from core.data import Digits, as_tensors, to_unit
from core.model import MLP, ModelConfig, build_model
from core.optimizers import OPTIMIZERS
from core.training import TrainConfig, train

BUDGET = 2.0  # seconds a reader waits for an explanation
GUESSING = 0.2  # accuracy; ten classes give 0.1 by chance


def why_diverged(model: ModelConfig, training: TrainConfig, step: int, digits: Digits) -> str:
    """Return a sentence on why the loss overflowed at `step`: the run again, with a rate that suits its optimiser."""
    suited = OPTIMIZERS[training.optimizer].learning_rate
    told = f"The loss grew beyond what a number can hold, at step {step:,}."
    if training.learning_rate <= suited:
        return (
            f"{told} The learning rate is not unusual, so try a smaller network, a smaller L2 penalty or another seed."
        )
    lasted, finite = _survives(model, replace(training, learning_rate=suited), step, digits)
    rate = f"the learning rate, {training.learning_rate:g}"
    if finite and lasted >= step:
        return (
            f"{told} The cause is {rate}: each step jumps across the valley and lands higher. The same start was "
            f"tried just now with {suited:g}: after {lasted:,} steps its loss is finite. Set it to {suited:g} and "
            "train again."
        )
    return f"{told} The likely cause is {rate}; {suited:g} suits this optimiser. Set it lower and train again."


def why_stuck(model: MLP, training: TrainConfig, digits: Digits) -> str:
    """Return a sentence on why a network still guesses after training, with the share of dead neurons counted."""
    suited = OPTIMIZERS[training.optimizer].learning_rate
    advice = (
        f"a learning rate of {suited:g} suits this optimiser" if training.learning_rate != suited else "try a new seed"
    )
    dead = dead_share(model, to_unit(as_tensors(digits).test_images[:1000]))
    if dead > 0.5:
        return (
            f"The network only guesses: {dead:.0%} of its hidden neurons have slope 0 on each of 1,000 test digits, so "
            f"no gradient reaches their weights any more. They died in the first large steps; {advice}."
        )
    return f"The network does no better than guessing. It has not learned with these settings; {advice}."


@torch.inference_mode()
def dead_share(model: MLP, images: torch.Tensor) -> float:
    """Return the share of hidden neurons with |f′(sum)| < 1e-6 on every one of the images (n, 784)."""
    derivative = ACTIVATIONS[model.config.activation].derivative
    dead, neurons = 0, 0
    x = images
    for layer in list(model.layers)[:-1]:
        sums = layer(x)  # (n, width)
        dead += int((derivative(sums).abs() < 1e-6).all(0).sum())
        neurons += sums.shape[1]
        x = model.activation(sums)
    return dead / neurons if neurons else 0.0


def _survives(model: ModelConfig, training: TrainConfig, steps: int, digits: Digits) -> tuple[int, bool]:
    """Return how many of `steps` fitted into the budget, and whether the loss stayed finite."""
    network = build_model(model, torch.Generator().manual_seed(training.seed))
    ends = time.monotonic() + BUDGET
    for record in train(network, digits, training):
        if record.diverged:
            return record.step, False
        if record.step >= steps or time.monotonic() > ends:
            return record.step, True
    return steps, True
