"""Training in a real browser: the deep link, the whole run, a reload in the middle, pause, step, stop, divergence."""

import re

import pytest
from playwright.sync_api import expect


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def metric(page, label):
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


@pytest.fixture
def steps_taken():
    def number(page):
        text = page.get_by_text(re.compile(r"step [\d,]+$")).inner_text()
        return int(re.search(r"step ([\d,]+)$", text)[1].replace(",", ""))

    return number


def test_the_first_request_after_a_start_may_be_a_deep_link(serve, new_page, tmp_path):
    with serve(tmp_path) as url:
        page = new_page()
        page.goto(f"{url}/train?epochs=3&seed=7")
        expect(page.get_by_role("heading", level=1)).to_contain_text("learn to read")
        expect(page.get_by_label("Epochs")).to_have_value("3")
        expect(page.get_by_text("seed 7")).to_be_visible()
        page.close()  # before its server goes


def test_quick_learns_to_read_and_survives_a_reload(visit):
    page = visit("/train")
    expect(metric(page, "Test accuracy")).to_have_text("–")
    press(page, "Train")
    expect(page.get_by_text(re.compile(r"^Training · epoch"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(r"^(Training|Finished) · epoch"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Finished · epoch 5.00 of 5"))).to_be_visible(timeout=120_000)
    accuracy = float(metric(page, "Test accuracy").inner_text().rstrip("%"))
    assert accuracy >= 97
    expect(page.get_by_text(re.compile(r"2[0-4] of 24 right"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Now draw a digit"))).to_be_visible()


def test_pause_holds_still_and_a_step_is_one_step(visit, steps_taken):
    page = visit("/train?epochs=50&batch=64")
    press(page, "Train")
    expect(page.get_by_text(re.compile(r"^Training · epoch"))).to_be_visible()
    press(page, "Pause")
    expect(page.get_by_text(re.compile(r"^Paused · epoch"))).to_be_visible()
    before = steps_taken(page)
    press(page, "Step")
    expect(page.get_by_text(f"step {before + 1:,}")).to_be_visible()
    press(page, "Resume")
    expect(page.get_by_text(re.compile(r"^Training · epoch"))).to_be_visible()
    press(page, "Stop")
    expect(page.get_by_text(re.compile(r"^Stopped · epoch"))).to_be_visible()
    assert steps_taken(page) > before + 1
    press(page, "Reset")
    expect(page.get_by_text(re.compile(r"^Ready:"))).to_be_visible()
    expect(metric(page, "Training loss")).to_have_text("–")


def test_the_charts_say_their_numbers_and_stay_while_it_trains(visit, steps_taken):
    page = visit("/train?epochs=50&batch=64&schedule=Constant&optimizer=SGD&rate=0.01")
    press(page, "Train")
    chart = page.get_by_role("img", name=re.compile(r"^Loss\. Training loss 0\.\d+"))
    chart.evaluate("(svg) => { svg.same = true }")
    lines = chart.locator("path.line")
    expect(lines).to_have_count(2)
    x, y = map(float, lines.first.get_attribute("d")[1:].split("L")[0].split())
    chart.hover(position={"x": x, "y": y})  # the first record: guessing costs ln 10 or more
    said = page.locator(".chart-word:visible")
    expect(said).to_have_text(re.compile(r"^training: [23]\.\d+, epoch 0\.00"))
    page.get_by_role("button", name="training", exact=True).first.click()
    expect(lines).to_have_count(1)
    before = steps_taken(page)
    expect(page.get_by_text(re.compile(rf"step (?!{before:,}$)[\d,]+$"))).to_be_visible()
    expect(lines).to_have_count(1)
    assert chart.evaluate("(svg) => svg.same && svg.isConnected")
    press(page, "Stop")


def test_the_learning_rate_changes_while_it_trains(visit):
    page = visit("/train?epochs=50&schedule=Constant&optimizer=SGD&rate=0.1&layers=2")
    press(page, "Train")
    expect(page.get_by_text(re.compile(r"^Training · epoch"))).to_be_visible()
    rate = page.get_by_role("slider", name="Learning rate")
    rate.focus()
    for _ in range(20):
        rate.press("ArrowRight")
    broken = re.compile(r"^Diverged · epoch|still only guessing")
    expect(page.get_by_text(broken).first).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile(r"rate=100"))
    stop = page.get_by_role("button", name="Stop", exact=True)
    if stop.is_enabled():
        stop.click()
    cause = re.compile(
        r"The cause is the learning rate, (0\.3|[1-9]\d*)\b"
    )  # where the run broke, on the way from 0.1 to 100
    expect(page.get_by_text(cause)).to_be_visible(timeout=60_000)


def test_a_rate_that_breaks_it_is_explained_and_nothing_is_lost(visit, console_errors):
    page = visit("/train?rate=100&optimizer=SGD&schedule=Constant&epochs=2&layers=2&width2=128")
    press(page, "Train")
    expect(page.get_by_text(re.compile(r"^Diverged · epoch"))).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile(r"The cause is the learning rate, 100"))).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.get_by_label("Epochs")).to_have_value("2")


def test_a_run_of_somebody_else_is_not_shown(visit, server, new_page):
    page = visit("/train?epochs=1")
    press(page, "Train")
    expect(page.get_by_text(re.compile(r"^Finished · epoch"))).to_be_visible(timeout=60_000)
    other = new_page()
    other.goto(f"{server}/train?epochs=1")
    expect(other.get_by_text(re.compile(r"^Ready:"))).to_be_visible()
