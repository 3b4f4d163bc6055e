"""Activations as a reader plays it: a point dragged along the sigmoid, a stack rebuilt, units brought back."""

import math
import re

from playwright.sync_api import expect

from tests.browser.read_out import readings


def point(page):
    return page.get_by_role("slider", name="x, the sum that goes in")


def grab(page):
    box = point(page).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def test_a_dragged_point_reads_value_and_derivative(visit, settled):
    page = visit("/activations")
    expect(point(page)).to_be_visible()
    before = readings(page)
    assert before["value f(x)"] == float(f"{1 / (1 + math.exp(-1)):.4g}")
    x, y = grab(page)
    page.mouse.move(x - 140, y, steps=8)
    expect(point(page)).not_to_have_attribute("aria-valuenow", "1")
    assert "x=" not in page.url  # nothing is reported before the release
    seen = readings(page)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]x=-?\d"))
    settled(page)
    after = readings(page)
    assert after == seen, "what the hand saw is what Python computes"
    value = 1 / (1 + math.exp(-after["x"]))
    assert after["x"] < 0
    assert math.isclose(after["value f(x)"], value, rel_tol=1e-3)
    assert math.isclose(after["slope f′(x)"], value * (1 - value), rel_tol=1e-3)
    page.reload()
    expect(point(page)).to_be_visible()
    assert readings(page) == seen


def test_arrow_keys_move_the_point_too(visit, press_key):
    page = visit("/activations?f=ReLU&x=0.5")
    press_key(point(page), "ArrowRight", r"x=0\.525")
    expect(point(page)).to_have_attribute("aria-valuenow", "0.525")


def test_a_frame_of_a_drag_is_quick(visit, quick_frames):
    page = visit("/activations?f=GELU")
    expect(point(page)).to_be_visible()
    x, y = grab(page)
    move = lambda frame: page.mouse.move(x + 200 * math.sin(frame / 5), y)  # noqa: E731
    quick_frames(page, move, page.locator(".read").text_content)
    page.mouse.up()


def test_functions_stand_side_by_side(visit):
    page = visit("/activations")
    expect(page.get_by_label(re.compile("^Value and derivative of Sigmoid, Tanh, ReLU, each"))).to_be_visible()
    page.get_by_role("button", name="GELU").click()
    expect(page.get_by_label(re.compile("^Value and derivative of Sigmoid, Tanh, ReLU, GELU, each"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"with=.*GELU"))


def test_a_bend_does_what_no_linear_stack_can(visit):
    page = visit("/activations")
    page.get_by_role("radio", name="A stack").click()
    expect(page).to_have_url(re.compile(r"part=A(\+|%20)stack"))
    expect(
        page.get_by_label(re.compile("^What a linear stack and one with ReLU learned: 48% and 100%"))
    ).to_be_visible()
    page.get_by_label("Neurons in each").fill("6")
    page.get_by_label("Neurons in each").press("Enter")
    expect(page).to_have_url(re.compile("width=6"))
    page.get_by_text("None, or hardly any").click()
    page.get_by_role("button", name="Run it").click()
    expect(page.get_by_text("You were right. Five seeds got")).to_be_visible()


def test_dead_units_come_back_with_a_leak(visit):
    page = visit("/activations?part=Dead+units")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("12 of 12")
    expect(page.get_by_label(re.compile("^12 units die; 12 ReLU units end without a gradient, 7"))).to_be_visible()
    page.get_by_label("Violent steps", exact=True).fill("0")
    page.get_by_label("Violent steps", exact=True).press("Enter")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("0 of 12")


def test_the_test_point_of_two_stacks_is_dragged(visit, settled, quick_frames):
    page = visit("/activations?part=A+stack")
    point = page.get_by_role("slider", name="test point, ReLU")
    expect(point).to_be_visible()
    box = point.locator(".ball").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    move = lambda frame: page.mouse.move(x - 60 + 30 * math.sin(frame / 5), y + 40 * math.cos(frame / 7))  # noqa: E731
    quick_frames(page, move, page.locator(".read").text_content)
    seen = page.locator(".read").first.text_content()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"x1=-?\d"))
    settled(page)
    expect(page.locator(".read").first).to_have_text(seen)


