"""Forward pass as a reader plays it: weights dragged, keyed and typed; neurons pointed at; a digit read."""

import math
import re

import pytest
from playwright.sync_api import expect

from tests.browser.read_out import readings
from tests.runs_support import until

SIDES = (("x", "width"), ("y", "height"))  # of a box


def chip(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def number(page, name):
    return page.locator(f'[data-value="{name}"]').first


def value(page, name):
    return float(number(page, name).text_content().replace("−", "-").removeprefix("b "))


def grab(page, handle):
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def boxes(parts):
    """Where all these parts are, at one and the same moment."""
    return parts.evaluate_all("(parts) => parts.map((part) => part.getBoundingClientRect().toJSON())")


def drag_right(page, handle, pixels):
    x, y = grab(page, handle)
    page.mouse.move(x + pixels, y, steps=6)
    page.mouse.up()


def on_edge(page, name, share):
    """A point of a weight's line, so far along it from where it begins, and whose line is taken there."""
    x, y, taken = page.locator(f'.edge[data-edge="{name}"] .grab').evaluate(
        """(line, share) => {
          line.scrollIntoView({ block: "center" });
          const at = line.getPointAtLength(share * line.getTotalLength()).matrixTransform(line.getScreenCTM());
          return [at.x, at.y, line.getRootNode().elementFromPoint(at.x, at.y) === line];
        }""",
        share,
    )
    assert taken, "something else lies there"
    return x, y


def weights_in(url):
    return [float(weight) for weight in re.search(r"[?&]w=([^&]+)", url)[1].replace("%2C", ",").split(",")]


def test_a_dragged_weight_moves_its_numbers_and_no_others(visit, settled):
    page = visit("/forward_pass?stage=Network")
    expect(chip(page, "weight from x₁ to h₁")).to_be_visible()
    names = ["w:x2-h1", "a:h2", "s:h1", "a:y"]
    before = {name: value(page, name) for name in names}
    x, y = grab(page, chip(page, "weight from x₁ to h₁"))
    page.mouse.move(x, y - 40, steps=8)
    expect(number(page, "w:x1-h1")).not_to_have_text("0.50")
    assert "w=" not in page.url  # nothing is reported before the release
    moved = {name: value(page, name) for name in (*names, "w:x1-h1")}
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]w="))
    settled(page)
    after = {name: value(page, name) for name in (*names, "w:x1-h1")}
    assert after == moved, "what the hand saw is what Python computes"
    assert after["w:x1-h1"] > 0.5
    assert after["s:h1"] == pytest.approx(before["s:h1"] + 0.6 * (after["w:x1-h1"] - 0.5), abs=0.002)
    assert after["a:y"] > before["a:y"]
    assert (after["w:x2-h1"], after["a:h2"]) == (before["w:x2-h1"], before["a:h2"])
    assert weights_in(page.url)[1:] == [-0.3, 0.8, -0.6, 0.9, 0.2, 0.2, 0.4, -0.7]
    page.reload()
    expect(number(page, "w:x1-h1")).to_have_text(f"{after['w:x1-h1']:.2f}")


def test_a_weight_is_dragged_on_its_edge_and_no_other_moves(visit, settled):
    page = visit("/forward_pass?stage=Network")
    expect(chip(page, "weight from x₂ to h₃")).to_be_visible()
    x, y = on_edge(page, "x2-h3", 0.7)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 30, steps=6)
    expect(number(page, "w:x2-h3")).not_to_have_text("0.40")
    assert "w=" not in page.url  # nothing is reported before the release
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]w="))
    settled(page)
    moved = weights_in(page.url)
    assert moved[7] < 0.3
    assert [*moved[:7], moved[8]] == [0.5, -0.3, 0.8, -0.6, 0.9, 0.2, 0.2, -0.7]
    assert not re.search(r"[?&][bvc]=", page.url)
    assert value(page, "w:x2-h3") == pytest.approx(moved[7], abs=0.005)


