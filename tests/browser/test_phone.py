"""Lessons on a phone, 390 pixels wide, under a thumb: nothing is cut, nothing makes the page scroll sideways."""

import pytest

WIDTH = 390
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
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
        return page

    return go


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
