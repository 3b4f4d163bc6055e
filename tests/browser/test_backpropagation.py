"""Backpropagation as a reader plays it: step forward and back, type a formula, pick a weight, take the step."""

import re

import pytest
from playwright.sync_api import expect


def box(page, name):
    """A box of the graph by the start of its name; its label says the value and the gradient it shows now."""
    return page.get_by_role("img", name=re.compile(rf"^{re.escape(name)}(,|$)"))


def head(page):
    return page.get_by_role("slider", name="Play head")


def on_line(page, name):
    """A point of a weight's line, left of the middle where lines cross."""
    return (
        page.get_by_role("button", name=re.compile(f"^{name},"))
        .locator(".wire")
        .evaluate(
            """(wire) => {
          wire.scrollIntoView({ block: "center" });
          const point = wire.getPointAtLength(0.35 * wire.getTotalLength()).matrixTransform(wire.getScreenCTM());
          return [point.x, point.y];
        }"""
        )
    )


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_the_square_forward_and_back_for_an_x_typed(visit, settled):
    page = visit("/backpropagation")
    expect(box(page, "L = m + 2")).to_have_accessible_name("L = m + 2, value 14")
    page.get_by_role("spinbutton", name="x, typed").fill("-1.5")
    page.get_by_role("spinbutton", name="x, typed").press("Enter")
    expect(box(page, "x")).to_have_accessible_name("x, value −1.5")
    expect(page).to_have_url(re.compile(r"[?&]x=-1\.5"))
    press(page, "To the start")
    expect(box(page, "n = x²")).to_have_accessible_name("n = x²")
    for name, value in {"n = x²": "2.25", "m = 3 · n": "6.75", "L = m + 2": "8.75"}.items():
        press(page, "Step on")
        expect(box(page, name)).to_have_accessible_name(f"{name}, value {value}")
        expect(page.locator(".board g[aria-label*=gradient]")).to_have_count(0)  # none before the way back
    values = {"L = m + 2": ("8.75", "1"), "m = 3 · n": ("6.75", "1"), "n = x²": ("2.25", "3"), "x": ("−1.5", "−9")}
    for name, (value, gradient) in values.items():
        press(page, "Step on")
        expect(box(page, name)).to_have_accessible_name(f"{name}, value {value}, gradient {gradient}")
    expect(page.get_by_role("button", name="Step on", exact=True)).to_be_disabled()
    expect(page).to_have_url(re.compile(r"[?&]step=7"))
    press(page, "Step back")
    expect(box(page, "x")).to_have_accessible_name("x, value −1.5")
    expect(page).to_have_url(re.compile(r"[?&]step=6"))
    settled(page)
    page.reload()
    expect(box(page, "n = x²")).to_have_accessible_name("n = x², value 2.25, gradient 3")
    expect(box(page, "x")).to_have_accessible_name("x, value −1.5")


@pytest.mark.parametrize("x", ["-1000000", "-123456.7", "-0.0000001234567"])
def test_with_an_x_of_many_digits_no_formula_is_cut(x, visit, settled, new_page):
    page = visit(f"/backpropagation?x={x}", on=new_page(width=1280))
    settled(page)
    formulas = page.locator(".stMain .katex-display")
    expect(formulas).to_have_count(5)
    expect(formulas.nth(4)).to_be_visible()
    edges = formulas.evaluate_all(
        "all => all.map(one => [Math.max(...[...one.querySelectorAll('.base')].map("
        "base => base.getBoundingClientRect().right)), one.closest('.stMarkdown').getBoundingClientRect().right])"
    )
    assert all(right <= column for right, column in edges), edges


def test_all_at_once_and_a_new_x_leave_the_head_where_it_is(visit, settled):
    page = visit("/backpropagation")
    press(page, "All at once")
    expect(box(page, "x")).to_have_accessible_name("x, value 2, gradient 12")
    expect(page).to_have_url(re.compile(r"[?&]step=7"))
    page.get_by_role("spinbutton", name="x, typed").fill("10")
    page.get_by_role("spinbutton", name="x, typed").press("Enter")
    expect(box(page, "x")).to_have_accessible_name("x, value 10, gradient 60")
    settled(page)
    expect(head(page)).to_have_value("7")


