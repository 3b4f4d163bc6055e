"""From a control to its picture, in each part of the lessons on paper and on a bare page.

`python -m tests.benchmarks.lessons` measures all of them, `… lessons activations` some. Where an answer is kept, each
move asks for another one. Parts without a control have no row, nor has the real network's seed of the learning rate,
which is a training with its own word of waiting.
"""

import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.paths import ROOT
from tests.benchmarks.report import write_section
from tests.browser.conftest import FLAGS, installed_chromium, running_server

BARE = ROOT / "tests" / "benchmarks" / "bare_lesson.py"
TIMES = 11  # a control is moved so often, here and on the bare page in turn, after once to warm up
PAUSE = 120  # milliseconds until nothing moves any more
ANSWERS = "[data-testid=stMarkdown], [data-testid=stMetricValue]"  # what Python says next to a component

WATCH = (ROOT / "tests" / "benchmarks" / "watch.js").read_text("utf-8")

Act = Callable[[Page, int], None]


@dataclass(frozen=True)
class Trial:
    """A lesson, what a reader moves there, and the same on the bare page."""

    path: str
    act: Act
    bare: Act
    what: str = ""  # which control, where a part has several rows


def nudge(name: str, *keys: str) -> Act:
    """Move a slider by one step, with each of the keys in turn, else always to the right."""

    def act(page: Page, index: int) -> None:
        page.get_by_role("slider", name=name).first.press(keys[index % len(keys)] if keys else "ArrowRight")

    return act


def write(name: str, *texts: object) -> Act:
    """Write numbers into a field in turn and confirm each; without any, decimals from 0.10."""

    def act(page: Page, index: int) -> None:
        field = page.get_by_label(name, exact=True).first
        field.fill(str(texts[index % len(texts)]) if texts else f"{0.1 + 0.05 * index:.2f}")
        page.evaluate(WATCH)  # the answer is to Enter, not to the letters
        field.press("Enter")

    return act


def press(*names: str) -> Act:
    """Press buttons in turn."""

    def act(page: Page, index: int) -> None:
        page.get_by_role("button", name=names[index % len(names)], exact=True).click()

    return act


def drop(name: str, right: int, down: int = 0) -> Act:
    """Drag a handle of a component by so many pixels and let it go: the answer is what Python says about it."""

    def act(page: Page, index: int) -> None:
        handle = page.get_by_role("slider", name=name).first
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + right, y + down, steps=3)
        page.wait_for_timeout(PAUSE)
        page.evaluate(WATCH, ANSWERS)
        page.mouse.up()

    return act


def afresh(act: Act) -> Act:
    """Set another seed first, for a control with too few values for so many different answers."""

    def first(page: Page, index: int) -> None:
        write("Seed", *FRESH)(page, index)
        page.evaluate("window.answered")
        settle(page)
        act(page, index)

    return first


