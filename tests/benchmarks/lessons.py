"""From a control to its picture, in each lesson on paper and on a bare page: `python -m tests.benchmarks.lessons`."""

import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.paths import ROOT
from tests.benchmarks.report import write_section
from tests.browser.conftest import FLAGS, installed_chromium, running_server

BARE = ROOT / "tests" / "benchmarks" / "bare_lesson.py"
TIMES = 5  # a control is moved so often, after once to warm up
ROUNDS = 1

# Milliseconds from a key or a press until the page's pictures (also those inside components) show something else.
WATCH = """() => {
  const roots = () => [document, ...[...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean)];
  const read = () => roots().map((root) =>
    [...root.querySelectorAll("svg, canvas")].map((e) => e.tagName === "CANVAS" ? e.toDataURL() : e.innerHTML).join("")
  ).join("");
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


def write(name: str) -> Act:
    """Write a number into a field and confirm it."""

    def act(page: Page, index: int) -> None:
        field = page.get_by_label(name, exact=True).first
        field.fill(f"{0.1 + 0.05 * index:.2f}")
        page.evaluate(WATCH)  # the answer is to Enter, not to the letters
        field.press("Enter")

    return act


def press(*names: str) -> Act:
    """Press buttons in turn."""

    def act(page: Page, index: int) -> None:
        page.get_by_role("button", name=names[index % len(names)], exact=True).click()

    return act


TRIALS = (
    Trial("forward_pass", write("Input x₁"), write("Number")),
    Trial("activations?part=softmax", nudge("Temperature"), nudge("Slider")),
    Trial("activations?part=stack", nudge("Test point: x₁"), nudge("Slider")),
    Trial("loss_functions", press("+100 and −100", "0.01 and 100"), press("Press")),
    Trial("gradient_descent", nudge("Learning rate η"), nudge("Slider")),
    Trial("learning_rate", nudge("Momentum β"), nudge("Slider")),
    Trial("backpropagation", nudge("x"), nudge("Slider")),
)


def answer_times(page: Page, url: str, act: Act) -> list[float]:
    """Return the milliseconds from each of some acts to the changed picture, the first left out."""
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    settled = page.get_by_test_id("stApp")
    times = []
    for index in range(TIMES + 1):
        expect(settled).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
        page.wait_for_timeout(300)  # nothing moves any more
        page.evaluate(WATCH)
        act(page, index)
        times.append(page.evaluate("window.answered"))
    return times[1:]


def measure() -> list[tuple[str, str, str]]:
    """Return a row for each trial: the median milliseconds, ours and bare, measured in turn, and their ratio."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=FLAGS)
        (state := Path(folder) / "ours").mkdir()
        (other := Path(folder) / "bare").mkdir()
        with running_server(state) as ours, running_server(other, BARE) as bare:
            rows = [compare(browser, trial, ours, bare) for trial in TRIALS]
        browser.close()
    return rows


def compare(browser: Browser, trial: Trial, ours: str, bare: str) -> tuple[str, str, str]:
    """Return the row of one trial."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    lesson, plain = [], []
    for _ in range(ROUNDS):
        plain += answer_times(page, bare, trial.bare)
        lesson += answer_times(page, f"{ours}/{trial.path}", trial.act)
    page.close()
    lesson_ms, plain_ms = statistics.median(lesson), statistics.median(plain)
    measured = f"{lesson_ms:.0f} ms against {plain_ms:.0f} ms: {lesson_ms / plain_ms:.2f}×"
    return f"`/{trial.path}`, control to picture", measured, "≤ 1.5×"


def main() -> None:
    """Measure, and write the figures to `docs/benchmarks.md`."""
    rows = measure()
    write_section("Lessons against a bare page", "tests.benchmarks.lessons", rows)
    for row in rows:
        print(*row, sep=" | ")


if __name__ == "__main__":
    main()
