"""The catalogue: every lesson, in the order of the course. A new lesson is one line here, one script and one text."""

from dataclasses import dataclass
from pathlib import Path

from core.paths import ASSETS, ROOT


@dataclass(frozen=True)
class Lesson:
    """One lesson; its name is the name of its script, of its text and of its address."""

    name: str
    title: str
    question: str
    part: str
    icon: str  # a Material symbol

    @property
    def script(self) -> Path:
        """The page script."""
        return ROOT / "pages" / f"{self.name}.py"

    def text(self, language: str = "en") -> Path:
        """The Markdown text in a language."""
        return ASSETS / "lessons" / language / f"{self.name}.md"


LESSONS: tuple[Lesson, ...] = (
    Lesson("the_loop", "The loop", "What turns a program into a learner?", "Start", "all_inclusive"),
    Lesson("forward_pass", "Forward pass", "How do numbers become an answer?", "On paper", "arrow_forward"),
    Lesson("activations", "Activations", "Why must a neuron bend?", "On paper", "airline_stops"),
    Lesson("loss_functions", "Loss functions", "How wrong is wrong?", "On paper", "straighten"),
    Lesson("gradient_descent", "Gradient descent", "Which way is down?", "On paper", "south_east"),
    Lesson("learning_rate", "Learning rate", "How far should a step go?", "On paper", "speed"),
    Lesson("backpropagation", "Backpropagation", "How does every weight learn its share?", "On paper", "account_tree"),
    Lesson("train", "Train", "Can a network learn to read in ten seconds?", "On digits", "play_circle"),
    Lesson("draw", "Draw", "Can your network read your hand?", "On digits", "draw"),
)


def lesson(name: str) -> Lesson:
    """Return the lesson of that name; raises `KeyError`."""
    return {entry.name: entry for entry in LESSONS}[name]


def neighbours(name: str) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after a lesson, `None` at the ends of the course."""
    index = LESSONS.index(lesson(name))
    before = LESSONS[index - 1] if index > 0 else None
    after = LESSONS[index + 1] if index + 1 < len(LESSONS) else None
    return before, after