def test_arrow_keys_and_typing_do_the_same(visit, press_key):
    page = visit("/forward_pass")
    handle = chip(page, "weight from x₂ to ŷ")
    press_key(handle, "ArrowUp", r"w=0\.5%2C-0\.25%2C[^&]*")
    expect(number(page, "w:x2-h1")).to_have_text("−0.25")
    page.get_by_label("x₂ → ŷ").fill("0.9")
    page.get_by_label("x₂ → ŷ").press("Enter")
    expect(number(page, "w:x2-h1")).to_have_text("0.90")
    expect(handle).to_have_attribute("aria-valuenow", "0.9")
    handle.press("Home")
    expect(number(page, "w:x2-h1")).to_have_text("−1.00")
    expect(page).to_have_url(re.compile(r"w=0\.5(%2C|,)-1(\.0)?(%2C|,)"))
    handle.press("End")
    expect(number(page, "w:x2-h1")).to_have_text("1.00")


def test_quick_keys_are_all_counted_and_the_page_answers_still(visit, settled):
    page = visit("/forward_pass")
    handle = page.get_by_role("slider", name="weight from x₁ to ŷ")
    start = float(handle.get_attribute("aria-valuenow"))
    for _ in range(3):
        for _ in range(12):
            handle.press("ArrowDown")
        expect(page).to_have_url(re.compile(rf"[?&]w={start - 12 * 0.05:g}(%2C|,)"))  # no answer took a press back
        settled(page)
        expect(handle).to_have_attribute("aria-valuenow", f"{start - 12 * 0.05:g}")
        page.get_by_role("button", name="Start again").click()
        expect(handle).to_have_attribute("aria-valuenow", f"{start:g}")
        expect(page).not_to_have_url(re.compile(r"[?&]w="))
        settled(page)


def test_pointing_at_a_neuron_shows_what_feeds_it_and_its_sum(visit):
    page = visit("/forward_pass?stage=Network")
    page.get_by_role("button", name=re.compile("^h₂: 0.6·")).hover()
    expect(page.locator(".ledger .row:visible")).to_contain_text("h₂ = 0.60 × (−0.60)−0.360 + 0.40 × 0.900.360")
    expect(page.locator(".ledger .row:visible")).to_contain_text("= 0.040sum")
    shown = """(parts) => parts.filter((part) => !part.classList.contains("faded"))
      .map((part) => part.dataset.edge ?? part.dataset.id).sort()"""
    assert page.locator(".edge").evaluate_all(shown) == ["b-h2", "x1-h2", "x2-h2", "x3-h2"]
    assert page.locator(".neuron").evaluate_all(shown) == ["h2", "x1", "x2", "x3"]
    page.mouse.move(5, 5)
    expect(page.locator(".edge:not(.faded)")).to_have_count(16)
    expect(page.locator(".neuron:not(.faded)")).to_have_count(7)


def test_a_frame_of_a_drag_is_quick(visit, quick_frames):
    page = visit("/forward_pass?stage=Network")
    expect(chip(page, "weight from x₁ to h₁")).to_be_visible()
    x, y = grab(page, chip(page, "weight from x₁ to h₁"))
    move = lambda frame: page.mouse.move(x, y + 60 + 110 * math.sin(frame / 5))  # noqa: E731
    quick_frames(page, move, lambda: chip(page, "weight from x₁ to h₁").get_attribute("aria-valuenow"))
    page.mouse.up()


def test_the_threshold_and_the_sum_are_moved_one_without_the_other(visit, settled):
    page = visit("/forward_pass?part=Bias")
    threshold, total = page.get_by_role("slider", name="Threshold"), page.get_by_role("slider", name="weighted sum")
    fires = page.get_by_text(re.compile("Its weighted sum passes the threshold for"))
    before = fires.text_content(), page.locator(".read").text_content()
    drag_right(page, threshold, 60)
    expect(page).to_have_url(re.compile(r"[?&]threshold=\d"))
    expect(fires).not_to_have_text(before[0])
    expect(page.locator(".read")).not_to_have_text(before[1])
    count = lambda text: int(re.search(r"for ([\d,]+) of", text)[1].replace(",", ""))  # noqa: E731
    assert count(fires.text_content()) < count(before[0]), "a higher threshold lets fewer digits pass"
    assert "sum=" not in page.url
    settled(page)
    after = fires.text_content()
    drag_right(page, total.locator(".ball"), 200)
    expect(page).to_have_url(re.compile(r"[?&]sum=1\d"))
    settled(page)
    read = readings(page)
    chosen = float(re.search(r"threshold=([-\d.]+)", page.url)[1])
    output = 1 / (1 + math.exp(chosen - read["weighted sum Σ wx"]))
    assert read["output"] == pytest.approx(output, rel=1e-3)
    expect(fires).to_have_text(after)  # what a real neuron does has not to do with the dragged sum


