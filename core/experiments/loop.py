"""The seven steps, one function each, from an old state to a new one: 785 numbers learn to tell a 7 from a 3."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from core.experiments.pairs import Pairs, inputs_of, unit
from core.initialization import initial_weights
from core.model import PIXELS
from core.randomness import MAX_SEED, seeded
from core.validation import require_integer, require_number

STEPS = ("initialise", "predict", "loss", "gradient", "step", "repeat", "stop")
MAX_RATE = 100.0
MAX_BATCH = 4096
MAX_ROUNDS = 1000  # in all, and fewer of large batches: a link to the last of them still opens within a second
MAX_EXAMPLES = 400_000  # of all rounds together; reading them is what takes the time


class Refused(ValueError):
    """A step makes no sense yet, or any more; the message says what to do instead."""


@dataclass(frozen=True)
class LoopConfig:
    """The settings of the loop; raises `ValueError` when one is out of range."""

    seed: int = 1  # decides the first weights and the order of the batches
    learning_rate: float = 0.3
    batch_size: int = 64

    def __post_init__(self) -> None:
        require_integer("seed", self.seed, 0, MAX_SEED)
        require_number("learning rate", self.learning_rate, 1e-6, MAX_RATE)
        require_integer("batch size", self.batch_size, 1, MAX_BATCH)

    @property
    def most_rounds(self) -> int:
        """How many rounds there may be in all: min(1,000, 400,000 // batch size)."""
        return min(MAX_ROUNDS, MAX_EXAMPLES // self.batch_size)


@dataclass(frozen=True, eq=False)
class LoopState:
    """All numbers of the loop after its last step `at`; what a step has not made yet is `None`."""

    config: LoopConfig
    at: str = ""  # the step that ran last; "" before the first
    rounds: int = 0  # times every weight has been changed
    weights: Tensor | None = None  # (784,) one a pixel
    bias: float = 0.0
    batch: Tensor | None = None  # (B,) indices of training pairs
    logits: Tensor | None = None  # (B,)
    loss: float | None = None  # nats
    gradient: Tensor | None = None  # (784,) ∂loss/∂w
    bias_gradient: float = 0.0  # ∂loss/∂b
    weights_before: Tensor | None = None  # (784,) as they were before the last update
    bias_before: float = 0.0
    history: tuple[float, ...] = ()  # the loss of each finished round
    accuracy: float | None = None  # share of the test pairs that are right, when last measured


def initialise(state: LoopState, pairs: Pairs) -> LoopState:
    """Step 1: draw every weight from N(0, 1/784), set the bias to 0 and forget the rest; the seed decides."""
    weights = initial_weights((PIXELS,), PIXELS, 1.0, seeded(state.config.seed, 0))
    return LoopState(state.config, "initialise", weights=weights)


def predict(state: LoopState, pairs: Pairs) -> LoopState:
    """Step 2: take this round's batch and compute w·x + b for each image; p(7) = 1 / (1 + exp(−(w·x + b)))."""
    weights = _weights(state, "predict")
    n, size = len(pairs.train_targets), state.config.batch_size
    batch = torch.randint(n, (size,), generator=seeded(state.config.seed, state.rounds + 1))
    logits = inputs_of(pairs, batch) @ weights + state.bias  # (B, 784) @ (784,) → (B,)
    return replace(state, at="predict", batch=batch, logits=logits, loss=None, gradient=None, weights_before=None)


def loss(state: LoopState, pairs: Pairs) -> LoopState:
    """Step 3: the mean over the batch of −log p(the right answer), in nats."""
    batch, logits = _predictions(state, "loss")
    mean = F.binary_cross_entropy_with_logits(logits, pairs.train_targets[batch])
    return replace(state, at="loss", loss=mean.item())


def gradient(state: LoopState, pairs: Pairs) -> LoopState:
    """Step 4: ∂loss/∂w and ∂loss/∂b on the same batch, by automatic differentiation."""
    batch, _ = _predictions(state, "gradient")
    if state.loss is None:
        raise Refused("A gradient says how the loss changes, and there is no loss yet. Press 3, Loss, first.")
    w = _weights(state, "gradient").clone().requires_grad_()
    b = torch.tensor(state.bias, dtype=torch.float64, requires_grad=True)
    logits = inputs_of(pairs, batch) @ w + b  # (B,)
    mean = F.binary_cross_entropy_with_logits(logits, pairs.train_targets[batch])
    w_gradient, b_gradient = torch.autograd.grad(mean, (w, b))
    return replace(state, at="gradient", gradient=w_gradient, bias_gradient=b_gradient.item())


def step(state: LoopState, pairs: Pairs) -> LoopState:
    """Step 5: w ← w − rate · ∂loss/∂w and b ← b − rate · ∂loss/∂b, which ends a round."""
    weights = _weights(state, "step")
    if state.weights_before is not None:
        raise Refused("This step is taken: the gradient belonged to the old weights. Press 2, Predict, for a new one.")
    if state.gradient is None or state.loss is None:
        raise Refused("Nothing says yet which way to go. Press 4, Gradient, first.")
    if state.rounds >= state.config.most_rounds:
        raise Refused(too_many(state.config))
    rate = state.config.learning_rate
    return replace(
        state,
        at="step",
        rounds=state.rounds + 1,
        weights=weights - rate * state.gradient,
        bias=state.bias - rate * state.bias_gradient,
        weights_before=weights,
        bias_before=state.bias,
        history=(*state.history, state.loss),
    )


def repeat(state: LoopState, pairs: Pairs, rounds: int = 1) -> LoopState:
    """Step 6: run steps 2 to 5 `rounds` times, each time on a new batch, up to the most that there may be."""
    _weights(state, "repeat")
    require_integer("rounds", rounds, 1, MAX_ROUNDS)
    left = state.config.most_rounds - state.rounds
    for _ in range(max(1, min(rounds, left))):
        for part in (predict, loss, gradient, step):
            state = part(state, pairs)
    return replace(state, at="repeat")


def stop(state: LoopState, pairs: Pairs) -> LoopState:
    """Step 7: leave the weights alone and count how many pairs of the test they get right."""
    logits = unit(pairs.test_images) @ _weights(state, "stop") + state.bias  # (M,)
    right = (logits > 0) == (pairs.test_targets == 1)
    return replace(state, at="stop", accuracy=right.double().mean().item())


Act = Callable[[LoopState, Pairs], LoopState]
ACTS: dict[str, Act] = dict(zip(STEPS, (initialise, predict, loss, gradient, step, repeat, stop), strict=True))


def too_many(config: LoopConfig) -> str:
    """Return why there are no more rounds, and what to do."""
    most, size = config.most_rounds, config.batch_size
    return f"{most:,} rounds are as far as batches of {size:,} go on this page. Press 7, Stop, or start over."


def replay(config: LoopConfig, pairs: Pairs, rounds: int, at: str) -> LoopState:
    """Return the state after `rounds` finished rounds whose last step was `at`; "" and 0 rounds is the very start."""
    require_integer("rounds", rounds, 0, config.most_rounds)
    state = LoopState(config)
    if not at and not rounds:
        return state
    state = initialise(state, pairs)
    state = repeat(state, pairs, rounds) if rounds else state
    for part in STEPS[1 : STEPS.index(at) + 1] if at in ("predict", "loss", "gradient") else ():
        state = ACTS[part](state, pairs)
    if at == "stop":
        return stop(state, pairs)
    return replace(state, at=at) if rounds and at in ("step", "repeat") else state


def run_rounds(state: LoopState, pairs: Pairs, rounds: int) -> LoopState:
    """Return the state after `rounds` more rounds, with weights drawn first where there are none."""
    ready = state if state.weights is not None else initialise(state, pairs)
    return repeat(ready, pairs, rounds)


def example_losses(state: LoopState, pairs: Pairs) -> Tensor:
    """Return −log p(the right answer) of each example of the batch (B,), in nats; raises `Refused` without guesses."""
    batch, logits = _predictions(state, "loss")
    return F.binary_cross_entropy_with_logits(logits, pairs.train_targets[batch], reduction="none")


def loss_now(state: LoopState, pairs: Pairs) -> float:
    """Return what the last batch costs with the weights as they are now, in nats; raises `Refused` without a batch."""
    if state.batch is None:
        raise Refused("There is no batch yet. Press 2, Predict, first.")
    logits = inputs_of(pairs, state.batch) @ _weights(state, "loss") + state.bias
    return F.binary_cross_entropy_with_logits(logits, pairs.train_targets[state.batch]).item()


def _weights(state: LoopState, wanted: str) -> Tensor:
    if state.weights is None:
        raise Refused(f"Step {STEPS.index(wanted) + 1} needs weights, and there are none yet. Press 1, Initialise.")
    return state.weights


def _predictions(state: LoopState, wanted: str) -> tuple[Tensor, Tensor]:
    _weights(state, wanted)
    if state.batch is None or state.logits is None:
        raise Refused(f"The {wanted} is about predictions, and there are none yet. Press 2, Predict, first.")
    if state.weights_before is not None:
        raise Refused("The weights have changed since the last prediction. Press 2, Predict, with the new ones.")
    return state.batch, state.logits
