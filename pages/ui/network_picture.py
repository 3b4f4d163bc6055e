"""A network of the Train page in pictures: digits with its guesses, and the weights of its first neurons as images."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.data import load_mnist
from core.model import MLP, ModelConfig, build_model, predict
from core.once import made_once
from core.runs import Snapshot
from pages.ui.tiles import guess_sheet, show_sheet, weight_sheet

SHOWN_DIGITS = 24
SHOWN_NEURONS = 24
LEAST = 48  # pixels of each


@dataclass(frozen=True)
class NetworkPicture:
    """What is shown of a network."""

    right: int  # of the digits shown
    guesses: bytes  # sheets of `pages.ui.tiles`
    weights: bytes


@made_once(maxsize=64)
def picture_of_start(model: ModelConfig, seed: int) -> NetworkPicture:
    """Return the picture of a network before its first step; many readers look at the same ones."""
    return _picture(build_model(model, torch.Generator().manual_seed(seed)))


@made_once(maxsize=64, key=lambda snapshot: (snapshot.run_id, snapshot.step))
def picture_of(snapshot: Snapshot) -> NetworkPicture:
    """Return the picture of a run's weights, made once for all polls until the next weights come."""
    return _picture(snapshot.model())


def show_picture(picture: NetworkPicture) -> None:
    """Show digits with guesses, and weights."""
    st.caption(f"Test digits and what the network takes them for: {picture.right} of {SHOWN_DIGITS} right")
    show_sheet(picture.guesses, "guesses")
    st.caption("The first neurons' 784 weights as images: blue counts ink for, orange against")
    show_sheet(picture.weights, "weights")


def _picture(model: MLP) -> NetworkPicture:
    images, labels = _shown_digits()
    probabilities = predict(model, images)
    right = int((probabilities.argmax(1) == labels).sum())
    weights = model.weight_matrices[0].detach().numpy()[:SHOWN_NEURONS]
    return NetworkPicture(right, guess_sheet(images, labels, probabilities, LEAST), weight_sheet(weights, LEAST))


@lru_cache(maxsize=1)
def _shown_digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    digits = load_mnist()
    return digits.test_images[:SHOWN_DIGITS].astype(np.float32) / np.float32(255), digits.test_labels[:SHOWN_DIGITS]
