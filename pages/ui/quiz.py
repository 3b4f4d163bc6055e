"""Predict, then run: the reader commits to an answer, the real run grades it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.ui.state import remember, session
from pages.ui.texts import Question


@dataclass(frozen=True)
class Outcome:
    """What a run showed: which choice (from 0) came true, and a sentence with the numbers."""

    choice: int
    sentence: str


@dataclass(frozen=True)
class Answer:
    """What the reader said, and what the run showed."""

    choice: int
    outcome: Outcome


@st.fragment
def predict_then_run(name: str, question: Question, run: Callable[[], Outcome]) -> None:
    """Ask a question; when the reader has chosen, run the real thing and hold the answer against it."""
    answer: Answer | None = session(f"quiz:{name}", lambda: None)
    with st.container(border=True):
        st.markdown(f"**Predict, then run.** {question.text}")
        choices = range(len(question.choices))
        chosen = st.radio(
            "Your prediction",
            choices,
            index=None if answer is None else answer.choice,  # where the reader was at another part meanwhile
            format_func=lambda choice: question.choices[choice],
            key=f"quiz:{name}",
            label_visibility="collapsed",
        )
        clicked = st.button("Run it", key=f"quiz:{name}:run", disabled=chosen is None, icon=":material/play_arrow:")
        if clicked and chosen is not None:
            with st.spinner("Running …"):
                answer = remember(f"quiz:{name}", Answer(chosen, run()))
        if answer is not None and answer.choice == chosen:  # not over a choice that was made after the run
            _verdict(answer, question)


def _verdict(answer: Answer, question: Question) -> None:
    if answer.choice == answer.outcome.choice:
        st.success(f"You were right. {answer.outcome.sentence}", icon=":material/check_circle:")
    else:
        truth = question.choices[answer.outcome.choice]
        st.info(f"The run says: **{truth}**. {answer.outcome.sentence}", icon=":material/science:")
