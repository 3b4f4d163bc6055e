"""Learning rate as a reader meets it, without a browser: its numbers are torch's, its controls change them."""

import random
import re

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.experiments.network_loss import Subject
from core.experiments.stability import short_run, stability
from core.landscapes import LANDSCAPES
from core.optimizers import SCHEDULES
from pages.ui.parts.network_rate_view import beyond_the_limit
from pages.ui.parts.rate_view import curvatures
from pages.ui.tex import result_tex, signed_tex, tex
from tests.app.shown import component, drawn


@pytest.fixture
def part(open_page):
    def chosen(name: str, **query) -> AppTest:
        return open_page("learning_rate", **query).segmented_control(key="part").set_value(name).run()

    return chosen


def formulas(app: AppTest) -> str:
    return " ".join(latex.value for latex in app.latex)


@pytest.mark.parametrize("rate", ["0.05", "0.9", "1.1"])
def test_the_closed_form_is_what_torch_walks(rate, open_page):
    w = torch.tensor(10.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], float(rate))
    for _ in range(20):
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
    app = open_page("learning_rate", rate=rate)
    assert not app.exception
    assert result_tex(w.item()) in formulas(app)


def test_momentum_moves_the_limit(open_page):
    app = open_page("learning_rate")
    limits = lambda: [mark["x"] for mark in component(app, "rate")["marks"]]  # noqa: E731
    assert limits() == [0.5, 1]
    app.slider(key="momentum").set_value(0.9).run()
    assert not app.exception
    assert re.findall(r"\\frac\{2\(1\+\\beta\)\}\{\\lambda\} = ([\d.]+)", formulas(app)) == ["1.9"]
    assert limits() == [0.5, 1, pytest.approx(1.9)]
    zones = component(app, "rate")["zones"]
    assert zones[-1]["colour"] == "unstable"
    assert zones[-1]["from"] == pytest.approx(1.9, abs=0.02)


@pytest.mark.parametrize("part", ["One weight", "Two weights", "A real network"])
def test_the_lead_counts_the_walks_that_the_slider_colours(part, open_page):
    page = open_page("learning_rate", part=part)
    colours = {zone["colour"] for zone in component(page, "rate")["zones"]}
    (lead,) = [text.value for text in page.markdown if "different ones" in text.value]
    count = {"three": 3, "four": 4, "five": 5}[re.search(r"(\w+) different ones", lead)[1]]
    assert count == len(colours) == len(re.findall(r"\bit \w+s\b", lead.partition(": ")[2]))


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "one_cycle"])
def test_a_schedules_walk_ends_where_torch_ends(schedule, open_page):
    w = torch.tensor(10.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], 0.05)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: SCHEDULES[schedule].factor(step / 20))
    for _ in range(20):
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
        scheduler.step()
    app = open_page("learning_rate", rate="0.05")
    app.selectbox(key="schedule").set_value(schedule).run()
    assert not app.exception
    assert result_tex(w.item()) in formulas(app)


def test_the_table_has_its_digits(part):
    app = part("side")
    assert not app.exception
    table = next(text.value for text in app.markdown if text.value.startswith("| η"))
    last = [line.split("|")[3].strip() for line in table.splitlines()[2:]]
    assert last == ["3.49", "0.06", "0", "1.07", "10", "61.9"]


@pytest.mark.parametrize(("start", "rate"), [("10", "0.05"), ("-4.5", "0.7"), ("3", "1.1")])
def test_side_by_side_walks_from_the_readers_start_with_the_readers_rate(start, rate, open_page):
    w = torch.tensor(float(start), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], float(rate))
    for _ in range(10):
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
    app = open_page("learning_rate", part="Side by side", start=start, rate3=rate)
    assert not app.exception
    factor = tex(1 - 2 * float(rate))
    assert rf"(1 - \eta\lambda)^{{10}} \cdot {signed_tex(float(start))}" in formulas(app)
    shown = next(latex.value for latex in app.latex if f"w_{{10}} &{result_tex(w.item())}" in latex.value)
    assert rf"1 - {rate} \cdot 2 &= {factor}" in shown


def test_only_a_parabola_has_a_curvature():
    assert curvatures(LANDSCAPES["shifted_square"]) == (6.0,)
    with pytest.raises(ValueError, match="not a quadratic"):
        curvatures(LANDSCAPES["double_well"])


