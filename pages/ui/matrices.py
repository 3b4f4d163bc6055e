"""A matrix product cell by cell: the component `matrices`."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from core.forward import Cell
from core.words import fixed_text
from pages.ui.components import mount, reported


@dataclass(frozen=True)
class Block:
    """One matrix as it is shown: its name, its shape and its numbers as text."""

    name: str
    shape: str
    rows: Sequence[Sequence[str]]


def block(name: str, rows: Sequence[Sequence[float]], digits: int = 2) -> Block:
    """Return a matrix as text, with its shape such as 4 × 2."""
    texts = [[fixed_text(value, digits) for value in row] for row in rows]
    return Block(name, f"{len(rows)} × {len(rows[0])}", texts)


def show_product(
    x: Block, weights: Block, bias: Block, cells: Sequence[Sequence[Cell]], key: str,
    selected: tuple[int, int], on_cell: Callable[[int, int], None],
) -> None:  # fmt: skip
    """Show x · W + b = result; `on_cell(row, column)` runs when the reader chooses a cell of the result."""
    result = block("q", [[cell.value for cell in row] for row in cells])

    def chosen() -> None:
        place = reported(key, "cell")
        if isinstance(place, list) and len(place) == 2 and all(type(index) is int for index in place):
            row, column = place
            if 0 <= row < len(cells) and 0 <= column < len(cells[0]):
                on_cell(row, column)

    data = {
        **{part: asdict(shown) for part, shown in {"x": x, "weights": weights, "bias": bias, "result": result}.items()},
        "words": [[f"row {cell.row + 1}, column {cell.column + 1}:  {cell.text}" for cell in row] for row in cells],
        "selected": list(selected),
    }
    mount("matrices", data, key, {"cell": chosen})
