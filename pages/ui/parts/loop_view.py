"""What the last step of the loop changed: the numbers in its formula, and the way to the lesson about it."""

import math
from collections.abc import Callable
from functools import lru_cache

import streamlit as st
import torch

from core.experiments.baseline import ideals
from core.experiments.loop import STEPS, LoopState, example_losses, loss_now
from core.experiments.pairs import unit
from core.figures.loop import batch_figure, history_figure, update_figure
from core.words import fixed_text, number_text
from pages.ui.catalogue import LESSONS, lesson
from pages.ui.charts import show
from pages.ui.frame import page_of
from pages.ui.loop_map import next_step
from pages.ui.parts.loop_state import Loop, made, pairs
from pages.ui.tex import result_tex, sign_tex, tex
from pages.ui.texts import lesson_text

LESSON_OF = {
    "initialise": "forward_pass",
    "predict": "forward_pass",
    "loss": "loss_functions",
    "gradient": "backpropagation",
    "step": "gradient_descent",
    "repeat": "learning_rate",
    "stop": "train",
}
SHOWN_DIGITS, COLUMNS = 12, 6


def pictures(state: LoopState) -> None:
    """Show the weights and their change, the batch with its guesses, and the loss so far."""
    stepped = state.weights_before is not None
    parts = (state.weights_before, state.gradient, state.weights) if stepped else (state.weights, state.gradient, None)
    before, gradient, after = (None if part is None else part.numpy() for part in parts)
    alt = "Weights before, minus rate times gradient, equals weights after: three images of 28 × 28 numbers."
    show(update_figure(before, gradient, after, state.config.learning_rate), "loop_update", alt)
    batch_column, loss_column = st.columns(2, gap="small")
    with batch_column:
        _batch(state)
    with loss_column:
        unfinished = state.loss if not stepped else None
        show(history_figure(state.history, unfinished), "loop_history", "The loss of each round so far.")


def _batch(state: LoopState) -> None:
    chosen = torch.arange(SHOWN_DIGITS) if state.batch is None else state.batch[:SHOWN_DIGITS]
    images, is_seven = pairs().train_images[chosen], pairs().train_targets[chosen] == 1
    p_seven = None if state.logits is None else state.logits[:SHOWN_DIGITS].sigmoid().numpy()
    figure = batch_figure(unit(images).numpy(), is_seven.numpy(), p_seven, COLUMNS)
    show(figure, "loop_batch", "The first digits of the batch, each with the guess and how sure it is.")


def changes(loop: Loop) -> None:
    """Say what the last press changed, with its numbers, and link the lesson about that step."""
    if loop.refusal:
        st.warning(loop.refusal, icon=":material/front_hand:")
    at = loop.state.at
    if not at:
        st.markdown(lesson_text("the_loop").sections["Before the first step"])
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        coming = STEPS.index(next_step(loop.state)) + 1
        st.markdown(f"**Step {STEPS.index(at) + 1}, {at}**, is done. Next is **{coming}**", width="content")
        if LESSON_OF[at] in {entry.name for entry in LESSONS}:
            entry = lesson(LESSON_OF[at])
            icon = f":material/{entry.icon}:"
            st.page_link(page_of(entry), label=f"The lesson about it: {entry.title}", icon=icon, width="content")
    SAID[at](loop)


def _initialise(loop: Loop) -> None:
    w = made(loop.state.weights)
    st.latex(r"w_i \sim \mathcal{N}\!\left(0, \tfrac{1}{784}\right), \qquad b = 0")
    st.markdown(
        f"785 numbers: 784 weights, one a pixel, and the bias. Mean {_n(w.mean())}, standard deviation {_n(w.std())}, "
        f"from {_n(w.min())} to {_n(w.max())}. Seed {loop.state.config.seed} draws the same ones each time."
    )
    _table(["pixel", "w"], [[name, _n(w[pixel])] for name, pixel in named_pixels().items()])


def _predict(loop: Loop) -> None:
    state = loop.state
    logits = made(state.logits)
    q, p = logits[0].item(), logits[0].sigmoid().item()
    right = (logits > 0) == (pairs().train_targets[made(state.batch)] == 1)
    st.latex(
        rf"w \cdot x + b {result_tex(q)}, \qquad "
        rf"p(7) {sign_tex(q)} \frac{{1}}{{1 + e^{{-({tex(q)})}}}} {sign_tex(q, p)} {tex(p)}"
    )
    st.markdown(
        f"That is the first digit of the batch. {len(right)} new predictions in all, {int(right.sum())} of them right. "
        "No weight has changed."
    )


