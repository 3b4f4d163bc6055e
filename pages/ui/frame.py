"""The frame that every lesson stands in: the question above the picture; words, code and the way on below it."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from textwrap import dedent
from typing import Any

import streamlit as st

from pages.ui import controls
from pages.ui.catalogue import LESSONS, Lesson, lesson, neighbours
from pages.ui.quiz import Outcome, predict_then_run
from pages.ui.texts import LessonText, lesson_text

NOTES_TO_TOOLS = re.compile(r"  # (type: ignore|noqa|nosec|fmt:).*")

Code = Sequence[Callable[..., Any] | type]  # what ran, to show its source: own functions and classes, no built-in ones


@dataclass(frozen=True)
class Part:
    """One part of a lesson: `show` draws it and returns the code that it ran with the settings as they are.

    The section of its label, if the text has one, stands above it; below it the `questions`, each with its run.
    """

    label: str
    show: Callable[[], Code]
    questions: Mapping[str, Callable[[], Outcome]] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """An open lesson: its catalogue entry and its text."""

    lesson: Lesson
    text: LessonText

    def predict(self, name: str, run: Callable[[], Outcome]) -> None:
        """Ask the question `Predict: name` of the text; `run` runs the real thing and says which choice came true."""
        predict_then_run(f"{self.lesson.name}:{name}", self.text.question(name), run)

    def section(self, name: str) -> None:
        """Show one more section of the text here."""
        st.markdown(self.text.sections[name])

    def parts(self, parts: Mapping[str, Part], on_change: controls.Callback = None) -> None:
        """Let the reader pick one of the parts, the first to begin with; only that one is computed and has its code."""
        _chosen_part(self, parts, on_change)

    def close(self, code: Code = ()) -> None:
        """End the page: what to try, the background, the code of a lesson without parts, the lessons around it."""
        _closing_words(self.text)
        if code:
            _code_that_ran(self.lesson.name, code)
        st.divider()
        _way_on(self.lesson)


def open_lesson(name: str) -> Frame:
    """Start a lesson's page: the question it answers, and its lead."""
    frame = Frame(lesson(name), lesson_text(name))
    number = LESSONS.index(frame.lesson) + 1
    st.caption(f"{frame.lesson.part} · {number} of {len(LESSONS)} · {frame.lesson.title}")
    st.title(frame.lesson.question, anchor=False)
    st.markdown(frame.text.lead)
    return frame


def page_of(entry: Lesson) -> Any:
    """Return Streamlit's page of a lesson."""
    is_first = entry == LESSONS[0]
    icon = f":material/{entry.icon}:"
    return st.Page(entry.script, title=entry.title, icon=icon, url_path=entry.name, default=is_first)


def show_code(part: Callable[..., Any] | type) -> None:
    """Show the source of a function or class as it runs, without the notes that only our tools read."""
    st.code(_source(part), language="python", wrap_lines=True)


@lru_cache
def _source(part: Callable[..., Any] | type) -> str:
    return NOTES_TO_TOOLS.sub("", dedent(inspect.getsource(part)))


@st.fragment
def _chosen_part(frame: Frame, parts: Mapping[str, Part], on_change: controls.Callback) -> None:
    labels = {name: part.label for name, part in parts.items()}
    first = next(iter(parts))
    name = controls.pick("Part", "part", labels, first, on_change=on_change, label_visibility="collapsed")
    part = parts[name]
    if part.label in frame.text.sections:
        frame.section(part.label)
    code = part.show()
    for question, run in part.questions.items():
        frame.predict(question, run)
    if code:
        _code_that_ran(frame.lesson.name, code)


def _closing_words(text: LessonText) -> None:
    if "Try" in text.sections:
        st.subheader("What to try", anchor=False)
        st.markdown(text.sections["Try"])
    if "Why" in text.sections:
        with st.expander("Why it is so", icon=":material/lightbulb:"):
            st.markdown(text.sections["Why"])


@st.fragment
def _code_that_ran(lesson: str, code: Code) -> None:
    """Show the source of each function in a tab, once it is open: code that nobody sees slows down every answer."""
    expander = st.expander("The code that ran", icon=":material/code:", key=f"{lesson}:code", on_change="rerun")
    if not expander.open:
        return
    named = {_bare(part).__name__: part for part in code}
    with expander:
        tabs = st.tabs(list(named), key=f"{lesson}:{'+'.join(named)}", on_change="rerun")
        for tab, part in zip(tabs, named.values(), strict=True):
            if tab.open:
                with tab:
                    _one_function(part)


def _one_function(part: Callable[..., Any] | type) -> None:
    settings = part.keywords if isinstance(part, partial) else {}
    given = "".join(f", with {name} = {value:g}" for name, value in settings.items())
    st.caption(f"`{_bare(part).__module__}`, as it runs on this page{given}")
    show_code(_bare(part))


def _bare(part: Callable[..., Any] | type) -> Callable[..., Any] | type:
    """Return the function of which some arguments are set."""
    return part.func if isinstance(part, partial) else part


def _way_on(entry: Lesson) -> None:
    before, after = neighbours(entry.name)
    left, right = st.columns(2)
    if before:
        left.page_link(page_of(before), label=f"Before: {before.title}", icon=":material/arrow_back:")
    if after:
        right.page_link(page_of(after), label=f"Next: {after.title}", icon=":material/arrow_forward:")
