"""The reader's list of predictions and targets, in a table to edit and in the URL, and the losses repaired on it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from core.figures.losses import examples_figure
from core.loss_ladder import LADDER
from core.losses import LOSSES, cost
from core.words import number_text
from pages.ui import controls
from pages.ui.charts import show
from pages.ui.frame import Code
from pages.ui.parts.loss_complaints import own_numbers
from pages.ui.state import change_url, forget_url, remember, session, url_text
from pages.ui.tex import aligned, result_tex, signed_tex, tex

MOST = 12  # examples in the list
LIMIT = 1e6  # of a prediction or target
Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Examples:
    """Predictions and targets, one of each an example."""

    predictions: Numbers
    targets: Numbers


@dataclass(frozen=True)
class Editor:
    """What the table was filled with, what stands in it now, and how often it was filled."""

    filled: Examples
    latest: Examples
    version: int


FIRST = Examples((0.3, 0.9, 0.2), (1.0, 1.0, 0.0))
EXAMPLES = {
    "0.3 for a 1": Examples((0.3,), (1.0,)),
    "+100 and −100": Examples((100.0, -100.0), (0.0, 0.0)),
    "0.01 and 100": Examples((0.01, 100.0), (0.0, 0.0)),
    "Three": FIRST,
    "The three, twice": Examples(FIRST.predictions * 2, FIRST.targets * 2),
}
LOSS_I = r"\text{loss}_i"
LEFT = {"summed": r"\text{sum}", "averaged": r"\text{cost}"}  # of a rung's formula, where it is not one example's
TERMS = {"difference": r"{p} - {y}", "absolute": r"|{p} - {y}|"}  # every later rung squares


def read_examples() -> Examples:
    """Return the list in the URL, ?p=…&y=…; the first one when anything in it is bad."""
    try:
        texts = url_text("p", ""), url_text("y", "")
        lists = [tuple(float(part) for part in text.split(",")) for text in texts]
    except ValueError:
        lists = [(), ()]
    if 0 < len(lists[0]) == len(lists[1]) <= MOST and all(_is_allowed(value) for value in (*lists[0], *lists[1])):
        return Examples(*lists)
    forget_url("p", "y")
    return FIRST


def write_examples(examples: Examples) -> None:
    """Write the list into the URL; the first one leaves it out."""
    is_first = examples == FIRST
    change_url({"p": None if is_first else examples.predictions, "y": None if is_first else examples.targets})


def _is_allowed(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value) and abs(value) <= LIMIT


def clean(columns: Mapping[str, Sequence[object]]) -> Examples | None:
    """Return the table's complete rows, numbers to six digits; `None` when there is none."""
    rows = zip(columns["prediction"], columns["target"], strict=True)
    complete = [row for row in rows if all(_is_allowed(value) for value in row)][:MOST]
    if not complete:
        return None
    predictions, targets = (tuple(float(f"{value:.6g}") for value in column) for column in zip(*complete, strict=True))
    return Examples(predictions, targets)


def edited_examples() -> Examples:
    """Show the table, keep it and the URL the same, and return what stands in it."""
    in_url = read_examples()
    editor = session("loss_functions:editor", lambda: Editor(in_url, in_url, 0))
    if editor.latest != in_url:  # a link, a preset or the way back
        editor = Editor(in_url, in_url, editor.version + 1)
    number = st.column_config.NumberColumn(min_value=-LIMIT, max_value=LIMIT, format="%.6g", required=True)
    columns = st.data_editor(
        {"prediction": list(editor.filled.predictions), "target": list(editor.filled.targets)},
        num_rows="dynamic",
        column_config={"prediction": number, "target": number},
        key=f"examples{editor.version}",
        width="stretch",
        height=212,
    )
    examples = clean(columns)
    if examples is None:
        st.info("The list is empty. Add a row with a prediction and a target.")
        return editor.latest
    remember("loss_functions:editor", Editor(editor.filled, examples, editor.version))
    if examples != in_url:
        write_examples(examples)
    return examples


def repair_part() -> Code:
    """Show the list, and the losses that repair one complaint after the other on it."""
    labels = {name: rung.label.split(":")[0] for name, rung in LADDER.items()}
    rung = controls.pick("Repair", "rung", labels, "difference", label_visibility="collapsed")
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        examples = edited_examples()
        for label, preset in EXAMPLES.items():
            st.button(label, on_click=write_examples, args=(preset,), key=f"preset:{label}", width="stretch")
    p, y = (torch.tensor(values, dtype=torch.float64) for values in (examples.predictions, examples.targets))
    with picture_column:
        _repair_picture(rung, p, y)
    st.latex(repair_tex(rung, p, y))
    st.info(f"{LADDER[rung].complaint} {own_numbers(rung, p, y)}", icon=":material/feedback:")
    _standing(p, y)
    return LADDER[rung].compute, cost


def _repair_picture(rung: str, p: Tensor, y: Tensor) -> None:
    name = rung if rung in LOSSES else "squared"
    losses = LOSSES[name].function(p, y)
    total = ("sum", float(losses.sum())) if rung in ("difference", "summed") else None
    mean = float(cost(LOSSES[name], p, y)) if rung == "averaged" else None
    alt = f"{LADDER[rung].label}: the losses are {', '.join(f'{value:.4g}' for value in losses.tolist())}."
    show(examples_figure(p, y, losses, total, mean), "examples", alt=alt)


def repair_tex(rung: str, p: Tensor, y: Tensor, most: int = 6) -> str:
    """Return the rung's formula, below it each example's loss, and their sum or mean, with the live numbers."""
    name = rung if rung in LOSSES else "squared"
    losses, form = LOSSES[name].function(p, y).tolist(), TERMS.get(name, r"({p} - {y})^2")
    rows = [
        rf"\text{{loss}}_{{{i}}} &= {form.format(p=tex(a), y=signed_tex(b))} {result_tex(loss)}"
        for i, (a, b, loss) in enumerate(zip(p.tolist(), y.tolist(), losses, strict=True), 1)
    ]
    lines = [rf"{LEFT.get(rung, LOSS_I)} &= {LADDER[rung].formula}", *rows[:most]]
    if len(losses) > most:
        lines.append(r"&\ \ \vdots")
    added = " + ".join(signed_tex(loss) for loss in losses[:most]) + (r" + \dots" if len(losses) > most else "")
    if rung in ("difference", "summed"):
        lines.append(rf"\text{{sum}} &= {added} {result_tex(sum(losses))}")
    if rung == "averaged":
        mean = result_tex(float(LADDER[rung].compute(p, y)))
        lines.append(rf"\text{{cost}} &= \frac{{{added}}}{{{len(losses)}}} {mean}")
    return aligned(lines)


def _standing(p: Tensor, y: Tensor) -> None:
    shown = {
        "Sum of the differences": float(LADDER["difference"].compute(p, y).sum()),
        "Mean absolute error, MAE": float(cost(LOSSES["absolute"], p, y)),
        "Mean squared error, MSE": float(cost(LOSSES["squared"], p, y)),
    }
    for column, (label, value) in zip(st.columns(3), shown.items(), strict=True):
        column.metric(label, number_text(value, 6))