def test_the_head_moves_by_keys_and_keeps_the_focus(visit, settled):
    page = visit("/backpropagation")
    expect(head(page)).to_have_value("3")
    head(page).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(box(page, "n = x²")).to_have_accessible_name("n = x², value 4, gradient 3")
    expect(page).to_have_url(re.compile(r"[?&]step=6"))
    settled(page)
    expect(head(page)).to_be_focused()
    expect(head(page)).to_have_attribute("aria-valuetext", re.compile("∂L/∂m · ∂m/∂n = 1 · 3 = 3"))
    box(page, "x").focus()
    expect(page.locator(".chain")).to_have_text("∂L/∂x = ∂L/∂m · ∂m/∂n · ∂n/∂x = 1 · 3 · 4 = 12")
    page.keyboard.press("ArrowLeft")
    expect(head(page)).to_have_value("5")


def test_a_wrong_formula_shows_where_and_keeps_the_text(visit, settled):
    page = visit("/backpropagation?part=Your+formula")
    field = page.get_by_role("textbox", name="L =")
    field.fill("x*y + siin(z)")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“siin” is not known here. Did you mean sin?")
    expect(page.locator("pre").first).to_contain_text(re.compile(r"x\*y \+ siin\(z\)\n {6}\^"))
    expect(field).to_have_value("x*y + siin(z)")
    field.fill("x*y + sin(z)")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    settled(page)  # the graph before it is gone
    expect(box(page, "v1 = x · y")).to_have_accessible_name("v1 = x · y, value −2")
    press(page, "All at once")
    expect(box(page, "x")).to_have_accessible_name("x, value 2, gradient −1")
    settled(page)
    page.reload()
    expect(field).to_have_value("x*y + sin(z)")


def test_a_weight_is_picked_and_its_chain_written_out(visit):
    page = visit("/backpropagation?part=A+network&net=3-4-3-2")
    edge = page.get_by_role("button", name=re.compile("^w¹₂₃,"))
    edge.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]weight=w1-23"))
    lines = page.locator(".chain > div")
    expect(lines).to_have_count(7)
    expect(lines.first).to_contain_text("∂z¹₂/∂w¹₂₃")
    shares = [float(re.split("[=≈]", line)[-1].replace("−", "-")) for line in lines.all_text_contents()[:6]]
    total = float(re.split("[=≈]", lines.last.text_content())[-1].replace("−", "-"))
    assert sum(shares) == pytest.approx(total, rel=1e-2)
    row = page.get_by_test_id("stTable").first.locator("tbody tr").first
    expect(row).to_contain_text("∂L/∂w¹₂₃")
    assert row.text_content().count("✓") == 2
    assert float(row.locator("td").nth(1).text_content().replace("−", "-")) == pytest.approx(total, rel=1e-3)
    page.mouse.click(*on_line(page, "w³₁₂"))
    expect(page).to_have_url(re.compile(r"[?&]weight=w3-12"))
    expect(row).to_contain_text("∂L/∂w³₁₂")


@pytest.mark.parametrize("net", ["2-2-1", "3-4-3-2"])
def test_at_the_end_every_line_has_its_gradients_colour_and_nothing_is_dim(visit, net):
    page = visit(f"/backpropagation?part=A+network&net={net}")
    dim, edges = page.locator(".board .dim"), page.locator(".board .edge")
    expect(dim.first).to_be_visible()  # the picked weight's chain stands out meanwhile
    expect(page.locator(".board :is(.rises, .falls)")).to_have_count(0)
    press(page, "All at once")
    expect(dim).to_have_count(0)
    assert edges.count() == {"2-2-1": 7, "3-4-3-2": 32}[net]
    for edge in edges.all():
        expect(edge).to_have_class(re.compile("rises|falls"))
    press(page, "Step back")
    expect(dim.first).to_be_visible()


