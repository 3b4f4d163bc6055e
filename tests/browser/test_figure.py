"""A figure of our own component in a browser: dots where the numbers are, words for them, a legend that switches."""

import math
import re

import pytest
from playwright.sync_api import expect

from core.experiments.vanishing import DeepConfig, gradient_sizes

LAYERS = 5
SIZES = gradient_sizes(DeepConfig("sigmoid", LAYERS))


@pytest.fixture
def figure(visit):
    page = visit(f"/activations?part=Deep&depth={LAYERS}")
    found = page.get_by_role("img", name=re.compile("^The gradient's size"))
    expect(found.locator("circle")).to_have_count(3 * LAYERS)
    return found


def test_dots_stand_where_the_numbers_are(figure):
    heights = [float(figure.locator("circle").nth(k).get_attribute("cy")) for k in range(LAYERS)]
    decades = [math.log10(size) for size in SIZES]
    scale = (heights[-1] - heights[0]) / (decades[-1] - decades[0])
    assert scale < 0  # upwards
    for height, decade in zip(heights, decades, strict=True):
        assert height == pytest.approx(heights[0] + scale * (decade - decades[0]), abs=0.01)


def test_the_pointer_reads_a_dot(figure):
    word = figure.locator("xpath=..").locator(".figure-word")
    expect(word).to_be_hidden()
    figure.locator("circle").nth(1).hover()
    expect(word).to_contain_text("Sigmoid: layer 2: ")
    number, _, power = word.text_content().replace("−", "-").rpartition(": ")[2].partition(" · 10")
    raised = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
    assert float(number) * 10**raised == pytest.approx(SIZES[1], rel=5e-3)


def test_the_legend_hides_a_line_and_brings_it_back(figure):
    tanh = figure.page.locator(".figure-legend").get_by_role("button", name="Tanh")
    for left, pressed in ((2, "false"), (3, "true")):
        tanh.click()
        expect(tanh).to_have_attribute("aria-pressed", pressed)
        expect(figure.locator("circle")).to_have_count(left * LAYERS)