def _loss(loop: Loop) -> None:
    state = loop.state
    each = example_losses(state, pairs())
    best, worst = each.min(), each.max()
    st.latex(rf"L = \frac{{1}}{{{len(each)}}} \sum_n -\log p_n(\text{{right}}) {result_tex(made(state.loss))}")
    st.markdown(
        f"One new number. The best guess of the batch costs {_n(best)}, the worst {_n(worst)}: it gave the right "
        f"answer only {math.exp(-float(worst)):.1%}. Knowing nothing costs log 2 = 0.693."
    )


def _gradient(loop: Loop) -> None:
    g, bias_gradient = made(loop.state.gradient), loop.state.bias_gradient
    st.latex(
        rf"\|\nabla_w L\| {result_tex(g.norm().item())}, \qquad "
        rf"\frac{{\partial L}}{{\partial b}} {result_tex(bias_gradient)}"
    )
    st.markdown(
        f"785 new numbers, one for each weight and one for the bias. {int((g == 0).sum())} are exactly 0: no digit of "
        "this batch has ink there, so those weights had no share in the mistake."
    )
    _table(["pixel", "∂L/∂w"], [[name, _n(g[pixel])] for name, pixel in named_pixels().items()])


def _step(loop: Loop) -> None:
    state, rate = loop.state, loop.state.config.learning_rate
    used, now = state.history[-1], loss_now(state, pairs())
    st.latex(rf"w \leftarrow w - {rate:g} \cdot \nabla_w L, \qquad L: {tex(used)} \to {tex(now)}")
    moved = int((made(state.weights) != made(state.weights_before)).sum())
    st.markdown(
        f"{moved} of 784 weights moved, and the bias went from {_n(state.bias_before)} to {_n(state.bias)}. The same "
        f"batch now costs {'less' if now < used else 'more'}. Point at the pictures to read every weight."
    )
    _update_table(state)


def _update_table(state: LoopState) -> None:
    before, g, after = made(state.weights_before), made(state.gradient), made(state.weights)
    rate = state.config.learning_rate
    _table(
        ["pixel", "w before", "− rate × gradient", "= w after"],
        [[name, _n(before[at]), f"{rate:g} × {_n(g[at])}", _n(after[at])] for name, at in named_pixels().items()],
    )


def _repeat(loop: Loop) -> None:
    state = loop.state
    rounds = state.rounds - loop.before.rounds or state.rounds
    first = state.history[-rounds]
    st.latex(rf"L: {tex(first)} \to {tex(loss_now(state, pairs()))} \quad \text{{in {_count(rounds)}}}")
    st.markdown(
        f"Steps 2 to 5 ran, each time on {state.config.batch_size:,} pairs drawn anew: {_count(state.rounds)} in all. "
        "The last update of four of the weights:"
    )
    _update_table(state)


def _stop(loop: Loop) -> None:
    state = loop.state
    accuracy, total = made(state.accuracy), len(pairs().test_targets)
    right = round(accuracy * total)
    sign = "=" if 10_000 * right % total == 0 else r"\approx"
    st.latex(rf"\frac{{{right}}}{{{total}}} {sign} {100 * accuracy:.2f}\,\%")
    st.markdown(
        f"right on 3s and 7s that no step has seen, after {_count(state.rounds)}. No weight has changed. "
        "Press 2 to go on all the same."
    )


SAID: dict[str, Callable[[Loop], None]] = dict(
    zip(STEPS, (_initialise, _predict, _loss, _gradient, _step, _repeat, _stop), strict=True)
)


@lru_cache(maxsize=1)
def named_pixels() -> dict[str, int]:
    """Return four pixels worth watching by name: where 7s have most more ink than 3s, the reverse, middle, corner."""
    means = ideals(pairs())
    difference = means.seven - means.three
    return {
        _place("a 7 has ink", int(difference.argmax())): int(difference.argmax()),
        _place("a 3 has ink", int(difference.argmin())): int(difference.argmin()),
        _place("middle", 14 * 28 + 14): 14 * 28 + 14,
        _place("corner", 0): 0,
    }


def _place(name: str, pixel: int) -> str:
    return f"{name} ({pixel // 28}, {pixel % 28})"


def _table(header: list[str], rows: list[list[str]]) -> None:
    lines = ["| " + " | ".join(header) + " |", "|---" + "|--:" * (len(header) - 1) + "|"]
    st.markdown("\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]))


def _count(rounds: int) -> str:
    return f"{rounds:,} round{'' if rounds == 1 else 's'}"


def _n(value: float | torch.Tensor) -> str:
    """Return a number with four decimals and a real minus sign, smaller ones in powers of ten."""
    number = float(value)
    return fixed_text(number, 4) if number == 0 or abs(number) >= 1e-3 else number_text(number, 3)
