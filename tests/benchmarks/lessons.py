"""From a control to its picture, in each part of the lessons on paper and on a bare page.

`python -m tests.benchmarks.lessons` measures all of them, `… lessons activations` some. Parts without a control have no
row, nor has the real network of the learning rate, whose seed is a new training.
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
TIMES = 7  # a control is moved so often, here and on the bare page in turn, after once to warm up
PAUSE = 120  # milliseconds until nothing moves any more

# Milliseconds from a key or a press until the page's pictures, and all that is inside components, show something else.
WATCH = """() => {
  const inside = () => [...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean);
  const drawn = (root) =>
    [...root.querySelectorAll("svg, canvas")].map((e) => e.tagName === "CANVAS" ? e.toDataURL() : e.innerHTML).join("");
  const read = () => drawn(document) + inside().map((root) => root.innerHTML + drawn(root)).join("");
  const before = read();
  let started = null;
  const start = () => { started ??= performance.now(); };
  const first = { capture: true, once: true };
  for (const event of ["keydown", "pointerdown"]) document.addEventListener(event, start, first);
  window.answered = new Promise((done, fail) => {
    setTimeout(() => fail(new Error("no picture changed within ten seconds")), 10000);
    const look = () => {
      if (started !== null && read() !== before) done(performance.now() - started);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}"""

Act = Callable[[Page, int], None]


@dataclass(frozen=True)
class Trial:
    """A lesson, what a reader moves there, and the same on the bare page."""

    path: str
    act: Act
    bare: Act


def nudge(name: str) -> Act:
    """Move a slider by one step, to and fro."""

    def act(page: Page, index: int) -> None:
        page.get_by_role("slider", name=name).first.press("ArrowLeft" if index % 2 else "ArrowRight")

    return act


def write(name: str, *texts: str) -> Act:
    """Write numbers into a field in turn and confirm each; without any, decimals from 0.10."""

    def act(page: Page, index: int) -> None:
        field = page.get_by_label(name, exact=True).first
        field.fill(texts[index % len(texts)] if texts else f"{0.1 + 0.05 * index:.2f}")
        page.evaluate(WATCH)  # the answer is to Enter, not to the letters
        field.press("Enter")

    return act


def press(*names: str) -> Act:
    """Press buttons in turn."""

    def act(page: Page, index: int) -> None:
        page.get_by_role("button", name=names[index % len(names)], exact=True).click()

    return act


SLIDER, NUMBER, PRESS = nudge("Slider"), write("Number"), press("Press")
TRIALS = (
    Trial("forward_pass", write("Input x₁"), NUMBER),
    Trial("forward_pass?part=bias", nudge("Threshold"), SLIDER),
    Trial("forward_pass?part=matrix", write("Seed of the weights", "1", "2"), NUMBER),
    Trial("forward_pass?part=digit", write("Number of the test digit", "1", "2"), NUMBER),
    Trial("activations?f=prelu", nudge("Slope left of zero"), SLIDER),
    Trial("activations?part=stack", write("Test point x₁"), NUMBER),
    Trial("activations?part=deep", write("Hidden layers", "10", "11"), NUMBER),
    Trial("activations?part=dead", write("Violent steps", "9", "10"), NUMBER),
    Trial("activations?part=softmax", nudge("Temperature"), SLIDER),
    Trial("loss_functions", press("+100 and −100", "0.01 and 100"), PRESS),
    Trial("loss_functions?part=curves", nudge("Target y"), SLIDER),
    Trial("loss_functions?part=terms", write("Logit of A"), NUMBER),
    Trial("gradient_descent", nudge("Learning rate η"), SLIDER),
    Trial("gradient_descent?part=nudge", nudge("Weight x"), SLIDER),
    Trial("gradient_descent?part=surface", nudge("Learning rate η"), SLIDER),
    Trial("learning_rate", nudge("Momentum β"), SLIDER),
    Trial("learning_rate?part=bowl", nudge("Momentum β"), SLIDER),
    Trial("backpropagation", nudge("x"), SLIDER),
    Trial("backpropagation?part=formula", nudge("x"), SLIDER),
    Trial("backpropagation?part=matrices", write("Seed", "2", "3"), NUMBER),
    Trial("backpropagation?part=network", write("Seed", "1", "2"), NUMBER),
    Trial("backpropagation?part=sums", write("Weight w"), NUMBER),
    Trial("backpropagation?part=sums&sum=fork", nudge("x"), SLIDER),
    Trial("backpropagation?part=sums&sum=kept", nudge("Images in the batch"), SLIDER),
)


def opened(browser: Browser, url: str) -> Page:
    """Return a page of its own that shows an address."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    return page


def answer_time(page: Page, act: Act, index: int) -> float:
    """Return the milliseconds from one act to the changed picture."""
    settled = page.get_by_test_id("stApp")
    expect(settled).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
    page.wait_for_timeout(PAUSE)
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
    return f"`/{trial.path}`, control to picture", measured, "≤ 1.5×"


def main(chosen: str = "") -> None:
    """Measure, and write the figures to `docs/benchmarks.md`; a part of the paths is measured without writing."""
    rows = measure(chosen)
    if not chosen:
        write_section("Lessons against a bare page", "tests.benchmarks.lessons", rows)
    for row in rows:
        print(*row, sep=" | ")


if __name__ == "__main__":
    main(*sys.argv[1:])