def test_pixels_are_followed_into_their_line_by_pointer_and_keys(visit, quick_frames):
    page = visit("/forward_pass?part=A+real+digit")
    square = page.get_by_role("slider", name="The digit, 28 × 28 pixels")
    line = page.get_by_role("slider", name="The same pixels in one line of 784")
    words = page.locator(".words", has_text="of the picture becomes inputs")
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    row = lambda number: (box["x"] + box["width"] / 2, box["y"] + (number - 0.5) * box["height"] / 28)  # noqa: E731
    page.mouse.move(*row(3))
    expect(words).to_have_text("Row 3 of the picture becomes inputs 57 to 84. Its ink adds up to 0.")
    expect(line).to_have_attribute("aria-valuenow", "3")
    address = page.url
    quick_frames(page, lambda frame: page.mouse.move(*row(1 + frame % 28)), words.text_content)
    page.mouse.move(5, 5)
    line.press("ArrowDown")
    line.press("Home")
    square.press("ArrowDown")
    expect(words).to_contain_text("Row 2 of the picture becomes inputs 29 to 56")
    expect(square).to_be_focused()
    page.mouse.move(box["x"] + 20 + 180 + 100, box["y"] + 2)
    assert page.url == address  # pointing changes nothing but what is pointed at


def test_a_cell_shows_its_row_and_column(visit):
    page = visit("/forward_pass?part=As+matrices&rows=A+batch+of+four")
    page.get_by_role("button", name=re.compile("q, row 4, column 2")).click()
    expect(page.locator(".words")).to_contain_text("row 4, column 2")
    expect(page.locator("span.cell.lit")).to_have_count(4 + 4 + 1)
    expect(page).to_have_url(re.compile(r"cell=3(%2C|,)1"))


def strongest_inputs(page):
    """The rows of the table beside the digit: input, value, weight, product, each with three decimals."""
    table = page.get_by_role("table").filter(has_text="product")
    expect(table.locator("tbody tr").nth(5)).to_be_attached()
    cells = table.locator("tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    return [(name, *(float(number.replace("−", "-")) for number in numbers)) for name, *numbers in cells]


def test_a_digit_is_read_and_a_hidden_neuron_seen_from_close_by(visit):
    page = visit("/forward_pass?part=A+real+digit")
    expect(page.get_by_text("The network reads a 7")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Neuron 5 of hidden layer 1:")).click()
    expect(page).to_have_url(re.compile(r"unit=1-5"))
    expect(page.get_by_text("Neuron 5 of hidden layer 1", exact=True)).to_be_visible()
    expect(page.get_by_alt_text("The neuron's weights as an image")).to_be_visible()
    strongest = strongest_inputs(page)
    assert [abs(row[3]) for row in strongest] == sorted((abs(row[3]) for row in strongest), reverse=True)
    for _, pixel, weight, product in strongest:
        rounding = 0.0005 * (1 + abs(pixel) + abs(weight)) + 1e-6  # of all three
        assert product == pytest.approx(pixel * weight, abs=rounding)
        assert abs(product) > rounding  # so that this says something
    page.get_by_role("button", name=re.compile("^Neuron 6 of hidden layer 1:")).click()
    expect(page).to_have_url(re.compile(r"unit=1-6"))
    expect(page.get_by_text("Neuron 6 of hidden layer 1", exact=True)).to_be_visible()
    until(lambda: strongest_inputs(page) != strongest)
    page.get_by_role("button", name=re.compile("^Neuron 5 of hidden layer 1:")).click()
    expect(page.get_by_text("Neuron 5 of hidden layer 1", exact=True)).to_be_visible()
    page.get_by_label("Number of the test digit").fill("1")
    page.get_by_label("Number of the test digit").press("Enter")
    expect(page.get_by_text("The network reads a 2")).to_be_visible()
    expect(page).to_have_url(re.compile(r"digit=1.*unit=1-5|unit=1-5.*digit=1"))


@pytest.mark.parametrize("width", [390, 1440])
def test_the_digits_to_choose_from_stand_in_two_rows_of_five(visit, new_page, width):
    page = visit("/forward_pass?part=A+real+digit", new_page(width))
    digits = page.get_by_role("radiogroup", name="Meant as").get_by_role("radio")
    expect(digits).to_have_text([str(digit) for digit in range(10)])
    rows = [box["y"] for box in boxes(digits)]
    assert rows == [rows[0]] * 5 + [rows[9]] * 5
    assert rows[0] < rows[9]
    digits.nth(9).click()
    expect(page.get_by_text("The network reads a 9")).to_be_visible()


def test_a_drawn_one_is_read_layer_by_layer(visit):
    page = visit("/forward_pass?part=A+real+digit&source=Draw")
    expect(page.get_by_text("Draw a digit from 0 to 9")).to_be_visible()
    expect(page.get_by_text("The network reads")).to_have_count(0)
    box = page.locator("canvas.upper-canvas").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 130, box["y"] + 240, steps=12)
    page.mouse.up()
    expect(page.get_by_text("The network reads a 1")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Digit 1: .* softmax"))).to_be_visible()


def swipe(page, x, y, down):
    """Lay a finger on the page, move it by so many pixels, and lift it."""
    session = page.context.new_cdp_session(page)
    for kind, points in [("Start", [y]), *(("Move", [y + down * k / 10]) for k in range(1, 11)), ("End", [])]:
        touches = [{"x": x, "y": at} for at in points]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touches})


