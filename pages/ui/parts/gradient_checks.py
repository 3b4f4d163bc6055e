"""A gradient and its two witnesses as a table with check marks."""

from collections.abc import Sequence

import streamlit as st

from core.gradient_check import Check
from core.words import mark_text, number_text

FAILED = (
    "Where a formula has a corner or a gap, a nudge to both sides sees something else than the slope. "
    "Move a little away from it."
)
LOST = (
    "Lost in rounding: the difference is too small beside the other numbers for their 16 digits to hold it, because "
    "the gradient is tiny, or because the two sides of a corner cancel. This witness can neither confirm nor deny it."
)
EVERY_CHECK = "every_check"


def show_checks(checks: Sequence[Check]) -> None:
    """Show each gradient by our engine, by torch and by a finite difference, with the relative errors."""
    table = {
        "gradient": [f"∂L/∂{check.name}" for check in checks],
        "our engine": [mark_text(check.gradient, 6) for check in checks],
        "torch autograd": [mark_text(check.autograd, 6) for check in checks],
        "off by": [verdict(check.passed[0], check.autograd_error, check.lost[0]) for check in checks],
        "nudge to both sides": [mark_text(check.difference, 6) for check in checks],
        "off by ": [verdict(check.passed[1], check.difference_error, check.lost[1]) for check in checks],
    }
    alt = "Each gradient from our engine, from torch and from a finite difference, with relative errors"
    st.table(table, hide_index=True, alt=alt)
    marks = {(passed, lost) for check in checks for passed, lost in zip(check.passed, check.lost, strict=True)}
    if (False, False) in marks:
        st.caption(FAILED)
    if (False, True) in marks:
        st.caption(LOST)


@st.fragment
def show_every_check(checks: Sequence[Check]) -> None:
    """Show all gradients' checks once they are unfolded: weights and variables first, then what stands between."""
    label = "Every gradient with its two checks"
    expander = st.expander(label, icon=":material/checklist:", key=EVERY_CHECK, on_change="rerun")
    if expander.open:
        with expander:
            show_checks(checks)


def show_all_checks(checks: Sequence[Check], variables: int) -> None:
    """Show the checks of so many variables, and those of all that stands between them and the result folded away."""
    show_checks(checks[:variables])
    if len(checks) > variables:
        st.markdown(summary(checks))
        show_every_check(checks)


def verdict(passed: bool, error: float, lost: bool = False) -> str:
    """Return a check mark or a cross, and the relative error; neither where rounding swallows the comparison."""
    if lost:
        return f"lost in rounding, {number_text(error, 2)}"
    return f"{'✓' if passed else '✗'} {number_text(error, 2)}"


def summary(checks: Sequence[Check]) -> str:
    """Return in a sentence how many gradients both witnesses confirm, and the worst errors."""
    by_torch, by_nudge = (sum(check.passed[witness] for check in checks) for witness in (0, 1))
    worst = max(check.autograd_error for check in checks), max(check.difference_error for check in checks)
    lost = sum(check.lost[1] for check in checks)
    swallowed = f", and {lost} of these differences are lost in rounding" if lost else ""
    return (
        f"**{by_torch} of {len(checks)}** gradients equal torch's (worst relative error {number_text(worst[0], 2)}), "
        f"**{by_nudge} of {len(checks)}** agree with a finite difference (worst {number_text(worst[1], 2)}){swallowed}."
    )
