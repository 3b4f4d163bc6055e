"""Links that reproduce a state: by label or by name, kept after a touch and a reload."""

import re

from playwright.sync_api import expect


def test_a_choice_said_by_its_name_is_taken_and_kept_from_the_first_touch_on(visit):
    page = visit("/learning_rate?part=bowl")
    expect(page.get_by_role("radio", name="Two weights")).to_be_checked()
    page.get_by_role("slider", name="Momentum").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"part=Two"))
    page.reload()
    expect(page.get_by_role("radio", name="Two weights")).to_be_checked()


def test_a_link_with_every_kind_of_setting_survives_a_reload(visit):
    page = visit("/train?optimizer=SGD&schedule=Constant&layers=2&rate=0.1&dropout=0.2")
    for _ in range(2):
        expect(page.get_by_role("combobox", name="Optimiser")).to_have_value("SGD")
        expect(page.get_by_role("combobox", name="Schedule")).to_have_value("Constant")
        expect(page.get_by_label("Hidden layers")).to_have_value("2")
        expect(page.get_by_role("slider", name="Learning rate")).to_have_attribute("aria-valuetext", "0.1")
        page.reload()


def test_a_recipe_sets_every_control_and_the_address(visit):
    page = visit("/train?layers=3&rate=0.3&epochs=9&optimizer=SGD&dropout=0.5&seed=4")
    ready = page.get_by_text(re.compile("^Ready:"))
    for name, layers, epochs, weights in (("Accurate", "2", "8", "235,146"), ("Quick", "1", "5", "203,530")):
        page.get_by_role("radio", name=name, exact=True).click()
        expect(ready).to_contain_text(weights)
        expect(page.get_by_label("Hidden layers")).to_have_value(layers)
        expect(page.get_by_label("Epochs")).to_have_value(epochs)
        expect(page.get_by_label("Seed", exact=True)).to_have_value("0")
        expect(page.get_by_role("combobox", name="Optimiser")).to_have_value("Adam")
        expect(page.get_by_role("slider", name="Learning rate")).to_have_attribute("aria-valuetext", "0.004")
        expect(page.get_by_role("slider", name="Dropout")).to_have_attribute("aria-valuetext", "0.00")
        expect(page).not_to_have_url(re.compile("rate=|seed=|epochs=9|optimizer=SGD|dropout"))


def test_back_takes_back_what_the_hand_did_and_leads_to_the_page_before(visit, settled):
    page = visit("/activations?part=Deep")
    page.get_by_role("link", name="Gradient descent").first.click()
    ball = page.get_by_role("slider", name="Weight of ball 1")
    expect(ball).to_have_attribute("aria-valuenow", "3.2")
    assert "part=" not in page.url  # the part of another lesson stays there
    for weight in ("3.186", "3.168"):
        ball.press("ArrowLeft")
        expect(page).to_have_url(re.compile(f"w={weight}"))
        settled(page)
    page.go_back()
    expect(ball).to_have_attribute("aria-valuenow", "3.186")
    page.go_back()
    expect(ball).to_have_attribute("aria-valuenow", "3.2")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why must a neuron bend?")
    expect(page.get_by_test_id("stException")).to_have_count(0)
