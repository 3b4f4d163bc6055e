"""Forward pass as a reader plays it: weights dragged, keyed and typed; neurons pointed at; a digit read."""

import re

import pytest
from playwright.sync_api import expect


def chip(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def number(page, name):
    return page.locator(f'[data-value="{name}"]').first


def value(page, name):
    return float(number(page, name).text_content().replace("−", "-").removeprefix("b "))


def grab(page, name):
    box = chip(page, name).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def test_a_dragged_weight_moves_its_numbers_and_no_others(visit, settled):
    page = visit("/forward_pass?stage=Network")
    expect(chip(page, "weight from x₁ to h₁")).to_be_visible()
    names = ["w:x2-h1", "a:h2", "s:h1", "a:y"]
    before = {name: value(page, name) for name in names}
    x, y = grab(page, "weight from x₁ to h₁")
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
    weights = re.search(r"[?&]w=([^&]+)", page.url)[1].replace("%2C", ",").split(",")
    assert [float(weight) for weight in weights[1:]] == [-0.3, 0.8, -0.6, 0.9, 0.2, 0.2, 0.4, -0.7]
    page.reload()
    expect(number(page, "w:x1-h1")).to_have_text(f"{after['w:x1-h1']:.2f}")


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


def test_pointing_at_a_neuron_shows_what_feeds_it_and_its_sum(visit):
    page = visit("/forward_pass?stage=Network")
    page.get_by_role("button", name=re.compile("^h₂: 0.6·")).hover()
    expect(page.locator(".ledger .row:visible")).to_contain_text("h₂ = 0.60 × (−0.60)−0.360 + 0.40 × 0.900.360")
    expect(page.locator(".ledger .row:visible")).to_contain_text("= 0.040sum")
    expect(page.locator(".edge:not(.faded)")).to_have_count(4)
    expect(page.locator(".neuron:not(.faded)")).to_have_count(4)
    page.mouse.move(5, 5)
    expect(page.locator(".edge:not(.faded)")).to_have_count(16)


def test_a_frame_of_a_drag_is_quick(visit, quick_frames):
    page = visit("/forward_pass?stage=Network")
    expect(chip(page, "weight from x₁ to h₁")).to_be_visible()
    x, y = grab(page, "weight from x₁ to h₁")
    quick_frames(page, lambda frame: page.mouse.move(x, y + 90 * (-1) ** (frame // 10) * (frame % 10) / 10))
    page.mouse.up()


def test_a_cell_shows_its_row_and_column(visit):
    page = visit("/forward_pass?part=As+matrices&rows=A+batch+of+four")
    page.get_by_role("button", name=re.compile("q, row 4, column 2")).click()
    expect(page.locator(".words")).to_contain_text("row 4, column 2")
    expect(page.locator("span.cell.lit")).to_have_count(4 + 4 + 1)
    expect(page).to_have_url(re.compile(r"cell=3(%2C|,)1"))


def test_a_digit_is_read_and_a_hidden_neuron_seen_from_close_by(visit):
    page = visit("/forward_pass?part=A+real+digit")
    expect(page.get_by_text("The network reads a 7")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Neuron 5 of hidden layer 1:")).click()
    expect(page).to_have_url(re.compile(r"unit=1-5"))
    expect(page.get_by_text("Neuron 5 of hidden layer 1", exact=True)).to_be_visible()
    expect(page.get_by_alt_text("The neuron's weights as an image")).to_be_visible()
    page.get_by_label("Number of the test digit").fill("1")
    page.get_by_label("Number of the test digit").press("Enter")
    expect(page.get_by_text("The network reads a 2")).to_be_visible()
    expect(page).to_have_url(re.compile(r"digit=1.*unit=1-5|unit=1-5.*digit=1"))


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


def test_a_finger_moves_a_weight_on_a_phone(visit, new_page):
    page = visit("/forward_pass", new_page(width=390, height=844, touch=True))
    handle = chip(page, "bias of ŷ")
    handle.scroll_into_view_if_needed()
    expect(number(page, "w:b-h1")).to_have_text("0.10")
    box, session = handle.bounding_box(), page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for kind, points in [("Start", [y]), *(("Move", [y + 4 * k]) for k in range(1, 11)), ("End", [])]:
        touches = [{"x": x, "y": at} for at in points]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touches})
    expect(page).to_have_url(re.compile(r"[?&]b=-0\.\d+"))
    assert value(page, "w:b-h1") < 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
