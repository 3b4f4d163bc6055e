"""Lesson texts: Markdown with a lead, and sections by name; a section `Predict: id` is a quiz question.

A text looks like this:

    The lead, one or two sentences.

    ## Predict: bounce
    With a rate of 0.9, where is the ball after ten steps?
    - At the bottom
    - On the other side

    ## Try
    - Set the rate to 1.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pages.ui.catalogue import lesson

HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A quiz question: what will the run show?"""

    text: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class LessonText:
    """A lesson's words: the lead above the picture, and the other sections by heading."""

    lead: str
    sections: dict[str, str]

    def question(self, name: str) -> Question:
        """Return the quiz question `Predict: name`; raises `KeyError`."""
        lines = self.sections[f"Predict: {name}"].splitlines()
        choices = tuple(line[2:].strip() for line in lines if line.startswith("- "))
        return Question("\n".join(line for line in lines if not line.startswith("- ")).strip(), choices)


def parse(markdown: str) -> LessonText:
    """Split a lesson's Markdown at its second-level headings."""
    lead, *rest = HEADING.split(markdown)
    sections = {heading: body.strip() for heading, body in zip(rest[::2], rest[1::2], strict=True)}
    return LessonText(lead.strip(), sections)


@lru_cache
def lesson_text(name: str, language: str = "en") -> LessonText:
    """Return the text of a lesson; raises `FileNotFoundError` when it has none."""
    return parse(lesson(name).text(language).read_text("utf-8"))
