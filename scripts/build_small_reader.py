"""Train and write the 784-16-16-10 network of the forward-pass lesson: `python -m scripts.build_small_reader`."""

import torch

from core.data import load_mnist
from core.experiments.small_reader import SMALL_READER, build_small_reader
from core.model import load_model
from core.training import evaluate


def main() -> None:
    """Train, write, read back, measure."""
    torch.set_num_threads(1)
    digits = load_mnist()
    build_small_reader(digits)
    accuracy = evaluate(load_model(SMALL_READER), digits.test_images, digits.test_labels)
    print(f"{SMALL_READER.name}: {accuracy:.2%} of the test digits")


if __name__ == "__main__":
    main()