def between(page, *inputs):
    """The point in the middle between two input neurons, where no line runs."""
    found = [page.get_by_role("img", name=f"input {name} =").locator("circle").first.bounding_box() for name in inputs]
    return [sum(box[at] + box[size] / 2 for box in found) / len(found) for at, size in SIDES]


def test_a_finger_moves_a_weight_on_a_phone(visit, new_page, settled):
    page = visit("/forward_pass", new_page(width=390, height=844, touch=True))
    handle = chip(page, "bias of ŷ")
    handle.scroll_into_view_if_needed()
    expect(number(page, "w:b-h1")).to_have_text("b 0.10")
    box = handle.bounding_box()
    swipe(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 40)
    expect(page).to_have_url(re.compile(r"[?&]b=-0\.\d+"))
    assert value(page, "w:b-h1") < 0
    settled(page)
    x, y = on_edge(page, "x3-h1", 0.7)
    place = handle.bounding_box()["y"]
    swipe(page, x, y, 40)
    expect(page).to_have_url(re.compile(r"[?&]w="))
    settled(page)
    moved = weights_in(page.url)
    assert moved[2] < 0.6
    assert [*moved[:2], *moved[3:]] == [0.5, -0.3, -0.6, 0.9, 0.2, 0.2, 0.4, -0.7]
    assert value(page, "w:x3-h1") == pytest.approx(moved[2], abs=0.005)
    assert handle.bounding_box()["y"] == place  # the page stays
    swipe(page, *between(page, "x₁", "x₂"), -200)
    until(lambda: handle.bounding_box()["y"] < place - 50)  # beside the lines a finger scrolls the page
    assert weights_in(page.url) == moved
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("width", "least", "sums"), [(390, 28, 8), (320, 24, 8), (1440, 17, 4)])
def test_no_weight_stands_on_another_or_on_a_neuron(visit, new_page, width, least, sums):
    page = visit("/forward_pass?stage=Network", new_page(width))
    expect(page.locator(".chip rect")).to_have_count(12 + 4)
    found = boxes(page.locator('.neuron circle:first-child, .neuron[role="button"] .sum, .chip rect'))
    assert len(found) == 7 + sums + 16  # in the order in which they are drawn; on a phone a sum takes two rows
    for index, a in enumerate(found[7 + sums :], 7 + sums):
        assert min(a["width"], a["height"]) >= least
        for b in found[:index]:
            gaps = [abs(a[at] + a[size] / 2 - b[at] - b[size] / 2) - (a[size] + b[size]) / 2 for at, size in SIDES]
            assert max(gaps) >= 0
