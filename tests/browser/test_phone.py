"""Lessons on a phone, 390 pixels wide, under a thumb: nothing is cut, nothing makes the page scroll sideways."""

from itertools import combinations

import pytest

WIDTH = 390
STYLED = """async () => {
  const isThere = (style) => style.textContent.includes("@keyframes more");
  const end = performance.now() + 30000;
  while (![...document.querySelectorAll("style")].some(isThere)) {
    if (performance.now() > end) throw new Error("the style of the page has not come");
    await new Promise(requestAnimationFrame);
  }
}"""
# Boxes that scroll by themselves: which can be scrolled, and which of these say so by an edge that fades.
BOXES = """async (boxes) => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => {
    const edge = box.getBoundingClientRect();
    return [edge.left >= 0 && edge.right <= innerWidth, getComputedStyle(box).maskImage.startsWith("linear-gradient")];
  });
}"""
FORMULAS, TABLES = ".katex-display", '[data-testid="stTable"] > div, [data-testid="stMarkdownContainer"] table'


@pytest.fixture
def phone(visit, new_page):
    """`phone("/draw")` opens an address on a phone; its page is as wide as the phone."""

    def go(path):
        page = visit(path, new_page(width=WIDTH, height=844, touch=True))
        page.evaluate(STYLED)
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
        return page

    return go


def sizes(found):
    """What a thumb has of each thing that is seen, the smaller of width and height."""
    boxes = [thing.bounding_box() for thing in found.all() if thing.is_visible()]
    assert boxes
    return [round(min(box["width"], box["height"]), 1) for box in boxes]


@pytest.mark.parametrize("path", ["activations?part=stack", "activations?part=softmax", "loss_functions?part=terms"])
def test_the_formulas_of_a_lesson_fit(phone, path):
    formulas = phone(f"/{path}").locator(FORMULAS)
    formulas.first.wait_for()
    assert formulas.evaluate_all(BOXES) == []


def test_the_table_of_checks_scrolls_in_its_own_box_and_fades_where_there_is_more(phone):
    page = phone("/backpropagation?part=network")
    table = page.locator(TABLES).first
    table.wait_for()
    assert page.locator(TABLES).evaluate_all(BOXES) == [[True, True]]
    table.evaluate("(box) => box.scrollBy(box.scrollWidth, 0)")
    last = table.locator("td").last.bounding_box()
    assert last["x"] + last["width"] <= WIDTH


def test_learning_rates_stand_two_beside_each_other(phone):
    places = phone("/learning_rate?part=side").locator(".st-key-small_pictures").get_by_test_id("stColumn")
    tops = places.evaluate_all("(places) => places.map((place) => place.getBoundingClientRect().top)")
    assert len(tops) == 5
    assert tops[0] == tops[1] < tops[2] == tops[3] < tops[4]


@pytest.mark.parametrize(
    ("path", "things"),
    [
        ("activations", '[role="radio"], .figure-legend button, [data-testid="stExpander"] summary'),
        ("backpropagation", ".bar button, .head, [data-testid=stRadioOption]"),
        ("train", '.chart-legend button, [data-testid="stPageLink-NavLink"], [data-testid^="stNumberInputStep"]'),
    ],
)
def test_a_thumb_finds_what_it_presses(phone, path, things):
    found = phone(f"/{path}").locator(things)
    found.first.wait_for()
    assert min(sizes(found)) >= 38  # the buttons of a number input stand inside its frame


def test_the_numbers_of_bars_can_be_read(phone):
    numbers = phone("/loss_functions?part=terms").locator(".bartext")
    numbers.first.wait_for()
    seen = "(all) => all.map((text) => text.getScreenCTM().d * parseFloat(text.style.fontSize))"
    heights = numbers.evaluate_all(seen)
    assert len(heights) == 9
    assert min(heights) >= 11


@pytest.mark.parametrize(
    ("path", "texts", "count"),
    [
        ("activations?part=softmax&za=12", ".figure-plot rect + text", 8),
        ("activations?part=softmax&za=99.2&zb=99.1&zc=99&zd=98.9", ".figure-plot rect + text", 8),
        ("loss_functions?part=terms&za=12", ".bartext", 9),
        ("loss_functions?part=terms", ".bartext", 9),
    ],
)
def test_no_number_of_a_bar_stands_on_another(phone, path, texts, count):
    numbers = phone(f"/{path}").locator(texts)
    numbers.first.wait_for()
    boxes = numbers.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert len(boxes) == count
    for a, b in combinations(boxes, 2):
        aside = abs(a["x"] + a["width"] / 2 - b["x"] - b["width"] / 2) - (a["width"] + b["width"]) / 2
        assert aside >= -1 or abs(a["bottom"] - b["bottom"]) >= 10  # as high as a digit


def test_the_small_neurons_of_a_network_can_be_hit(phone):
    neurons = phone("/forward_pass?part=digit").locator(".neuron .reach")
    neurons.first.wait_for()
    assert neurons.count() == 16 + 16 + 10
    assert neurons.evaluate_all("(all) => all.every((one) => one.getBoundingClientRect().width >= 40)")
    assert min(sizes(neurons)) >= 20  # a column of 16 has no room for more


@pytest.mark.parametrize(
    "path", ["backpropagation?part=network", "backpropagation?part=matrices", "forward_pass?part=digit"]
)
def test_the_letters_of_a_picture_can_be_read(phone, path):
    texts = phone(f"/{path}").locator(".stage text:not(:empty)")
    texts.first.wait_for()
    seen = "(all) => all.map((text) => text.getScreenCTM().a * parseFloat(getComputedStyle(text).fontSize))"
    assert min(texts.evaluate_all(seen)) >= 11


# Whether a text's box, in the units of the drawing, holds a point of a line, as thick as it is.
CROSSED = """(texts) => {
  const lines = [...texts[0].ownerSVGElement.querySelectorAll(".edge line:first-child")];
  const points = lines.flatMap((line) => {
    const length = line.getTotalLength(), half = parseFloat(line.getAttribute("stroke-width")) / 2;
    return Array.from({ length: 400 }, (_, i) => [line.getPointAtLength((length * i) / 399), half]);
  });
  return texts.filter((text) => {
    const box = text.getBBox(), height = parseFloat(getComputedStyle(text).fontSize) * 0.7;  // of a digit
    const bottom = parseFloat(text.getAttribute("y")), top = bottom - height;
    return points.some(([{ x, y }, half]) => Math.hypot(
      x - Math.min(Math.max(x, box.x), box.x + box.width), y - Math.min(Math.max(y, top), bottom)) < half);
  }).map((text) => text.textContent);
}"""


@pytest.mark.parametrize("stage", ["Neuron", "Layer", "Network"])
def test_no_line_of_a_network_crosses_a_sum_and_a_bias_says_that_it_is_one(stage, phone):
    page = phone(f"/forward_pass?stage={stage}")
    sums, biases = page.locator("text.sum"), page.locator('.chip[aria-label^="bias of"]')
    biases.first.wait_for()
    assert sums.evaluate_all(CROSSED) == []
    assert all(text.startswith("b ") for text in biases.all_text_contents())
    room = """(all) => all.map((chip) => {
      const [frame, text] = ["rect", "text"].map((part) => chip.querySelector(part).getBBox().width);
      return frame - text;
    })"""
    assert min(biases.evaluate_all(room)) > 6