OVERLAPS = """() => {
  const shown = [...document.querySelectorAll(".label text, .node rect")].filter(
    (part) => part.getClientRects().length && (part.tagName === "rect" || part.textContent));
  const boxes = shown.map((part) => [part.textContent || "a box", part.getBoundingClientRect()]), found = [];
  boxes.forEach(([name, a], i) => boxes.slice(0, i).forEach(([other, b]) => {
    if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) found.push([name, other]);
  }));
  return found;
}"""


@pytest.mark.parametrize("net", ["2-2-1", "3-4-3-2"])
def test_no_label_stands_on_another_or_on_a_box(visit, net):
    page = visit(f"/backpropagation?part=A+network&net={net}")  # 1440 wide
    press(page, "To the start")
    step_on = page.get_by_role("button", name="Step on", exact=True)
    for step in range(1, int(head(page).get_attribute("max")) + 1):
        step_on.click()
        expect(head(page)).to_have_value(str(step))
        assert page.evaluate(OVERLAPS) == []
    expect(step_on).to_be_disabled()
    assert page.locator(".label .gradient:visible").count() >= 1


def test_the_step_is_taken_and_taken_back(visit):
    page = visit("/backpropagation?part=A+network")
    now, after = (page.get_by_test_id("stMetricValue").nth(index) for index in (0, 1))
    promised, start = after.inner_text(), now.inner_text()
    assert float(promised) < float(start)
    press(page, "Take the step")
    expect(now).to_have_text(promised)
    expect(page).to_have_url(re.compile(r"[?&]taken=1"))
    expect(page.locator(".now")).to_contain_text(f"≈ {promised}")  # the graph has the new weights
    press(page, "Reset")
    expect(now).to_have_text(start)
    expect(page).not_to_have_url(re.compile("taken"))


def test_on_a_phone_the_graph_scrolls_inside_and_the_page_does_not(visit, new_page, settled):
    page = visit("/backpropagation?part=A+network&net=3-4-3-2", on=new_page(390, 844, dark=True, touch=True))
    board = page.locator(".board")
    expect(board).to_be_visible()
    assert board.evaluate("(board) => board.scrollWidth > board.clientWidth + 100")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    result = page.locator(".node.result")
    expect(box(page, "x₁")).to_be_in_viewport()  # forward is done, and is read from its inputs on
    expect(result).not_to_be_in_viewport()
    press(page, "Step on")
    expect(page.locator(".now")).to_contain_text("Backward starts at the loss")
    expect(result).to_be_in_viewport()  # the board follows the head
    expect(page).to_have_url(re.compile(r"[?&]step="))
    settled(page)
    place = board.evaluate("(board) => board.scrollLeft")
    press(page, "Take the step")
    expect(page).to_have_url(re.compile(r"[?&]taken=1"))
    settled(page)
    assert board.evaluate("(board) => board.scrollLeft") == place  # new weights, and the reader stays
    page.reload()
    expect(result).to_be_in_viewport()  # a link says where to look
    assert page.evaluate("scrollX") == 0
    press(page, "All at once")
    press(page, "To the start")
    expect(result).not_to_be_in_viewport()
    expect(box(page, "x₁")).to_be_in_viewport()
    press(page, "Step on")
    expect(page.locator(".now")).to_contain_text("Forward: z¹₁")


def test_a_frame_of_dragging_the_head_is_quick(visit, quick_frames):
    page = visit("/backpropagation?part=A+network&net=3-4-3-2")
    expect(head(page)).to_be_visible()
    head(page).scroll_into_view_if_needed()
    track = head(page).bounding_box()
    y = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + track["width"] / 4, y)
    page.mouse.down()
    move = lambda frame: page.mouse.move(track["x"] + track["width"] * (0.1 + 0.8 * frame / 60), y)  # noqa: E731
    quick_frames(page, move, page.locator(".now").text_content)
    assert "step=" not in page.url  # nothing is reported before the release
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]step="))