def test_the_code_that_ran_is_shown_once_it_is_open(visit):
    page = visit("/activations")
    code = page.get_by_test_id("stCode")
    expect(code).to_have_count(0)
    page.get_by_text("The code that ran").click()
    expect(code).to_contain_text("def sigmoid(")
    page.get_by_role("tab", name="sigmoid_slope").click()
    expect(code).to_contain_text("def sigmoid_slope")
    page.get_by_role("radio", name="A stack").click()
    page.get_by_role("tab", name="collapse").click()
    expect(page.get_by_role("tabpanel", name="collapse").get_by_test_id("stCode")).to_contain_text("def collapse")


def shares(page, what):
    """The numbers that a picture's description names, by name."""
    told = page.get_by_label(re.compile(f"^{what}")).first.get_attribute("aria-label").split(": ", 1)[1]
    return {name: float(number.rstrip("%.")) for name, number in re.findall(r"([A-Z]\w*) ([\d.e+-]+%?)", told)}


def test_a_gradient_vanishes_through_sigmoids_and_not_through_relus(visit):
    page = visit("/activations?part=Deep")
    both = page.get_by_label(re.compile("^The gradient's size at the first layer"))
    gradients = both.first  # Streamlit keeps the old picture beside the new one until that is drawn
    expect(gradients).to_be_visible()
    told, before = gradients.get_attribute("aria-label"), shares(page, "The gradient's size")
    page.get_by_label("Hidden layers").fill("20")
    page.get_by_label("Hidden layers").press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]depth=20"))
    expect(gradients).not_to_have_attribute("aria-label", told)
    expect(both).to_have_count(1)
    after = shares(page, "The gradient's size")
    assert after["Sigmoid"] < 1e-3 * before["Sigmoid"]
    assert 0.1 < after["ReLU"] / before["ReLU"] < 10
    product = page.get_by_test_id("stMarkdown").filter(has_text="⋯").locator(".katex").first
    written = product.text_content()
    page.get_by_role("slider", name="Every weight w").press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"[?&]w=0\.9"))
    expect(product).not_to_have_text(written)
    assert shares(page, "The gradient's size") == after  # the stack has weights of its own


def test_a_temperature_evens_out_what_softmax_makes_of_numbers(visit, settled):
    page = visit("/activations?part=Softmax")
    both = page.get_by_label(re.compile("^Softmax at temperature"))
    picture = both.first  # Streamlit keeps the old picture beside the new one until that is drawn
    expect(picture).to_have_attribute("aria-label", re.compile("temperature 1:"))
    before = shares(page, "Softmax at temperature 1")
    page.get_by_label("Number for B").fill("3")
    page.get_by_label("Number for B").press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]zb=3"))
    expect(picture).not_to_have_attribute("aria-label", re.compile("A 63"))
    expect(both).to_have_count(1)
    settled(page)
    higher = shares(page, "Softmax at temperature 1")
    assert higher["B"] > 2 * before["B"]
    assert math.isclose(higher["A"] / higher["C"], before["A"] / before["C"], rel_tol=0.02)  # B takes from all alike
    page.get_by_role("slider", name="Temperature").press("ArrowRight")
    expect(page.get_by_label(re.compile("^Softmax at temperature 2:"))).to_be_visible()
    even = shares(page, "Softmax at temperature 2")
    assert max(even.values()) < max(higher.values())
    assert sorted(even, key=even.get) == sorted(higher, key=higher.get)
    assert math.isclose(sum(even.values()), 100, abs_tol=0.3)


def test_the_last_activation_side_by_side_stays_lit(visit, settled):
    page = visit("/activations?with=Tanh")
    lit = page.get_by_test_id("stButtonGroup").filter(has_text="Side by side").locator('button[aria-pressed="true"]')
    picture = page.get_by_label(re.compile("^Value and derivative of Tanh, each"))
    expect(lit).to_have_text(["Tanh"])
    lit.click()
    settled(page)
    expect(lit).to_have_text(["Tanh"])
    expect(picture).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]with=Tanh"))
