"""Learning rate as a reader plays it: the slider dragged across its limits, by mouse, by keys and by touch."""

import math
import re

import pytest
from playwright.sync_api import expect

from tests.runs_support import until


def slider(page):
    return page.get_by_role("slider", name="learning rate η")


def drag_to(page, rate):
    """Take the slider's handle to a learning rate, judged by its distance from the one it is at."""
    box = until(slider(page).locator(".ball").bounding_box)  # none while an answer from the server redraws it
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    track = page.locator(".stage rect[height='8']")
    boxes = [track.nth(index).bounding_box() for index in range(track.count())]
    left, right = min(b["x"] for b in boxes), max(b["x"] + b["width"] for b in boxes)
    last = float(slider(page).get_attribute("aria-valuemax"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(left + (right - left) * rate / last, y, steps=12)


def chips(page):
    return page.locator(".read")


def test_the_walk_follows_the_hand_across_the_limits(visit, settled):
    page = visit("/learning_rate")
    expect(slider(page)).to_be_visible()
    expect(chips(page)).to_contain_text("It walks straight down")
    walk = page.locator(".stage .trace").first
    before = walk.get_attribute("d")
    drag_to(page, 0.9)
    expect(chips(page)).to_contain_text("lands nearer each time")
    assert walk.get_attribute("d") != before
    assert "rate=" not in page.url  # nothing is reported before the release
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"rate=0\.(89|9)"))
    settled(page)
    drag_to(page, 1.1)
    expect(chips(page)).to_contain_text("lands farther away")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"rate=1\.(09|1)"))
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_limits_are_marked_and_momentum_moves_them(visit):
    page = visit("/learning_rate")
    notes = page.locator(".stage text.note")
    expect(notes).to_have_text(["1/L", "2/L"])
    page = visit("/learning_rate?momentum=0.9&rate=1.5")
    expect(notes).to_have_text(["1/L", "2/L", "2(1+β)/L"])
    expect(chips(page)).to_contain_text("nearer in the long run")


def test_keys_find_the_rate_that_arrives_in_one_step(visit, press_key):
    page = visit("/learning_rate?rate=0.49")
    press_key(slider(page), "ArrowRight", r"rate=0\.5")
    expect(chips(page)).to_contain_text("It arrives in one step")
    page.reload()
    expect(slider(page)).to_have_attribute("aria-valuenow", "0.5")


def test_the_same_start_side_by_side(visit):
    page = visit("/learning_rate?part=Side+by+side")
    expect(page.get_by_label(re.compile("^Ten steps on w² from 10"))).to_have_count(5)
    for digits in ("3.49", "0.06", "1.07", "61.9"):
        expect(page.get_by_role("cell", name=digits, exact=True)).to_be_visible()


def test_a_real_network_below_and_above_its_limit(visit):
    page = visit("/learning_rate?part=A+real+network")
    expect(slider(page)).to_be_visible(timeout=60_000)
    expect(page.locator(".stage text.note")).to_have_text(["1/λmax", "2/λmax"])
    expect(page.get_by_text("The loss fell in every one of 25 steps")).to_be_visible()
    drag_to(page, 0.9)
    page.mouse.up()
    expect(page.get_by_text("the walk diverges")).to_be_visible()


def test_absurd_links_open_without_an_error(visit):
    for query in ("rate=NaN", "rate=1e999&momentum=5", "rate=-1", "curve=%00", "schedule=1&rate=0.5,0.6"):
        page = visit(f"/learning_rate?{query}")
        expect(slider(page)).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_finger_moves_the_slider_on_a_phone(visit, new_page):
    page = visit("/learning_rate", new_page(width=390, height=844, touch=True))
    slider(page).scroll_into_view_if_needed()
    box = until(slider(page).locator(".ball").bounding_box)  # none while an answer from the server redraws it
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)

    def touch(kind, points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", [{"x": x, "y": y}])
    for step in range(1, 11):
        touch("touchMove", [{"x": x + 15 * step, "y": y}])
    touch("touchEnd", [])
    expect(page).to_have_url(re.compile(r"rate=0\.[5-9]|rate=1"))


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_a_frame_of_a_drag_is_quick(visit, momentum, quick_frames):
    page = visit(f"/learning_rate?momentum={momentum}")
    expect(slider(page)).to_be_visible()
    box = until(slider(page).locator(".ball").bounding_box)  # none while an answer from the server redraws it
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    move = lambda frame: page.mouse.move(x + 100 + 200 * math.sin(frame / 5), y)  # noqa: E731
    quick_frames(page, move, chips(page).text_content)
    page.mouse.up()


def test_a_schedule_changes_the_walk_and_not_the_rate(visit):
    page = visit("/learning_rate?rate=0.9")
    walk, plan = page.locator(".stage .trace").first, page.get_by_label("The learning rate that each step uses.")
    expect(chips(page)).to_contain_text("lands nearer each time")
    expect(plan).to_have_count(0)
    before = walk.get_attribute("d")
    for name in ("Cosine", "One cycle"):
        page.get_by_role("combobox", name="Schedule").click()
        page.get_by_role("option", name=re.compile(name, re.IGNORECASE)).click()
        expect(page).to_have_url(re.compile(rf"schedule={name[:3]}"))
        expect(plan).to_be_visible()
        expect(walk).not_to_have_attribute("d", before)
        expect(slider(page)).to_have_attribute("aria-valuenow", "0.9")
        before = walk.get_attribute("d")
    expect(chips(page)).not_to_contain_text("lands nearer")  # what a constant rate would do is not said of this one
    assert re.search(r"[?&]rate=0\.9(&|$)", page.url)


def test_the_steep_direction_of_a_bowl_sets_the_limit(visit, settled):
    page = visit("/learning_rate?part=Two+weights")
    expect(chips(page).first).to_contain_text("w₂ ")
    walk = page.locator(".stage .whole").first
    before = walk.get_attribute("d")
    drag_to(page, 0.4)
    expect(chips(page).first).to_contain_text("w₂ crosses the minimum")
    expect(chips(page).first).to_contain_text("w₁ walks straight down")
    assert "brate=" not in page.url  # nothing is reported before the release
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"brate=0\.(39|4)"))
    expect(walk).not_to_have_attribute("d", before)
    settled(page)
    drag_to(page, 0.58)
    expect(chips(page).first).to_contain_text("w₂ diverges")
    expect(chips(page).first).not_to_contain_text("w₁ diverges")
    page.mouse.up()
    expect(page.get_by_text("Lower the learning rate").or_(page.get_by_text("farther away")).first).to_be_visible()
    assert not re.search(r"[?&]rate=", page.url)
