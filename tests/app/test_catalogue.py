"""Every lesson of the catalogue: it stands where the catalogue says, has its words, and shows a picture."""

import re

import pytest

from core.paths import ASSETS, ROOT
from pages.ui.catalogue import LESSONS, Lesson, neighbours
from pages.ui.texts import lesson_text

PICTURES = ("plotly_chart", "bidi_component", "component_instance", "imgs")

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


@each_lesson
def test_it_renders_with_a_picture(lesson: Lesson, open_page):
    page = open_page(lesson.name)
    assert not page.exception, page.exception[0]
    assert [title.value for title in page.title] == [lesson.question]
    assert any(page.get(kind) for kind in PICTURES), "a lesson without a picture"


@each_lesson
def test_it_has_its_words(lesson: Lesson):
    text = lesson_text(lesson.name)
    assert 20 < len(text.lead) < 400, "the lead is one or two sentences"
    assert text.sections["Try"].startswith("- "), "what to try is a list"
    for section in text.sections:
        if section.startswith("Predict: "):
            question = text.question(section.removeprefix("Predict: "))
            assert question.text
            assert len(question.choices) >= 2


@each_lesson
def test_every_question_of_the_text_is_asked(lesson: Lesson):
    script = lesson.script.read_text("utf-8")
    parts = sorted((ROOT / "pages" / "ui" / "parts").glob("*.py"))
    own = [path.read_text("utf-8") for path in parts if re.search(rf"parts\b.*\b{path.stem}\b", script)]
    for section in lesson_text(lesson.name).sections:
        name = section.removeprefix("Predict: ")
        asked = re.compile(rf'predict\("{name}"|"{name}": [\w.]+[,}}]')  # by its name, or among a part's questions
        assert name == section or asked.search("\n".join([script, *own])), f"nobody asks “{name}”"


@each_lesson
def test_its_script_exists(lesson: Lesson):
    assert lesson.script.is_file()


def test_no_script_and_no_text_is_missing_in_the_catalogue():
    names = {lesson.name for lesson in LESSONS}
    assert {script.stem for script in (ROOT / "pages").glob("*.py")} == names
    assert {text.stem for text in (ASSETS / "lessons" / "en").glob("*.md")} == names


def test_names_and_titles_are_unique_and_parts_are_not_torn():
    assert len({lesson.name for lesson in LESSONS}) == len({lesson.title for lesson in LESSONS}) == len(LESSONS)
    parts = [lesson.part for lesson in LESSONS]
    assert parts == [part for first in dict.fromkeys(parts) for part in parts if part == first]


def test_the_way_on_leads_through_the_whole_course():
    walked = [LESSONS[0]]
    while (after := neighbours(walked[-1].name)[1]) is not None:
        assert neighbours(after.name)[0] == walked[-1]
        walked.append(after)
    assert tuple(walked) == LESSONS