def test_a_cell_of_a_gradient_shows_the_row_and_the_column_that_make_it(visit):
    page = visit("/backpropagation?part=Matrices")
    words, lit = page.locator(".words"), page.locator("span.cell.lit")
    expect(lit).to_have_count(4 + 4)  # dW: a row of xᵀ, a column of dq, of four examples
    page.get_by_role("button", name=re.compile("^dW, row 3, column 2: ")).click()
    expect(words).to_have_text(re.compile(r"row 3, column 2: ( ?\+? ?\S+·\S+){4} ≈ \S+$"))
    expect(page).to_have_url(re.compile(r"cell=2(%2C|,)1"))
    page.get_by_role("radio", name="db", exact=True).click()
    expect(words).to_contain_text("row 1, column 1")  # db has no third row
    expect(lit).to_have_count(4)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_matrices_one_gradient_after_the_other_and_all_checked(visit, settled):
    page = visit("/backpropagation?part=Matrices")
    checks = page.get_by_test_id("stTable")
    first = checks.locator("tbody tr").first
    expect(first).to_contain_text("dq4 × 3")
    for name in ("dx", "db"):
        page.get_by_role("radio", name=name, exact=True).click()
        expect(page.get_by_role("button", name=re.compile(f"^{name}, row 1, column 1: "))).to_be_visible()
        expect(page).to_have_url(re.compile(f"gradient={name}"))
    loss = page.get_by_test_id("stMetricValue").first
    before = loss.text_content()
    page.get_by_label("Examples N").fill("2")
    page.get_by_label("Examples N").press("Enter")
    expect(first).to_contain_text("dq2 × 3")
    expect(loss).not_to_have_text(before)
    settled(page)
    assert "✗" not in checks.text_content()
    assert checks.text_content().count("✓") == 8
    press(page, "To the start")
    expect(head(page)).to_have_value("0")
    press(page, "All at once")
    expect(head(page)).to_have_value(head(page).get_attribute("max"))


def test_shares_of_a_gradient_add_up_over_a_batch_and_at_a_fork(visit):
    page = visit("/backpropagation?part=Why+it+adds+up")
    table = page.get_by_test_id("stTable")
    first = table.locator("tbody td:nth-child(2)").first

    def totals():
        return [float(cell.replace("−", "-")) for cell in table.locator("tbody td:nth-child(2)").all_text_contents()]

    before = first.text_content()
    page.get_by_label("Weight w").fill("-1")
    page.get_by_label("Weight w").press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]w=-1"))
    expect(first).not_to_have_text(before)
    assert len(set(totals())) == 1
    page.get_by_role("radio", name="At a fork").click()
    expect(page.get_by_label(re.compile("^L = a·x \\+ x² as a graph in which x is used twice"))).to_be_visible()
    before = first.text_content()
    page.get_by_role("slider", name="x").first.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]fx=1\.6"))
    expect(first).not_to_have_text(before)
    assert totals()[0] == pytest.approx(2 + 2 * 1.6, rel=1e-6)
    assert "✗" not in table.text_content()
    page.get_by_role("radio", name="What forward keeps").click()
    kept = page.get_by_test_id("stMetricValue").first
    expect(kept).to_have_text(re.compile(r"^\d.* kB$"))
    size = lambda: float(kept.text_content().split()[0].replace(",", ""))  # noqa: E731
    full = size()
    page.get_by_role("slider", name="Images in the batch").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"[?&]images=512"))
    expect(kept).not_to_have_text(f"{full:,.1f} kB")
    assert size() > 3 * full
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 1440, 390])
def test_both_losses_of_the_network_are_whole(width, visit, settled, new_page):
    page = visit("/backpropagation?part=network&taken=3", on=new_page(width=width))
    settled(page)
    values = page.get_by_test_id("stMetricValue")
    expect(values).to_have_count(2)
    sizes = values.evaluate_all("(all) => all.map((one) => [one, ...one.querySelectorAll('*')]"
                                ".map((part) => [part.scrollWidth, part.clientWidth]))")  # fmt: skip
    assert all(wide <= room for value in sizes for wide, room in value if room), sizes
