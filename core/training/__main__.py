"""Train a recipe from the shell: `python -m core.training --recipe quick [--seed N] [--json]`."""

import argparse
import gc
import json
import sys
from dataclasses import replace

import torch
from torch import nn

from core.data import DataError, load_mnist
from core.model import build_model
from core.randomness import MAX_SEED
from core.training.config import RECIPES, Recipe
from core.training.loop import StepRecord, evaluate, steps_per_epoch, train

BAR = 30  # characters


def main() -> None:
    """Read the arguments, train with a progress bar, print the result."""
    parser = argparse.ArgumentParser(prog="python -m core.training", description="Train a network on MNIST.")
    parser.add_argument("--recipe", choices=RECIPES, default="quick")
    parser.add_argument("--seed", type=int, default=0, help=f"0 to {MAX_SEED}")
    parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    arguments = parser.parse_args()
    recipe = RECIPES[arguments.recipe]
    try:
        recipe = replace(recipe, training=replace(recipe.training, seed=arguments.seed))
        result = {"recipe": arguments.recipe, "seed": arguments.seed, **run(recipe)}
    except (ValueError, DataError) as error:
        parser.error(str(error))
    if arguments.json:
        print(json.dumps(result))
    else:
        print(f"{result['test_accuracy']:.2%} of the test digits after {result['seconds']:.1f} s")


def run(recipe: Recipe) -> dict[str, float]:
    """Train a recipe on one thread, as a worker does, and return epochs, seconds, accuracy and speed."""
    torch.set_num_threads(1)
    gc.freeze()  # the collector need not look at what torch imported again and again
    digits = load_mnist()
    model: nn.Module = build_model(recipe.model, torch.Generator().manual_seed(recipe.training.seed))
    steps = steps_per_epoch(recipe.training, len(digits.train_labels)) * recipe.training.epochs
    show = show_bar if sys.stderr.isatty() else show_epoch
    for record in train(model, digits, recipe.training):
        show(record, steps)
    return {
        "epochs": recipe.training.epochs,
        "seconds": round(record.seconds, 3),
        "test_accuracy": evaluate(model, digits.test_images, digits.test_labels),
        "examples_per_second": round(record.epoch * len(digits.train_labels) / record.seconds),
    }


def show_bar(record: StepRecord, steps: int) -> None:
    """Draw the progress bar over the one before, on a terminal: after every 20th step and at the end of an epoch."""
    if record.test_accuracy is None and record.step % 20:
        return
    filled = BAR * record.step // steps
    left = record.seconds * (steps - record.step) / record.step
    bar = "█" * filled + "░" * (BAR - filled)
    test = "" if record.test_accuracy is None else f"  test {record.test_accuracy:.2%}\n"
    print(f"\r{bar} loss {record.loss:.3f}  {left:3.0f} s left{test}", end="", file=sys.stderr, flush=True)


def show_epoch(record: StepRecord, steps: int) -> None:
    """Print a line at the end of an epoch, for a file or a pipe."""
    if record.test_accuracy is not None:
        share = record.step / steps
        print(f"{share:4.0%}  loss {record.loss:.3f}  test {record.test_accuracy:.2%}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
