"""3 against 7 by hand: the mean image of each digit, and whichever a new image is closer to."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.data import load_mnist
from core.experiments.loop import LoopConfig, LoopState, run_rounds, stop
from core.experiments.pairs import Pairs, threes_and_sevens, unit
from core.once import made_once

LEARNED = LoopConfig()
LEARNED_ROUNDS = 400


@dataclass(frozen=True)
class Distance:
    """A way to say how far two images are apart: each pixel's share, and all pixels' shares as one number."""

    label: str
    formula: str  # LaTeX
    per_pixel: Callable[[Tensor], Tensor]
    whole: Callable[[Tensor], Tensor]  # from the pixels' shares (…, 784) to (…)


DISTANCES: dict[str, Distance] = {
    "l1": Distance("Absolute (L1)", r"\tfrac{1}{784}\sum_i |x_i - m_i|", torch.abs, lambda parts: parts.mean(-1)),
    "l2": Distance(
        "Squared (L2)",
        r"\sqrt{\tfrac{1}{784}\textstyle\sum_i (x_i - m_i)^2}",
        torch.square,
        lambda parts: parts.mean(-1).sqrt(),
    ),
}


@dataclass(frozen=True, eq=False)
class Ideals:
    """The mean image of each digit, (784,) from 0 to 1."""

    three: Tensor
    seven: Tensor


@dataclass(frozen=True, eq=False)
class Comparison:
    """How far images are from both ideals, pixel by pixel and as a whole."""

    three_parts: Tensor  # (n, 784)
    seven_parts: Tensor  # (n, 784)
    three: Tensor  # (n,)
    seven: Tensor  # (n,)

    @property
    def says_seven(self) -> Tensor:
        """Whether the ideal 7 is closer (n,)."""
        return self.seven < self.three


def ideals(pairs: Pairs) -> Ideals:
    """Return the mean of all training 3s and of all training 7s."""
    images, is_seven = unit(pairs.train_images), pairs.train_targets == 1
    return Ideals(images[~is_seven].mean(0), images[is_seven].mean(0))


def compare(images: Tensor, to: Ideals, distance: Distance) -> Comparison:
    """Return the distance of images (n, 784), 0 to 1, to each ideal."""
    three, seven = distance.per_pixel(images - to.three), distance.per_pixel(images - to.seven)
    return Comparison(three, seven, distance.whole(three), distance.whole(seven))


@dataclass(frozen=True, eq=False)
class Contest:
    """By hand and learned on the same test images: the ideals, who is right where, the learned weights."""

    ideals: Ideals
    right: dict[str, Tensor]  # distance → (M,) bool
    learned: LoopState

    def by_hand(self, distance: str) -> float:
        """Return the share of test images that the ideals get right with a distance."""
        return self.right[distance].double().mean().item()


@made_once(maxsize=1)
def contest() -> Contest:
    """Return the hand-written rule and a linear model trained by the seven steps, both measured on the test images."""
    pairs = threes_and_sevens(load_mnist())
    images, is_seven = unit(pairs.test_images), pairs.test_targets == 1
    means = ideals(pairs)
    right = {name: compare(images, means, distance).says_seven == is_seven for name, distance in DISTANCES.items()}
    return Contest(means, right, stop(run_rounds(LoopState(LEARNED), pairs, LEARNED_ROUNDS), pairs))
