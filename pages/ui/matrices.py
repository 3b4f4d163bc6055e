"""Matrices and what they make, cell by cell: the component `matrices`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from core.words import fixed_text
from pages.ui.components import mount, reported
from pages.ui.reports import valid_cell
from pages.ui.state import set_url, url_numbers

FIRST = (0, 0)


@dataclass(frozen=True)
class Block:
    """One matrix as it is shown: its name, its shape, its numbers as text, the sign before it.

    `takes` says which of its cells go into cell (i, j) of the result: "row" i, "column" j, or "cell" (i, j).
    """

    name: str
    shape: str
    rows: Sequence[Sequence[str]]
    signs: Sequence[Sequence[float]]  # −1, 0 or 1
    takes: str
    sign: str


def block(name: str, rows: Sequence[Sequence[float]], takes: str, sign: str = "", digits: int = 2) -> Block:
    """Return a matrix as text, with its shape such as 4 × 2 and the sign of each number, which a text may have lost."""
    texts = [[fixed_text(value, digits) for value in row] for row in rows]
    signs = [[float(np.sign(value)) for value in row] for row in rows]
    return Block(name, f"{len(rows)} × {len(rows[0])}", texts, signs, takes, sign)


def show_matrices(blocks: Sequence[Block], words: Sequence[Sequence[str]], key: str) -> None:
    """Show matrices, the last one their result; `words` (rows, columns) say what each of its cells is made of.

    The cell that the reader chose stands in the URL, as `cell`.
    """
    rows, columns = len(words), len(words[0])
    row, column = (int(place) for place in url_numbers("cell", FIRST, 0, max(rows, columns) - 1))

    def chosen() -> None:
        place = valid_cell(reported(key, "cell"), rows, columns)
        if place is not None:
            set_url("cell", place, FIRST)

    data = {
        "blocks": [asdict(shown) for shown in blocks],
        "words": [
            [f"row {i + 1}, column {j + 1}:  {text}" for j, text in enumerate(line)] for i, line in enumerate(words)
        ],
        "selected": [row, column] if row < rows and column < columns else list(FIRST),
    }
    mount("matrices", data, key, {"cell": chosen})
