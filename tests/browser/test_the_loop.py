"""The home page as a reader meets it: the map by mouse, finger and keyboard, refusals, reload, doors."""

import re

from playwright.sync_api import Page, expect


def node(page: Page, name: str):
    return page.locator(f".loop-node[data-step={name}]")


def counter(page: Page):
    return page.locator(".loop-rounds", has_text="round")


def picture(page: Page) -> str | None:
    return page.locator(".loop-picture").get_attribute("href")


def loss(page: Page) -> float:
    shown = page.locator(".loop-loss")
    expect(shown).to_have_text(re.compile(r"loss \d"))
    return float((shown.text_content() or "").removeprefix("loss "))


def test_one_button_runs_a_round_and_the_weights_and_the_loss_change(visit):
    page = visit("/")
    expect(page.get_by_text("no weights yet")).to_be_visible()
    page.get_by_role("button", name="Run one round").click()
    expect(counter(page)).to_have_text("1 round")
    first, first_loss = picture(page), loss(page)
    page.get_by_role("button", name="Run 10 rounds").click()
    expect(counter(page)).to_have_text("11 rounds")
    assert picture(page) != first
    assert loss(page) < first_loss


def test_each_press_runs_exactly_one_step(visit):
    page = visit("/")
    for index, name in enumerate(("initialise", "predict", "loss", "gradient", "step")):
        expect(node(page, name)).to_have_class(re.compile("loop-next"))
        node(page, name).click()
        expect(page.get_by_text(f"Step {index + 1}, {name}")).to_be_visible()
        expect(node(page, name)).to_have_class(re.compile("loop-done"))
        expect(counter(page)).to_have_text("1 round" if name == "step" else "0 rounds")
    node(page, "repeat").click()
    expect(counter(page)).to_have_text("11 rounds")
    node(page, "stop").click()
    expect(page.locator(".loop-loss")).to_have_text(re.compile(r"9\d\.\d% right"))


def test_a_step_too_early_is_refused_kindly(visit):
    page = visit("/")
    refusal = page.get_by_test_id("stAlert")
    node(page, "gradient").click()
    expect(refusal).to_contain_text("Press 1, Initialise.")
    node(page, "initialise").click()
    expect(refusal).to_have_count(0)
    node(page, "step").click()
    expect(refusal).to_contain_text("Press 4, Gradient, first.")
    expect(counter(page)).to_have_text("0 rounds")


def test_a_reload_keeps_settings_weights_and_place(visit):
    page = visit("/?seed=7&rate=0.1&batch=16")
    page.get_by_role("button", name="Run 10 rounds").click()
    expect(counter(page)).to_have_text("10 rounds")
    node(page, "predict").click()
    expect(page.get_by_text("Step 2, predict")).to_be_visible()
    expect(page).to_have_url(re.compile("at=predict"))
    weights = picture(page)
    page.reload()
    expect(page.get_by_text("Step 2, predict")).to_be_visible()
    expect(counter(page)).to_have_text("10 rounds")
    expect(page.get_by_label("Seed")).to_have_value("7")
    assert picture(page) == weights


def test_the_keyboard_walks_the_ring_and_presses(visit):
    page = visit("/")
    node(page, "initialise").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1, initialise")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(node(page, "predict")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text("Step 2, predict")).to_be_visible()
    expect(node(page, "predict")).to_be_focused()  # a step does not throw the reader out of the map


def test_it_works_under_a_thumb_in_the_dark(visit, new_page):
    page = visit("/", new_page(width=390, height=844, dark=True, touch=True))
    expect(page.get_by_role("button", name="Run one round")).to_be_in_viewport()
    node(page, "initialise").tap()
    expect(page.locator(".loop-picture")).to_be_visible()
    expect(node(page, "predict")).to_have_class(re.compile("loop-next"))
    for name in ("initialise", "stop", "repeat", "predict"):
        box = node(page, name).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_doors_lead_to_train_and_draw(visit):
    page = visit("/?rounds=3&at=repeat")
    page.get_by_role("link", name="Train on all 60,000 digits").click()
    expect(page).to_have_url(re.compile(r"/train"))
    page.go_back()
    page.get_by_role("link", name="Draw a digit of your own").click()
    expect(page).to_have_url(re.compile(r"/draw"))
