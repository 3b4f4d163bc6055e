"""Loss functions as a reader plays it: a list edited, an example dragged, an outlier pulled, terms read."""

import math
import re

from playwright.sync_api import expect

from tests.browser.read_out import readings


def handle(page, name):
    return page.get_by_role("slider", name=name)


def grab(page, name):
    box = handle(page, name).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def lines(page):
    """Both lines as the browser draws them: MSE, then MAE."""
    drawn = page.locator("line.fit")
    return [tuple(drawn.nth(i).get_attribute(end) for end in ("y1", "y2")) for i in range(2)]


def test_the_outlier_moves_one_line_and_not_the_other(visit, settled):
    page = visit("/loss_functions?part=Outlier")
    expect(handle(page, "outlier's y")).to_be_visible()
    before, slopes = lines(page), page.get_by_test_id("stMetricValue").all_text_contents()
    x, y = grab(page, "outlier's y")
    page.mouse.move(x, y - 120, steps=10)
    expect(handle(page, "outlier's y")).not_to_have_attribute("aria-valuenow", "20")
    during = lines(page)
    assert during[0] != before[0]
    assert during[1] == before[1]
    assert "out=" not in page.url  # nothing is reported before the release
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"out=\d"))
    settled(page)
    assert lines(page) == during
    expect(page.get_by_test_id("stMetricValue").first).not_to_have_text(slopes[0])
    expect(page.get_by_test_id("stMetricValue").nth(2)).to_have_text(slopes[2])
    page.reload()
    expect(handle(page, "outlier's y")).to_be_visible()
    assert lines(page) == during


def test_arrow_keys_pull_the_outlier(visit, press_key):
    page = visit("/loss_functions?part=Outlier&out=30")
    press_key(handle(page, "outlier's y"), "Shift+ArrowUp", r"out=32\.5")
    expect(page.locator(".read span").first).to_have_text("outlier's y = 32.5")


def test_a_frame_of_pulling_the_outlier_is_quick(visit, quick_frames):
    page = visit("/loss_functions?part=Outlier")
    expect(handle(page, "outlier's y")).to_be_visible()
    x, y = grab(page, "outlier's y")
    move = lambda frame: page.mouse.move(x, y + 120 * math.sin(frame / 5))  # noqa: E731
    quick_frames(page, move, page.locator(".read").text_content)
    page.mouse.up()


def test_a_wrong_and_confident_logit_is_pulled_back(visit, settled):
    page = visit("/loss_functions?part=Curves&loss=Cross-entropy+on+logits")
    x, y = grab(page, "logit of the right class")
    page.mouse.move(x - 260, y, steps=8)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"at_z=-\d"))
    settled(page)
    number = readings(page)
    z = number["logit of the right class, z"]
    exponentials = [math.exp(z), math.e, math.exp(0.1)]
    assert z < -3
    assert math.isclose(number["loss"], -math.log(exponentials[0] / sum(exponentials)), rel_tol=1e-3)
    assert math.isclose(number["gradient"], exponentials[0] / sum(exponentials) - 1, rel_tol=1e-3)
    expect(page.locator(".read")).to_contain_text("raise it")


def test_what_rounding_makes_whole_is_not_said_to_be_it(visit):
    page = visit("/loss_functions?part=Curves&loss=Cross-entropy+on+logits&at_z=-10")
    read = page.locator(".read")
    expect(read).to_contain_text("logit of the right class, z = −10")
    expect(read).to_contain_text("gradient ≈ −1")
    expect(read).not_to_contain_text("gradient = ")
    page.get_by_role("slider", name="logit of the right class").press("End")
    expect(read).to_contain_text("loss ≈ 0.0001736")


def test_a_list_is_edited_and_comes_back_after_a_reload(visit, settled):
    page = visit("/loss_functions")
    table = page.get_by_test_id("stDataFrame").locator("canvas").first
    expect(table).to_be_visible()
    settled(page)
    box = table.bounding_box()
    page.mouse.dblclick(box["x"] + 0.4 * box["width"], box["y"] + 52)  # the first prediction
    cell = page.locator("#portal input")
    expect(cell).to_have_value("0.3")
    cell.fill("5")
    cell.press("Enter")
    expect(page).to_have_url(re.compile(r"p=5(%2C|,)0\.9(%2C|,)0\.2"))
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("4.1")
    page.reload()
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("4.1")


def test_plus_and_minus_a_hundred_cancel_until_they_are_repaired(visit):
    page = visit("/loss_functions")
    page.get_by_role("button", name="+100 and −100").click()
    expect(page.get_by_test_id("stMetricValue")).to_have_text(["0", "100", "10000"])
    expect(page.get_by_text("Yours add up to 0, and their sizes to 200: all of them cancel.")).to_be_visible()
    page.get_by_role("radio", name="Averaged").click()
    expect(page).to_have_url(re.compile("rung=Averaged"))
    expect(page.get_by_text("their mean, the cost = 10000")).to_be_visible()


def test_the_terms_follow_the_logits(visit):
    page = visit("/loss_functions?part=Cross-entropy")
    expect(page.get_by_label(re.compile("the loss is 0.417"))).to_be_visible()
    page.get_by_role("radio", name="C", exact=True).click()
    expect(page.get_by_label(re.compile("the loss is 2.317"))).to_be_visible()
    expect(page).to_have_url(re.compile("right=C"))