@pytest.mark.parametrize("rate", ["0.1", "0.6"])
def test_the_bowl_converges_below_and_is_explained_above(rate, part):
    app = part("bowl", brate=rate)
    assert not app.exception
    words = " ".join(caption.value for caption in app.caption)
    assert ("Neither weight overshoots" if rate == "0.1" else "farther away") in words


def test_the_real_network_shows_its_limit_and_its_run(part):
    found = stability(Subject())
    run = short_run(Subject(), 0.27, 25)
    app = part("network")
    assert not app.exception
    assert f"{found.limit:.4g}" in formulas(app)
    told = " ".join(text.value for text in app.markdown)
    assert f"from {run.losses[0]:.3f} to {run.losses[-1]:.3f}" in told


def test_why_a_run_above_the_limit_may_end_low_is_told_with_its_own_numbers(part):
    found = stability(Subject())
    run = short_run(Subject(), 1.25 * found.limit, 25)
    assert run.rises > 0
    assert run.losses[-1] < run.losses[0]
    told = " ".join(caption.value for caption in part("network").caption)
    assert f"the loss rose in {run.rises} of 25 steps, up to {max(run.losses):.3f}" in told
    below = [short_run(Subject(), 0.9 * found.limit, 25)]
    assert beyond_the_limit(below, found) == ""


def test_another_seed_shows_another_network_and_the_chart_does_not_answer_the_question(part):
    app = part("network")
    app.number_input(key="seed").set_value(3).run()
    assert not app.exception
    assert f"{stability(Subject(seed=3)).curvature:.7g}" in formulas(app)
    names = [trace["name"] for trace in drawn(app, 0)]
    assert len(names) == 4
    assert not any("1.50 of the limit" in name for name in names)


def test_without_momentum_the_verdict_names_the_bound_it_passed(part):
    app = part("one")
    app.radio(key="quiz:learning_rate:momentum").set_value(1).run()
    app.button(key="quiz:learning_rate:momentum:run").click().run()
    w = 10.0
    step = 0
    while abs(w) <= 1e12:
        w, step = w - 1.5 * 2 * w, step + 1
    assert f"|w| passed 10¹² at step {step}." in app.success[0].value


def test_divergence_of_the_real_network_is_told_in_words(part):
    app = part("network", nrate="1.0")
    assert not app.exception
    assert "diverges" in " ".join(text.value for text in app.markdown)


@pytest.mark.parametrize(
    ("name", "question", "truth"),
    [
        ("one", "bounce", 1),
        ("one", "momentum", 1),
        ("side", "side", 2),
        ("bowl", "bowl", 1),
        ("network", "network", 1),
    ],
)
def test_predictions_are_graded_by_the_run(name, question, truth, part):
    app = part(name)
    app.radio(key=f"quiz:learning_rate:{question}").set_value(truth).run()
    app.button(key=f"quiz:learning_rate:{question}:run").click().run()
    assert any("You were right" in message.value for message in app.success)


def test_absurd_links_open(open_page, part):
    draw = random.Random(5)
    values = ["NaN", "inf", "1e999", "-1", "💥", "0,0", "[]", "", "9" * 400, "square", "None", "0.3", "0"]
    for _ in range(12):
        keys = ("rate", "brate", "nrate", "momentum", "schedule", "curve", "seed", "start", "rate1", "rate3")
        query = {key: draw.choice(values) for key in keys}
        app = open_page("learning_rate", **query)
        assert not app.exception, query
        assert not part("bowl", **query).exception, query
        assert not part("side", **query).exception, query


def test_what_is_said_of_a_real_run_is_what_it_did(part):
    def told(**query):
        return " ".join(text.value for text in part("network", **query).markdown)

    assert "Nothing moves: the loss stays" in told(nrate="0")
    found = stability(Subject(seed=1))
    above = short_run(Subject(seed=1), 0.5, 25)
    assert above.rises == 0
    assert found.limit < 0.5
    assert "Nothing is seen of it here" in told(seed="1", nrate="0.5")
    assert "After 25 steps it has not come back" in told(nrate="0.6")


def test_at_the_limit_one_weight_swings_for_ever_and_from_the_minimum_nothing_moves(part):
    assert any("for ever" in caption.value for caption in part("bowl", brate="0.5").caption)
    table = " ".join(text.value for text in part("side", start="0").markdown)
    assert "Nothing moves" in table
    assert "lands farther away" not in table
