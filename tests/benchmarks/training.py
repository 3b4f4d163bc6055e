"""Training against the tutorial idiom, scikit-learn and the matrix product: `python -m tests.benchmarks.training`.

Everything runs in this process on one thread, and times are processor time: on a quiet machine that is the time by
the clock, and on a busy one the others' share does not count. What is compared runs in turns.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from PIL import Image
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from core.data import Digits, load_mnist
from core.model import ModelConfig, build_model
from core.training import RECIPES, TrainConfig, train
from tests.benchmarks.report import write_section

ROUNDS = 3
SEEDS = range(5)
SMALL = ModelConfig((128,))
PATIENCE = 30  # epochs a rival may take
Scores = Iterator[tuple[float, float]]  # seconds of training so far, test accuracy; one an epoch


class PictureDigits(Dataset):
    """Digits as the tutorials read them: a PIL image an item, made a tensor by a transform."""

    def __init__(self, digits: Digits) -> None:
        self.images, self.labels = torch.tensor(digits.train_images), torch.tensor(digits.train_labels)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        picture = Image.fromarray(self.images[index].numpy())
        return normalize(to_tensor(picture)), int(self.labels[index])


def to_tensor(picture: Image.Image) -> Tensor:
    """Return a grey picture as float32 (1, h, w) from 0 to 1, in the steps of torchvision's `ToTensor`."""
    pixels = torch.from_numpy(np.array(picture, np.uint8, copy=True))
    pixels = pixels.view(picture.size[1], picture.size[0], 1)
    return pixels.permute((2, 0, 1)).contiguous().to(dtype=torch.float32).div(255)


def normalize(image: Tensor, mean: tuple[float, ...] = (0.1307,), std: tuple[float, ...] = (0.3081,)) -> Tensor:
    """Return an image (1, h, w) less its mean, over its deviation, in the steps of torchvision's `Normalize`."""
    image = image.clone()
    center, spread = torch.as_tensor(mean, dtype=image.dtype), torch.as_tensor(std, dtype=image.dtype)
    if (spread == 0).any():
        raise ValueError("a deviation of 0")
    return image.sub_(center.view(-1, 1, 1)).div_(spread.view(-1, 1, 1))


def idiom(hidden: int, batch_size: int, digits: Digits, test: bool = True) -> Scores:
    """Train as PyTorch's own MNIST example does: `DataLoader`, transforms, `zero_grad`, `backward`, Adam's `step`."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 10))
    loader = DataLoader(PictureDigits(digits), batch_size=batch_size, shuffle=True)
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3)
    images = (torch.tensor(digits.test_images).unsqueeze(1) / 255 - 0.1307) / 0.3081
    seconds = 0.0
    while True:
        started = time.process_time()
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
        seconds += time.process_time() - started
        with torch.no_grad():
            guesses = model(images).argmax(1).numpy() if test else np.zeros(len(images))
        yield seconds, float((guesses == digits.test_labels).mean())


def scikit(hidden: int, digits: Digits) -> Scores:
    """Train scikit-learn's network with its defaults, an epoch at a time."""
    x = digits.train_images.reshape(-1, 784).astype(np.float32) / 255
    test = digits.test_images.reshape(-1, 784).astype(np.float32) / 255
    model = MLPClassifier((hidden,), random_state=0)
    seconds = 0.0
    while True:
        started = time.process_time()
        model.partial_fit(x, digits.train_labels, classes=np.arange(10))
        seconds += time.process_time() - started
        yield seconds, float(model.score(test, digits.test_labels))


def ours(model: ModelConfig, config: TrainConfig, digits: Digits) -> tuple[float, float]:
    """Return seconds and final test accuracy of a run, its tests after each epoch included."""
    started = time.process_time()
    network = build_model(model, torch.Generator().manual_seed(config.seed))
    *_, last = train(network, digits, config)
    return time.process_time() - started, float(last.test_accuracy)


def epoch_of_ours(digits: Digits) -> float:
    """Return the seconds of one epoch of 784-128-10 at batch 128 with Adam, without the test after it."""
    config = TrainConfig(epochs=2, batch_size=128, learning_rate=0.002)  # the second epoch is not begun
    network = build_model(SMALL, torch.Generator().manual_seed(0))
    untested = len(digits.train_labels) // 128  # all batches but the last, smaller one
    started = time.process_time()
    for record in train(network, digits, config):
        if record.step == untested:
            break
    return (time.process_time() - started) / record.epoch