SLIDER, NUMBER, PRESS = nudge("Slider", "ArrowRight", "ArrowLeft"), write("Number"), press("Press")
SEEDS, FRESH = range(1, TIMES + 2), range(101, TIMES + 102)
TRIALS = (
    Trial("forward_pass", write("Input x₁"), NUMBER),
    Trial("forward_pass", drop("weight from x₁ to ŷ", 0, 6), SLIDER, "a weight let go"),
    Trial("forward_pass?part=bias", nudge("Threshold"), SLIDER),
    Trial("forward_pass?part=bias", write("Real hidden neuron", *range(2, TIMES + 3)), NUMBER, "Real hidden neuron"),
    Trial("forward_pass?part=matrix", write("Seed of the weights", *SEEDS), NUMBER),
    Trial("forward_pass?part=digit", write("Number of the test digit", *SEEDS), NUMBER),
    Trial("activations?f=prelu", nudge("Slope left of zero"), SLIDER),
    Trial("activations", drop("x, the sum that goes in", -9), SLIDER, "the point let go"),
    Trial("activations?part=stack", write("Test point x₁"), NUMBER),
    Trial("activations?part=stack", write("Seed", *SEEDS), NUMBER, "Seed"),
    Trial("activations?part=stack", afresh(write("Neurons in each", 3, 5)), NUMBER, "Neurons in each"),
    Trial("activations?part=stack", afresh(write("Hidden layers", 3, 1)), NUMBER, "Hidden layers"),
    Trial("activations?part=stack", drop("test point, ReLU", -14, 5), SLIDER, "the point let go"),
    Trial("activations?part=deep", write("Hidden layers", *range(13, TIMES + 14)), NUMBER),
    Trial("activations?part=dead", write("Violent steps", *range(2, TIMES + 3)), NUMBER),
    Trial("activations?part=softmax", nudge("Temperature", "ArrowRight", "ArrowLeft"), SLIDER),
    Trial("loss_functions", press("+100 and −100", "0.01 and 100"), PRESS),
    Trial("loss_functions?part=curves", nudge("Target y"), SLIDER),
    Trial("loss_functions?part=outlier", drop("outlier's y", 0, 8), SLIDER, "the outlier let go"),
    Trial("loss_functions?part=terms", write("Logit of A"), NUMBER),
    Trial("gradient_descent", nudge("Learning rate η"), SLIDER),
    Trial("gradient_descent", write("Balls", 5, 3), NUMBER, "Balls"),
    Trial("gradient_descent", drop("Weight of ball 1", -12), SLIDER, "a ball let go"),
    Trial("gradient_descent?part=nudge", nudge("Weight w"), SLIDER),
    Trial("gradient_descent?part=surface", nudge("Learning rate η"), SLIDER),
    Trial("gradient_descent?part=surface", drop("start of the walk", 14, -3), SLIDER, "the start let go"),
    Trial("learning_rate", nudge("Momentum β"), SLIDER),
    Trial("learning_rate", drop("learning rate η", 12), SLIDER, "the rate let go"),
    Trial("learning_rate?part=bowl", nudge("Momentum β"), SLIDER),
    Trial("learning_rate?part=network", drop("learning rate η", -12), SLIDER, "the rate let go"),
    Trial("backpropagation", nudge("x"), SLIDER),
    Trial("backpropagation?part=formula", nudge("x"), SLIDER),
    Trial("backpropagation?part=matrices", write("Seed", *range(2, TIMES + 3)), NUMBER),
    Trial("backpropagation?part=network", write("Seed", *SEEDS), NUMBER),
    Trial("backpropagation?part=network", press("Take the step"), PRESS, "Take the step"),
    Trial("backpropagation?part=sums", write("Weight w"), NUMBER),
    Trial("backpropagation?part=sums&sum=fork", nudge("x"), SLIDER),
    Trial("backpropagation?part=sums&sum=kept", nudge("Images in the batch", "ArrowRight", "ArrowLeft"), SLIDER),
)


def settle(page: Page) -> None:
    """Wait until the page's script has run to its end and nothing moves any more."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
    page.wait_for_timeout(PAUSE)


def opened(browser: Browser, url: str) -> Page:
    """Return a page of its own that shows an address."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")  # the code of components comes after the page
    return page


def answer_time(page: Page, act: Act, index: int) -> float:
    """Return the milliseconds from one act to the changed picture."""
    settle(page)
    page.evaluate(WATCH)
    act(page, index)
    return float(page.evaluate("window.answered"))


def measure(chosen: str = "") -> list[tuple[str, str, str]]:
    """Return a row for each trial whose path begins with `chosen`: the median milliseconds, ours and bare."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=FLAGS)
        (state := Path(folder) / "ours").mkdir()
        (other := Path(folder) / "bare").mkdir()
        with running_server(state) as ours, running_server(other, BARE) as bare:
            plain = opened(browser, bare)
            rows = [compare(browser, trial, ours, plain) for trial in TRIALS if trial.path.startswith(chosen)]
        browser.close()
    return rows


def compare(browser: Browser, trial: Trial, ours: str, plain: Page) -> tuple[str, str, str]:
    """Return the row of one trial: lesson and bare page answer in turn, for what else the machine does hits both."""
    page = opened(browser, f"{ours}/{trial.path}")
    pairs = [(answer_time(page, trial.act, k), answer_time(plain, trial.bare, k)) for k in range(TIMES + 1)][1:]
    page.close()
    lesson_ms, plain_ms = (statistics.median(times) for times in zip(*pairs, strict=True))
    measured = f"{lesson_ms:.0f} ms against {plain_ms:.0f} ms: {lesson_ms / plain_ms:.2f}×"
    return f"`/{trial.path}`, {trial.what or 'control'} to picture", measured, "≤ 1.5×"


def main(chosen: str = "") -> None:
    """Measure, and write the figures to `docs/benchmarks.md`; a part of the paths is measured without writing."""
    rows = measure(chosen)
    if not chosen:
        write_section("Lessons against a bare page", "tests.benchmarks.lessons", rows)
    for row in rows:
        print(*row, sep=" | ")


if __name__ == "__main__":
    main(*sys.argv[1:])
