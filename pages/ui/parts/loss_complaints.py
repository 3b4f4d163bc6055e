"""Whether the complaint about a way to measure errors shows on the reader's own numbers, in a sentence with them."""

from collections.abc import Sequence

from torch import Tensor


def own_numbers(rung: str, p: Tensor, y: Tensor) -> str:
    """Return whether the complaint about a rung shows on the reader's own numbers, and with which of them."""
    errors = (p - y).tolist()
    sizes = sorted(abs(error) for error in errors)
    squares = sum(error**2 for error in errors)
    if rung == "difference":
        if not min(errors) < 0 < max(errors):
            return _unseen("no two of your errors have opposite signs", "+100 and −100")
        what = "all" if sum(errors) == 0 else "some"
        return f"Yours add up to {_short(sum(errors))}, and their sizes to {_short(sum(sizes))}: {what} of them cancel."
    if rung == "absolute":
        return f"Your errors are from {_short(sizes[0])} to {_short(sizes[-1])} in size, and all but 0 pull equally."
    if rung == "squared":
        if len(errors) == 1:
            return _unseen("you have one example", "Three")
        return f"Yours are {len(errors)}: {', '.join(_short(error**2) for error in errors)}."
    if rung == "summed":
        if squares == 0:
            return _unseen("every error is 0", "The three, twice")
        return f"Your list gives {_short(squares)}; the same list twice would give {_short(2 * squares)}."
    return _outlier(sizes)


def _outlier(sizes: Sequence[float]) -> str:
    """Return how much of the mean squared error the largest of the sorted sizes brings, when that is most of it."""
    squares = sum(size**2 for size in sizes)
    if len(sizes) == 1 or squares == 0:
        return _unseen("you have one example" if squares else "every error is 0", "0.01 and 100")
    if sizes[-2] == 0:
        return f"Of your cost, all comes from the only error, {_short(sizes[-1])}."
    share, largest = sizes[-1] ** 2 / squares, _short(sizes[-1])
    if share < 0.5 or sizes[-2] == sizes[-1]:
        return _unseen(f"your largest error, {largest}, does not outvote the others", "0.01 and 100")
    return f"Of your cost, {_share(share)} comes from the largest error, {largest}."


def _unseen(reason: str, preset: str) -> str:
    return f"It does not show on these numbers, because {reason}. It shows on “{preset}”."


def _share(share: float) -> str:
    if share > 0.9999:
        return "more than 99.99%"
    return f"{share:.2%}" if share > 0.99 else f"{share:.0%}"


def _short(value: float) -> str:
    return f"{round(value, 9) + 0.0:.6g}".replace("-", "−")