def gemm_rate(n: int = 1024) -> float:
    """Return the float32 operations a second of a matrix product on one thread, the median of 20."""
    a, b = torch.rand(n, n), torch.rand(n, n)
    return 2 * n**3 / statistics.median(timed(lambda: a @ b) for _ in range(20))


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that `act` takes."""
    started = time.process_time()
    act()
    return time.process_time() - started


def until(accuracy: float, scores: Scores) -> tuple[float, int]:
    """Return the seconds and epochs to `accuracy`; all of `PATIENCE` when it is not reached, a lower bound."""
    for epoch, (seconds, reached) in enumerate(scores, 1):
        if reached >= accuracy or epoch == PATIENCE:
            return seconds, epoch
    raise AssertionError("rivals train for ever")


def epoch_rows(digits: Digits) -> list[tuple[str, str, str]]:
    """Compare one epoch of 784-128-10 at batch 128 with the idiom's and with the matrix product's time."""
    operations = 6 * SMALL.parameters * len(digits.train_labels)
    epoch_of_ours(digits)  # warm
    mine, rival, floor = [], [], []
    for _ in range(ROUNDS):
        floor.append(operations / gemm_rate())
        mine.append(min(epoch_of_ours(digits) for _ in range(3)))
        rival.append(next(idiom(128, 128, digits, test=False))[0])
    ratio = statistics.median(r / m for r, m in zip(rival, mine, strict=True))
    over = statistics.median(m / f for m, f in zip(mine, floor, strict=True))
    return [
        ("one epoch of 784-128-10, batch 128", f"{statistics.median(mine):.2f} s", ""),
        ("the same by the tutorial idiom", f"{statistics.median(rival):.2f} s, {ratio:.1f}× as long", "≥ 10×"),
        ("the matrix product's floor", f"{statistics.median(floor):.2f} s; ours takes {over:.2f}× that", "≤ 2×"),
    ]


def recipe_rows(digits: Digits) -> list[tuple[str, str, str]]:
    """Compare the recipe `quick` with rivals that train the same network to the same test accuracy."""
    recipe = RECIPES["quick"]
    (hidden,) = recipe.model.hidden
    seconds, accuracy = ours(recipe.model, recipe.training, digits)
    slow, epochs = until(accuracy, idiom(hidden, 64, digits))
    middle, rounds = until(accuracy, scikit(hidden, digits))
    again = ours(recipe.model, recipe.training, digits)[0]  # once before and once after the rivals
    seconds = (seconds + again) / 2
    return [
        ("`quick`", f"{accuracy:.2%} in {seconds:.1f} s", ""),
        ("the idiom to that accuracy", told(slow, epochs, seconds), "≥ 8×"),
        ("scikit-learn to that accuracy", told(middle, rounds, seconds), "≥ 4×"),
    ]


def told(seconds: float, epochs: int, mine: float) -> str:
    """Return time, epochs and ratio in words."""
    more = "more than " if epochs == PATIENCE else ""
    return f"{more}{seconds:.0f} s, {epochs} epochs, {seconds / mine:.1f}× as long"


def accuracy_rows(digits: Digits) -> list[tuple[str, str, str]]:
    """Return the mean test accuracy of each recipe over five seeds."""
    rows = []
    for (name, recipe), wanted in zip(RECIPES.items(), ("≥ 97.5 %", "≥ 98.5 %"), strict=True):
        runs = [ours(recipe.model, replace(recipe.training, seed=seed), digits) for seed in SEEDS]
        shares = [accuracy for _, accuracy in runs]
        seconds = statistics.median(seconds for seconds, _ in runs)
        text = f"{np.mean(shares):.2%} ({min(shares):.2%} to {max(shares):.2%}), {seconds:.1f} s"
        rows.append((f"`{name}`, mean of {len(SEEDS)} seeds", text, wanted))
    return rows


def measure() -> list[tuple[str, str, str]]:
    """Return rows of what, measured, wanted."""
    torch.set_num_threads(1)
    digits = load_mnist()
    gc.freeze()  # as the app, its workers and the command line do
    with threadpool_limits(1):
        return epoch_rows(digits) + recipe_rows(digits) + accuracy_rows(digits)


def main() -> None:
    """Measure, and write the figures to `docs/benchmarks.md`."""
    table = measure()
    write_section("Training", "tests.benchmarks.training", table)
    for row in table:
        print(*row, sep=" | ")


if __name__ == "__main__":
    main()
