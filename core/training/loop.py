"""The training loop: predict, loss, gradient, step, repeat."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from core.augment import AUGMENTATIONS
from core.data import Digits, DigitTensors, as_tensors, to_unit
from core.model import Dropout
from core.optimizers import OPTIMIZERS, SCHEDULES
from core.randomness import seeded
from core.training.config import TrainConfig


@dataclass(frozen=True)
class StepRecord:
    """What one training step did: one batch, one update of every weight."""

    step: int  # 1 after the first update
    epoch: float  # passes over the training digits so far
    loss: float  # mean cross-entropy of the batch, in nats, before the update
    accuracy: float  # share of the batch that was right, before the update
    learning_rate: float
    seconds: float  # spent training so far, pauses between steps left out
    test_loss: float | None = None  # at the end of an epoch
    test_accuracy: float | None = None  # at the end of an epoch
    diverged: bool = False  # the loss is no longer a finite number, and training has stopped


class TrainingState:
    """Everything that changes while a network trains: weights, the optimiser's memory, step, time, learning rate.

    The randomness of a step depends on (seed, step) alone, so a state saved and restored goes on exactly as if it
    had never stopped.
    """

    def __init__(self, model: nn.Module, config: TrainConfig) -> None:
        self.model = model
        self.config = config
        self.learning_rate = config.learning_rate  # may be changed while `train` runs
        self.step = 0
        self.seconds = 0.0
        self.dropouts = [module for module in model.modules() if isinstance(module, Dropout) and module.p > 0]
        self.is_random = bool(self.dropouts) or config.augmentation != "none"
        build = OPTIMIZERS[config.optimizer].build
        self.optimizer = build(model.parameters(), config.learning_rate, config.weight_decay)


def steps_per_epoch(config: TrainConfig, n: int) -> int:
    """Return the number of batches that `n` examples make, the last one perhaps smaller."""
    return -(-n // config.batch_size)


def train(
    model: nn.Module, digits: Digits, config: TrainConfig, state: TrainingState | None = None
) -> Iterator[StepRecord]:
    """Train `model` (mutated) on the training digits and yield a record a step; the same seed gives the same weights.

    A caller pauses by not asking for the next record and stops by closing the iterator. Pass a `state` to change its
    learning rate on the way, or to go on where it stands. Ends early, with `diverged` set, when the loss overflows.
    """
    state = state or TrainingState(model, config)
    data = as_tensors(digits)
    per_epoch = steps_per_epoch(config, len(data.train_labels))
    started = time.perf_counter()
    for images, labels in batches(data, config, state.step):
        rate = state.learning_rate * SCHEDULES[config.schedule].factor(state.step / (per_epoch * config.epochs))
        loss, accuracy = take_step(state, images, labels, rate)
        state.step += 1
        epoch, diverged = state.step / per_epoch, not math.isfinite(loss)
        is_tested = epoch.is_integer() and not diverged
        test_loss, test_accuracy = score(model, data.test_images, data.test_labels) if is_tested else (None, None)
        state.seconds += time.perf_counter() - started
        yield StepRecord(state.step, epoch, loss, accuracy, rate, state.seconds, test_loss, test_accuracy, diverged)
        if diverged:
            return
        started = time.perf_counter()


def batches(data: DigitTensors, config: TrainConfig, step: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the images (B, 784) and labels (B,) of every step from `step` on, each epoch in an order of its own."""
    first, begun = divmod(step, steps_per_epoch(config, len(data.train_labels)))
    for epoch in range(first, config.epochs):
        order = torch.randperm(len(data.train_labels), generator=_generator(config.seed, epoch, 0))
        for chosen in torch.split(order, config.batch_size)[begun if epoch == first else 0 :]:
            images = data.train_images.index_select(0, chosen)  # seven times as fast as [chosen]
            yield to_unit(images), data.train_labels.index_select(0, chosen)


def take_step(state: TrainingState, images: Tensor, labels: Tensor, rate: float) -> tuple[float, float]:
    """Take one step on a batch (B, 784), (B,): predict, loss, gradient, step. Returns the loss and the accuracy."""
    if state.is_random:
        generator = _generator(state.config.seed, state.step, 1)
        images = AUGMENTATIONS[state.config.augmentation].apply(images, generator)
        for dropout in state.dropouts:
            dropout.generator = generator
    if not state.model.training:
        state.model.train()
    logits = state.model(images)  # (B, 10)
    loss = F.cross_entropy(logits, labels)
    state.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.optimizer.step()
    right = (logits.detach().argmax(1) == labels).sum()
    return loss.item(), right.item() / len(labels)


def _generator(seed: int, index: int, purpose: int) -> torch.Generator:
    """Return a generator for one epoch's order (purpose 0) or one step's noise (purpose 1) of a run."""
    return seeded(seed, index, purpose)


def score(model: nn.Module, images: Tensor, labels: Tensor) -> tuple[float, float]:
    """Return the mean cross-entropy and the accuracy on images uint8 (n, 784) with labels int64 (n,)."""
    model.eval()
    loss, right = 0.0, 0.0
    with torch.inference_mode():
        for xb, yb in zip(torch.split(images, 2000), torch.split(labels, 2000), strict=True):
            logits = model(to_unit(xb))  # (2000, 10)
            loss += F.cross_entropy(logits, yb, reduction="sum").item()
            right += (logits.argmax(1) == yb).sum().item()
    return loss / len(labels), right / len(labels)


def evaluate(model: nn.Module, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> float:
    """Return the accuracy, 0 to 1, on images uint8 (n, 28, 28) with labels (n,)."""
    return score(model, torch.tensor(images).flatten(1), torch.tensor(labels))[1]
