"""Optimisers: how a gradient becomes a step, and how the learning rate changes on the way."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Optimizer:
    """One optimiser: its name for people, how to build it, and a learning rate that suits it."""

    label: str
    build: Callable[[Iterable[nn.Parameter], float, float], torch.optim.Optimizer]  # parameters, rate, weight_decay
    learning_rate: float  # works on MNIST at batch 128


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(
        "SGD",
        lambda parameters, rate, decay: torch.optim.SGD(parameters, rate, weight_decay=decay, fused=True),
        0.1,
    ),
    "momentum": Optimizer(
        "SGD with momentum 0.9",
        lambda parameters, rate, decay: torch.optim.SGD(parameters, rate, 0.9, weight_decay=decay, fused=True),
        0.05,
    ),
    "nesterov": Optimizer(
        "SGD with Nesterov momentum 0.9",
        lambda parameters, rate, decay: torch.optim.SGD(
            parameters, rate, 0.9, weight_decay=decay, nesterov=True, fused=True
        ),
        0.05,
    ),
    "rmsprop": Optimizer(
        "RMSprop",
        lambda parameters, rate, decay: torch.optim.RMSprop(parameters, rate, weight_decay=decay, foreach=True),
        0.001,
    ),
    "adam": Optimizer(
        "Adam",
        lambda parameters, rate, decay: torch.optim.Adam(parameters, rate, weight_decay=decay, fused=True),
        0.002,
    ),
    "adamw": Optimizer(
        "AdamW",
        lambda parameters, rate, decay: torch.optim.AdamW(parameters, rate, weight_decay=decay, fused=True),
        0.002,
    ),
}


@dataclass(frozen=True)
class Schedule:
    """One schedule: its name for people and the factor on the learning rate at a progress from 0 to 1."""

    label: str
    factor: Callable[[float], float]


def constant(progress: float) -> float:
    """Return a factor of 1, from start to end."""
    return 1.0


def linear(progress: float) -> float:
    """Return a factor that falls from 1 to 0 on a straight line."""
    return 1 - progress


def one_cycle(progress: float) -> float:
    """Return a factor that rises from 0.04 to 1 over the first 30 %, then falls to 0 by a half cosine. Smith, 2018."""
    if progress < 0.3:
        return 0.04 + 0.96 * progress / 0.3
    return cosine((progress - 0.3) / 0.7)


def cosine(progress: float) -> float:
    """Return a factor that falls from 1 to 0 by a half cosine. Loshchilov and Hutter, 2017."""
    return 0.5 * (1 + math.cos(math.pi * progress))


SCHEDULES: dict[str, Schedule] = {
    "constant": Schedule("Constant", constant),
    "linear": Schedule("Linear decay", linear),
    "cosine": Schedule("Cosine decay", cosine),
    "one_cycle": Schedule("One cycle", one_cycle),
}
