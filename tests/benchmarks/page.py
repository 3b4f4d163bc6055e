"""Speeds that a reader feels, in one real browser: `python -m tests.benchmarks.page`."""

import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.paths import ROOT
from tests.benchmarks.report import write_section
from tests.browser.conftest import FLAGS, installed_chromium, running_server

Row = tuple[str, str, str]

ROUNDS = 3
STROKES = 12
BARE = ROOT / "tests" / "benchmarks" / "bare_canvas.py"

# Milliseconds from the release of the pen until an element that shows something else than before is painted.
WATCH = """(selector) => {
  const read = () => [...document.querySelectorAll(selector)].map((e) => e.outerHTML).join("");
  window.answered = new Promise((done) => {
    let before = null, started = 0;
    const released = () => { before = read(); started = performance.now(); };
    document.addEventListener("mouseup", released, { capture: true, once: true });
    const observer = new MutationObserver(() => {
      if (before === null || read() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => done(performance.now() - started));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
}"""


def stroke_times(page: Page, url: str, selector: str) -> list[float]:
    """Return the milliseconds from each of some strokes to the change of `selector`, the first two left out."""
    page.goto(url)
    surface = page.locator("canvas.upper-canvas")
    expect(surface).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    box = surface.bounding_box()
    assert box is not None
    times = []
    for index in range(STROKES + 2):
        page.evaluate(WATCH, selector)
        x, y = box["x"] + 30 + 16 * index, box["y"] + 40
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 8, y + 60 + 10 * index, steps=4)
        page.mouse.up()
        times.append(page.evaluate("window.answered"))
    return times[2:]


def stroke_ratio(browser: Browser, ours: str, bare: str) -> list[Row]:
    """Return the median milliseconds from stroke to prediction and to a bare echo, in turn, and their ratio."""
    page = browser.new_page()
    drawn, echoed = [], []
    for _ in range(ROUNDS):
        echoed += stroke_times(page, bare, "[data-testid=stMarkdown]")
        drawn += stroke_times(page, f"{ours}/draw", "[data-testid=stPlotlyChart] image")
        page.get_by_role("button", name="Clear").click()
    page.close()
    ours_ms, bare_ms = statistics.median(drawn), statistics.median(echoed)
    measured = f"{ours_ms:.0f} ms against {bare_ms:.0f} ms: {ours_ms / bare_ms:.2f}×"
    return [("stroke to prediction, against a bare page's echo of it", measured, "≤ 2×")]


def shell_speed(recipe: str) -> float:
    """Return the examples a second of a recipe on the command line, by its own clock."""
    command = [sys.executable, "-m", "core.training", "--recipe", recipe, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["examples_per_second"])


def page_speed(page: Page, url: str, recipe: str) -> float:
    """Return the examples a second of a recipe trained from the page, with the browser showing it live."""
    page.goto(f"{url}/train?recipe={recipe}")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_enabled(timeout=60_000)
    train.click()
    expect(page.get_by_text(re.compile("^(Training|Finished) · epoch"))).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile("^Finished · epoch"))).to_be_visible(timeout=300_000)
    shown = page.get_by_test_id("stMetric").filter(has_text="Examples a second").get_by_test_id("stMetricValue")
    speed = float(shown.inner_text().replace(",", ""))
    page.get_by_role("button", name="Reset").click()
    return speed


def training_ratio(browser: Browser, url: str, recipe: str = "quick") -> list[Row]:
    """Return the speed from the page against the command line's, in turn."""
    page = browser.new_page()
    page_speed(page, url, recipe)  # warm
    pairs = [(page_speed(page, url, recipe), shell_speed(recipe)) for _ in range(ROUNDS)]
    page.close()
    ours, shell = (statistics.median(speeds) for speeds in zip(*pairs, strict=True))
    share = statistics.median(ours / shell for ours, shell in pairs)
    measured = f"{ours:,.0f} against {shell:,.0f} examples/s: {share:.0%}"
    return [(f"`{recipe}` from the page with its live picture, against the command line", measured, "≥ 80 %, aim 90 %")]


def measure() -> list[Row]:
    """Return every row: what, measured, wanted."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=FLAGS)
        (state := Path(folder) / "ours").mkdir()
        (other := Path(folder) / "bare").mkdir()
        with running_server(state) as ours:
            rows = training_ratio(browser, ours)
            with running_server(other, BARE) as bare:
                rows += stroke_ratio(browser, ours, bare)
        browser.close()
    return rows


def main() -> None:
    """Measure, and write the figures to `docs/benchmarks.md`."""
    rows = measure()
    write_section("The page", "tests.benchmarks.page", rows)
    for row in rows:
        print(*row, sep=" | ")


if __name__ == "__main__":
    main()
