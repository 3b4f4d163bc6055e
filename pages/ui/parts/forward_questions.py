"""What the forward-pass lesson asks the reader to predict, and the real runs that answer."""

import numpy as np

from core.data import load_mnist
from core.experiments.hand_network import INPUTS, HandNetwork
from core.experiments.linear_layer import ROWS, linear_cells, normal_weights
from core.experiments.small_reader import small_reader
from core.experiments.threshold import fire, first_layer_sums
from core.forward import work_out, work_out_neuron
from core.model import predict
from pages.ui.quiz import Outcome

OTHERS = ((0.0, 0.0, 0.0), (1.0, 0.0, 1.0), (0.3, 1.0, 0.5))  # three very different inputs


def lower_bias() -> Outcome:
    """Run the first neuron with its bias one lower."""
    weights, bias = HandNetwork().hidden[:3], HandNetwork().hidden_bias[0]
    before, after = (work_out_neuron(INPUTS, weights, b, "sigmoid").output for b in (bias, bias - 1))
    choice = 0 if after == 0 else 2 if after == before else 1
    return Outcome(choice, f"It was {before:.3f} and is now {after:.3f}.")


def silence() -> Outcome:
    """Run the network without hidden weights on three inputs."""
    network = HandNetwork(hidden=(0.0,) * 9)
    answers = [work_out(x, network.layers("network"))[-1][0].output for x in OTHERS]
    choice = 2 if len(set(answers)) > 1 else int(answers[0] != 0)
    return Outcome(choice, f"The answers are {', '.join(f'{answer:.3f}' for answer in answers)}: only biases speak.")


def pass_threshold() -> Outcome:
    """Run hidden neuron 1 on the test digits with a threshold of 10."""
    sums = first_layer_sums(small_reader(), load_mnist().test_images, 0)
    fires = int((fire(sums, 10.0, "relu") > 0).sum())
    return Outcome(0 if fires > 5000 else 1 if fires >= 100 else 2, f"It fires for {fires:,} of 10,000 digits.")


def batch_or_rows() -> Outcome:
    """Run a batch, and each of its rows alone."""
    weights, bias = normal_weights(0)
    together = linear_cells(ROWS, weights, bias)
    alone = [linear_cells([row], weights, bias)[0] for row in ROWS]
    gap = max(abs(a.value - b.value) for rows in zip(together, alone, strict=True) for a, b in zip(*rows, strict=True))
    return Outcome(1 if gap < 1e-12 else 0, f"The largest difference between the eight numbers is {gap:g}.")


def other_order() -> Outcome:
    """Run the small reader on the test digits, and on the same with the rows turned round."""
    digits = load_mnist()
    images = digits.test_images.astype(np.float32) / np.float32(255)
    guesses = (predict(small_reader(), order).argmax(1) for order in (images, images[:, ::-1]))
    as_is, turned = (float((guess == digits.test_labels).mean()) for guess in guesses)
    choice = 0 if turned > as_is - 0.01 else 1 if turned > 0.5 else 2
    return Outcome(choice, f"{as_is:.1%} are read in the usual order and {turned:.1%} from the last row to the first.")
