"""Drawing with a real mouse: a 1, a 7 and a 0 are read; an empty canvas is not; nothing is lost."""

import re

import pytest
from playwright.sync_api import expect

STROKES = {
    1: [[(145, 50), (135, 230)]],
    7: [[(70, 65), (205, 65), (120, 235)]],
    0: [[(140, 50), (85, 80), (70, 140), (90, 210), (140, 232), (190, 205), (208, 140), (192, 78), (140, 50)]],
}


def canvas(page):
    surface = page.locator("canvas.upper-canvas")
    expect(surface).to_be_visible()
    surface.scroll_into_view_if_needed()  # a page that is opened in the moment a run ends may stand scrolled
    return surface


def stroke(page, points):
    box = canvas(page).bounding_box()
    (x, y), *rest = [(box["x"] + x, box["y"] + y) for x, y in points]
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(x, y, steps=10)
    page.mouse.up()


def verdict(page):
    return page.get_by_role("heading", level=3).first


@pytest.mark.parametrize("digit", STROKES)
def test_a_digit_drawn_with_the_mouse_is_read(visit, digit):
    page = visit("/draw")
    for points in STROKES[digit]:
        stroke(page, points)
    expect(verdict(page)).to_have_text(f"It reads a {digit}")
    expect(page.get_by_alt_text(re.compile("centre", re.IGNORECASE)).first).to_be_visible()


def test_an_empty_canvas_asks_for_a_digit_and_predicts_nothing(visit):
    page = visit("/draw")
    expect(verdict(page)).to_have_text("Draw a digit")
    expect(page.get_by_text("It reads")).to_have_count(0)
    expect(page.get_by_label("No digit, no prediction")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\d+\.\d%$"))).to_have_count(0)  # no bar has a number


def test_clear_takes_the_prediction_back_and_a_reload_keeps_the_drawing(visit):
    page = visit("/draw")
    stroke(page, STROKES[7][0])
    expect(verdict(page)).to_have_text("It reads a 7")
    page.reload()
    expect(verdict(page)).to_have_text("It reads a 7")
    page.get_by_role("button", name="Clear").click()
    expect(verdict(page)).to_have_text("Draw a digit")
    page.reload()
    expect(verdict(page)).to_have_text("Draw a digit")


def test_the_network_just_trained_is_the_one_that_reads(visit, settled):
    page = visit("/train?epochs=1")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"^Finished · epoch"))).to_be_visible(timeout=60_000)
    page.get_by_role("link", name=re.compile("Now draw a digit")).click()
    expect(page.get_by_role("combobox", name="Who answers")).to_have_value(
        re.compile(r"^Your newest: 9\d\.\d%, 784-256-10")
    )
    stroke(page, STROKES[7][0])
    expect(verdict(page)).to_have_text("It reads a 7")


def test_a_dot_is_no_digit(visit):
    page = visit("/draw")
    stroke(page, [(140, 140), (141, 141)])
    expect(page.get_by_text("That is only a dot")).to_be_visible()
    expect(verdict(page)).to_have_text("Draw a digit")


def test_a_file_that_is_no_picture_is_refused_in_words(visit):
    page = visit("/draw?source=file")
    file = {"name": "seven.png", "mimeType": "image/png", "buffer": b"not a picture"}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("This file is not a PNG or JPEG picture")).to_be_visible()
    expect(verdict(page)).to_have_text("Choose a picture")


def test_a_test_digit_is_read_and_its_number_is_in_the_address(visit):
    page = visit("/draw?source=test&digit=0")
    expect(verdict(page)).to_have_text("It reads a 7 ✓")
    page.get_by_role("button", name="Give me another test digit").click()
    expect(page).to_have_url(re.compile(r"digit=\d+"))


@pytest.mark.parametrize("path", ["/draw", "/forward_pass?part=digit&source=hand"])
@pytest.mark.parametrize("width", [390, 768, 1024, 1440])
def test_the_canvas_is_whole_and_its_tools_lie_on_no_control(visit, new_page, width, path):
    page = visit(path, new_page(width))
    canvas(page).hover()
    tools = page.locator(".dc-toolbar-card")
    expect(page.locator(".dc-toolbar")).to_have_css("opacity", "1")
    expect(page.locator(".dc-toolbar")).to_have_css("top", re.compile(r"^-4\d"))  # where it comes to rest
    assert page.locator(".dc-scroll").evaluate("(box) => box.clientWidth") == 280
    controls = [page.get_by_test_id("stSlider"), page.get_by_role("button", name="Clear")]
    for control in controls:
        assert not overlap(control.bounding_box(), tools.bounding_box())


def overlap(a, b):
    return all(a[at] < b[at] + b[size] and b[at] < a[at] + a[size] for at, size in (("x", "width"), ("y", "height")))
