"""The home page without a browser: steps, refusals, settings, the contest."""

import re

import pytest

from core.data import load_mnist
from core.experiments.baseline import contest
from core.experiments.loop import STEPS, LoopConfig, LoopState, replay
from core.experiments.pairs import threes_and_sevens
from pages.ui.catalogue import LESSONS
from pages.ui.loop_map import below_map, next_step
from pages.ui.parts.loop_view import LESSON_OF
from pages.ui.tex import tex


def button(page, label: str):
    return next(entry for entry in page.button if entry.label == label)


def words(page) -> str:
    return "\n".join(entry.value for entry in [*page.markdown, *page.latex, *page.warning])


def number(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")


@pytest.mark.parametrize("at", STEPS)
def test_every_step_shows_its_numbers_and_its_lesson(at, open_page):
    page = open_page("the_loop", rounds="0" if at == "initialise" else "3", at=at)
    assert not page.exception
    assert f"Step {STEPS.index(at) + 1}, {at}" in words(page)
    titles = [entry.title for entry in LESSONS if entry.name == LESSON_OF[at]]
    labels = [link.proto.label for link in page.get("page_link")]
    assert all(f"The lesson about it: {title}" in labels for title in titles)


def test_the_numbers_are_those_of_the_loop(open_page):
    pairs = threes_and_sevens(load_mnist())
    state = replay(LoopConfig(seed=5, learning_rate=0.1, batch_size=16), pairs, 7, "gradient")
    page = open_page("the_loop", seed="5", rate="0.1", batch="16", rounds="7", at="gradient")
    assert tex(state.gradient.norm().item()) in words(page)
    assert tex(state.bias_gradient) in words(page)
    assert page.query_params["rounds"] == "7"


def test_a_round_is_run_and_stands_in_the_url(open_page):
    page = open_page("the_loop")
    assert "Nothing has happened yet" in words(page)
    button(page, "Run one round").click().run()
    assert (page.query_params["rounds"], page.query_params["at"]) == ("1", "repeat")
    pairs = threes_and_sevens(load_mnist())
    state = replay(LoopConfig(), pairs, 1, "repeat")
    assert number(state.weights[0].item()) in words(page)
    button(page, "Run 10 rounds").click().run()
    assert page.query_params["rounds"] == "11"
    button(page, "Start over").click().run()
    assert "rounds" not in page.query_params
    assert "Nothing has happened yet" in words(page)


def test_larger_batches_stop_at_the_most_rounds_that_there_may_be_of_them(open_page):
    page = open_page("the_loop", rounds="500", at="repeat", batch="1024")
    assert not page.exception
    assert "390 rounds are as far as batches of 1,024 go" in page.warning[0].value
    assert page.query_params["rounds"] == "500"  # for other batches
    page.button(key="many").click().run()
    assert "390 rounds" in page.warning[0].value


def test_another_rate_replays_the_same_rounds(open_page):
    page = open_page("the_loop", rounds="5", at="repeat")
    before = words(page)
    page.select_slider(key="rate").set_value("10").run()
    assert not page.exception
    assert page.query_params["rounds"] == "5"
    assert words(page) != before


def test_the_panel_and_the_map_name_the_same_next_step(open_page):
    assert "Press **1 Initialise**" in words(open_page("the_loop"))
    page = open_page("the_loop", rounds="3", at="repeat")
    assert "**Step 6, repeat**, is done. Next is **2**" in words(page)
    assert next_step(replay(LoopConfig(), threes_and_sevens(load_mnist()), 3, "repeat")) == "predict"


def test_the_count_of_mistakes_stands_behind_the_question(open_page):
    result, page = contest(), open_page("the_loop")
    said = [caption.value for caption in page.caption]
    assert any(text.startswith("Digit 1 of") for text in said)
    mistakes = [str(int((~right).sum())) for right in result.right.values()]
    assert not any(re.search(rf"\b{count}\b", text) for count in mistakes for text in said)


def test_a_small_loss_on_the_map_is_not_0():
    state = LoopState(LoopConfig(), loss=6.82e-05)
    assert below_map(state, state.loss) == "loss 6.82 · 10⁻⁵"
    assert below_map(state, 0.6931) == "loss 0.693"


def test_the_contest_grades_with_the_real_run(open_page):
    page = open_page("the_loop")
    page.radio(key="quiz:the_loop:contest").set_value(1).run()
    page.button(key="quiz:the_loop:contest:run").click().run()
    assert "You were right" in page.success[0].value
    assert f"{contest().learned.accuracy:.2%}" in page.success[0].value


def test_the_next_mistake_is_a_mistake(open_page):
    page = open_page("the_loop")
    page.button(key="mistake").click().run()
    assert not contest().right["l1"][int(page.query_params["digit"])]
    assert "the rule is wrong here" in words(page)
