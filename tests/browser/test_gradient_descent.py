"""Gradient descent as a reader plays it: a ball dragged, let go and reset; a formula typed well and wrongly."""

import itertools
import math
import re

import pytest
from playwright.sync_api import expect

from tests.browser.read_out import readings

STEPS = 40


def ball(page, number=1):
    return page.get_by_role("slider", name=f"Weight of ball {number}")


def grab(page, handle):
    expect(handle).to_be_visible()
    box = handle.locator(".ball").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def slope(w):
    return (w * w - 4) * w / 2 + 0.5


def test_a_dragged_ball_reads_loss_slope_and_direction(visit, settled):
    page = visit("/gradient_descent")
    x, y = grab(page, ball(page))
    page.mouse.move(x - 480, y, steps=10)
    expect(ball(page)).not_to_have_attribute("aria-valuenow", "3.2")
    assert "w=" not in page.url  # nothing is reported before the release
    seen = readings(page)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]w=-?\d"))
    settled(page)
    after = readings(page)
    assert after == seen, "what the hand saw is what Python computes"
    w = after["weight w"]
    assert w < 3.2
    assert after["loss"] == pytest.approx((w * w - 4) ** 2 / 8 + w / 2, rel=1e-3)
    assert after["slope"] == pytest.approx(slope(w), rel=1e-3)
    direction = "raise w" if slope(w) < 0 else "lower w"
    expect(page.locator(".read").get_by_text(direction)).to_be_visible()
    page.reload()
    expect(ball(page)).to_be_visible()
    assert readings(page) == seen


def test_step_play_and_reset(visit):
    page = visit("/gradient_descent?w=1.2")
    step, play, reset = (page.get_by_role("button", name=name, exact=True) for name in ("Step", "Play", "Reset"))
    expect(reset).to_be_disabled()
    step.click()
    expect(page).to_have_url(re.compile(r"step=1(&|$)"))
    after = 1.2 - 0.05 * slope(1.2)
    assert readings(page)["weight w"] == pytest.approx(after, rel=1e-3)
    expect(page.get_by_test_id("stMarkdownContainer").get_by_text(f"{after:.4g}").first).to_be_attached()
    play.click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"step={STEPS}(&|$)"))
    expect(step).to_be_disabled()
    expect(page.locator(".read span").last).to_have_text(f"step {STEPS}, the last")
    w = 1.2
    for _ in range(STEPS):
        w -= 0.05 * slope(w)
    assert readings(page)["weight w"] == pytest.approx(w, rel=1e-3)
    reset.click()
    expect(page).not_to_have_url(re.compile("step="))
    assert readings(page)["weight w"] == 1.2


def test_arrow_keys_move_one_of_several_balls(visit, press_key):
    page = visit("/gradient_descent?balls=3&w=-2,0,2")
    expect(ball(page, 3)).to_be_visible()
    press_key(ball(page, 2), "ArrowRight", r"w=-2%2C0\.018%2C2")
    expect(ball(page, 3)).to_have_attribute("aria-valuenow", "2")


def test_a_wrong_formula_is_pointed_at_and_kept(visit):
    page = visit("/gradient_descent?curve=Your+own+formula")
    formula = page.get_by_label("Loss of the weight w")
    formula.fill("w**4 - 3*w**2 + w")
    formula.press("Enter")
    expect(page.locator(".katex").get_by_text("4").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    formula.fill("w**4 - 3*w**2 + system")
    formula.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The picture still shows the last formula")
    expect(page.get_by_test_id("stCode").first).to_contain_text("^")
    expect(formula).to_have_value("w**4 - 3*w**2 + system")
    expect(ball(page)).to_be_visible()


def test_a_curve_brings_its_learning_rate(visit):
    page = visit("/gradient_descent?w=1&step=3")
    expect(page.get_by_role("slider", name="Learning rate η")).to_have_attribute("aria-valuetext", "0.05")
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="w·cos(0.15πw)").click()
    expect(page.get_by_role("slider", name="Learning rate η")).to_have_attribute("aria-valuetext", "2")
    expect(ball(page)).to_have_attribute("aria-valuenow", "10")
    expect(page).not_to_have_url(re.compile("[?&](w|step)="))


@pytest.mark.parametrize("what", ["curve", "rate"])
def test_a_change_while_it_plays_begins_the_new_walk_at_step_0(visit, press_key, settled, what):
    page = visit("/gradient_descent")
    chip, play = page.locator(".read span").last, page.get_by_role("button", name="Play")
    play.click()
    expect(chip).to_have_text(re.compile(r"^step ([4-9]|[1-3]\d)$"))
    if what == "curve":
        page.get_by_role("combobox").first.click()
        page.get_by_role("option", name="|w|", exact=True).click()
        expect(ball(page)).to_have_attribute("aria-valuenow", "7.3")
    else:
        press_key(page.get_by_role("slider", name="Learning rate η"), "ArrowRight", "rate=0.1")
    expect(chip).to_have_text("step 0")
    expect(play).to_be_enabled()
    settled(page)
    assert "step=" not in page.url
    start, rate = (7.3, 1) if what == "curve" else (3.2, 0.1)
    assert readings(page)["weight w"] == start
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page).to_have_url(re.compile(r"step=1(&|$)"))
    after = start - rate * (1 if what == "curve" else slope(start))
    assert readings(page)["weight w"] == pytest.approx(after, rel=1e-3)


@pytest.mark.parametrize("part", ["One weight", "Two weights"])
def test_back_and_forward_lead_the_picture_through_its_steps(visit, settled, part):
    page = visit(f"/gradient_descent?part={part.replace(' ', '+')}")
    chip = page.locator(".read span").last
    expect(chip).to_have_text("step 0")
    seen = [readings(page)]
    for step in (1, 2, 3):
        page.get_by_role("button", name="Step", exact=True).click()
        expect(page).to_have_url(re.compile(rf"step={step}(&|$)"))
        settled(page)  # Streamlit takes no notice of Back while it still takes in the address
        seen.append(readings(page))
    for step, go in ((2, page.go_back), (1, page.go_back), (0, page.go_back), (1, page.go_forward)):
        go()
        expect(chip).to_have_text(f"step {step}")
        assert readings(page) == seen[step]


def test_a_ball_that_has_left_the_frame_is_an_arrow_with_its_value(visit):
    page = visit("/gradient_descent?balls=5&rate=20")
    expect(ball(page, 5).locator(".ball")).to_be_visible()
    page.get_by_role("button", name="Step", exact=True).click()
    expect(ball(page, 1).locator("path.out")).to_be_visible()
    for number in (1, 2, 3, 4, 5):
        w = float(ball(page, number).get_attribute("aria-valuenow"))
        is_out = abs(w) > 4 or (w * w - 4) ** 2 / 8 + w / 2 > 20
        expect(ball(page, number).locator(".ball")).to_be_visible(visible=not is_out)
        expect(ball(page, number).locator("text.out")).to_be_visible(visible=is_out)
        if is_out:
            expect(ball(page, number).locator("text.out")).to_have_text(f"weight w = {w:.4g}".replace("-", "−"))
    page.get_by_role("button", name="Reset").click()
    expect(ball(page, 1).locator(".ball")).to_be_visible()
    expect(ball(page, 1).locator("text.out")).not_to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_arrows_and_values_of_balls_that_left_the_frame_do_not_cover_each_other(visit, new_page, width):
    page = visit("/gradient_descent?balls=5&rate=20&step=1", new_page(width))
    expect(page.locator("text.out")).to_have_count(5)
    picture = page.get_by_role("group", name="The loss").bounding_box()
    boxes = {
        kind: [ball(page, number).locator(kind).bounding_box() for number in (1, 2, 3, 4, 5)]
        for kind in ("path.out", "text.out")
    }
    for box in boxes["path.out"] + boxes["text.out"]:
        assert picture["x"] <= box["x"]
        assert box["x"] + box["width"] <= picture["x"] + picture["width"]
    for first, second in itertools.combinations(boxes["path.out"], 2):
        assert math.hypot(first["x"] - second["x"], first["y"] - second["y"]) >= 16, "an arrow is 16 pixels wide"
    for first, second in itertools.combinations(boxes["text.out"], 2):
        across = first["x"] < second["x"] + second["width"] and second["x"] < first["x"] + first["width"]
        assert not across or abs(first["y"] - second["y"]) >= 16, "a line of their letters is 16 pixels high"


def test_parts_open_from_a_link(visit):
    page = visit("/gradient_descent?part=Ask+autograd&at=8")
    expect(page.get_by_text("yt.backward()").first).to_be_visible()
    assert readings(page) == {"x": 8, "x²": 64, "slope": 16}
    page = visit("/gradient_descent?part=Two+weights")
    expect(page.get_by_role("slider", name=re.compile("over two weights as a surface"))).to_be_visible()
    page = visit("/gradient_descent?part=Nudge+or+derivative&k=5")
    expect(page.get_by_label(re.compile("^Error against nudge"))).to_be_visible()


def test_absurd_links_open_without_an_error(visit):
    for query in ("w=NaN", "w=1e999&step=-3", "balls=99&w=1,2", "rate=banana&step=inf", "curve=%00&part=%F0%9F%92%A5"):
        page = visit(f"/gradient_descent?{query}")
        expect(ball(page)).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("balls", [1, 5])
def test_a_frame_of_a_drag_is_quick(visit, balls, quick_frames):
    page = visit(f"/gradient_descent?balls={balls}")
    x, y = grab(page, ball(page, balls))
    move = lambda frame: page.mouse.move(x - 200 + 250 * math.sin(frame / 5), y)  # noqa: E731
    quick_frames(page, move, page.locator(".read").text_content)
    page.mouse.up()


def start(page):
    return page.get_by_role("slider", name="start of the walk")


def test_the_start_on_two_weights_is_dragged_and_the_walk_begins_there(visit, settled):
    page = visit("/gradient_descent?part=Two+weights")
    x, y = grab(page, start(page))
    page.mouse.move(x + 150, y + 60, steps=8)
    seen = readings(page)
    assert "u=" not in page.url  # nothing is reported before the release
    w1, w2 = seen["w₁"], seen["w₂"]
    assert w1 > -4
    assert w2 < -2.5
    assert seen["loss"] == pytest.approx(w1**2 + 2 * w2**2, rel=1e-3)
    assert seen["slope in w₂"] == pytest.approx(4 * w2, rel=1e-3)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]u=-?\d"))
    settled(page)
    expect(page.get_by_label("Start w₁")).to_have_value(f"{w1:.2f}")
    expect(page.locator(".read").first).to_contain_text("step 0")
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page).to_have_url(re.compile(r"step=1(&|$)"))
    assert readings(page)["w₁"] == pytest.approx(w1 - 0.1 * 2 * w1, rel=1e-3)


@pytest.mark.parametrize("width", [1440, 390])
def test_colours_and_height_say_what_loss_they_mean(visit, new_page, width):
    page = visit("/gradient_descent?part=Two+weights", new_page(width))
    contours = page.get_by_role("group", name="The walk from above")
    for text in ("loss 0", "108", "a line every 4.5"):  # w₁² + 2w₂² is at most 3 · 6²
        expect(contours.get_by_text(text, exact=True)).to_be_visible()
    surface = page.get_by_role("slider", name=re.compile("^Drag to turn the surface"))
    surface.scroll_into_view_if_needed()  # it is not drawn before
    box = surface.bounding_box()
    for text in ("loss", "0", "108"):
        written = surface.get_by_text(text, exact=True).bounding_box()
        assert box["x"] <= written["x"]
        assert written["x"] + written["width"] <= box["x"] + box["width"]


@pytest.mark.parametrize("part", ["One weight", "Two weights"])
def test_a_drag_is_one_entry_of_the_history_and_back_undoes_it(visit, settled, part):
    page = visit(f"/gradient_descent?part={part.replace(' ', '+')}&u=-4&v=-3&w=3&step=2")
    handle, chip = (ball if part == "One weight" else start)(page), page.locator(".read span").last
    expect(chip).to_have_text("step 2")
    before, long_before, address = readings(page), page.evaluate("history.length"), page.url
    x, y = grab(page, handle)
    page.mouse.move(x - 60, y - 40, steps=8)
    page.mouse.up()
    expect(page).not_to_have_url(re.compile("step="))
    settled(page)
    expect(chip).to_have_text("step 0")
    assert readings(page) != before
    assert page.evaluate("history.length") == long_before + 1
    page.go_back()
    expect(chip).to_have_text("step 2")
    assert readings(page) == before
    assert page.url == address


def test_keys_move_the_start_play_the_walk_and_turn_the_surface(visit, press_key):
    page = visit("/gradient_descent?part=Two+weights")
    press_key(start(page), "ArrowUp", r"v=-1\.75")
    page.get_by_role("button", name="Play").press("Enter")
    expect(page).to_have_url(re.compile(rf"step={STEPS}(&|$)"))
    page.get_by_role("button", name="Reset").press("Enter")
    expect(page).not_to_have_url(re.compile("step="))
    surface = page.get_by_role("slider", name=re.compile("^Drag to turn the surface"))
    before = int(surface.get_attribute("aria-valuenow"))
    surface.press("ArrowRight")
    expect(surface).to_have_attribute("aria-valuenow", str(before + 6))


def test_nothing_jumps_while_the_walk_plays(visit):
    page = visit("/gradient_descent?part=Two+weights")
    below = page.get_by_role("button", name="Step", exact=True)
    places = {below.bounding_box()["y"]}
    page.get_by_role("button", name="Play").click()
    while "step=" not in page.url:
        places.add(below.bounding_box()["y"])
    assert len(places) == 1


@pytest.mark.parametrize("what", ["start", "surface"])
def test_a_frame_over_two_weights_is_quick(visit, what, quick_frames):
    page = visit("/gradient_descent?part=Two+weights")
    if what == "start":
        x, y = grab(page, start(page))
    else:
        surface = page.get_by_role("slider", name=re.compile("^Drag to turn the surface"))
        surface.scroll_into_view_if_needed()
        box = surface.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
    move = lambda frame: page.mouse.move(x + 100 * math.sin(frame / 5), y + 60 * math.cos(frame / 7))  # noqa: E731
    read = page.locator(".read").text_content if what == "start" else lambda: surface.get_attribute("aria-valuenow")
    quick_frames(page, move, read)
    page.mouse.up()


def test_several_balls_walk_together_and_come_back(visit, settled):
    page = visit("/gradient_descent?balls=3")
    starts = [float(ball(page, number).get_attribute("aria-valuenow")) for number in (1, 2, 3)]
    places = lambda: [float(ball(page, number).get_attribute("aria-valuenow")) for number in (1, 2, 3)]  # noqa: E731
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page).to_have_url(re.compile(r"step=1(&|$)"))
    assert places() == pytest.approx([w - 0.05 * slope(w) for w in starts], rel=1e-6)
    page.get_by_role("button", name="Play").click()
    expect(page).to_have_url(re.compile(rf"step={STEPS}(&|$)"))
    assert "w=" not in page.url  # a walk moves no start
    ends = places()
    assert ends[0] < -1.9
    assert ends[2] > 1.7
    assert all(abs(slope(end)) < abs(slope(start)) for start, end in zip(starts, ends, strict=True) if start)
    page.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("step="))
    assert places() == starts
    settled(page)
    x, y = grab(page, ball(page, 3))
    page.mouse.move(x - 60, y, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]w="))
    assert places()[:2] == starts[:2]
    assert places()[2] < starts[2]


def test_the_numbers_are_those_of_the_ball_touched_last(visit, settled):
    page = visit("/gradient_descent?balls=3&w=-3,0.5,2&step=1")
    told = page.get_by_text(re.compile(r"The numbers of ball \d of 3"))
    expect(told).to_contain_text("ball 1")
    grab(page, ball(page, 2))
    page.mouse.up()
    expect(told).to_contain_text("ball 2")
    expect(page).to_have_url(re.compile("step=1&ball=2$"))
    expect(page.locator(".read span").first).to_have_text("ball 2")
    settled(page)
    before = page.evaluate("history.length")
    x, y = grab(page, ball(page, 3))
    page.mouse.move(x - 30, y, steps=4)
    page.mouse.up()
    expect(told).to_contain_text("ball 3")
    settled(page)
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(told).to_contain_text("ball 2")
    expect(page.locator(".read span").first).to_have_text("ball 2")
    ball(page, 1).focus()
    expect(told).to_contain_text("ball 1")
    assert readings(page)["weight w"] == float(ball(page, 1).get_attribute("aria-valuenow"))


def test_a_smaller_nudge_comes_nearer_until_rounding_wins(visit):
    page = visit("/gradient_descent?part=Nudge+or+derivative")
    field = page.get_by_label("Nudge h = 10⁻ᵏ, k =")

    told = page.locator(".katex-mathml annotation").filter(has_text="error")

    def error(k):
        before = told.text_content()
        field.fill(str(k))
        field.press("Enter")
        expect(page).to_have_url(re.compile(rf"[?&]k={k}(&|$)"))
        expect(told).not_to_have_text(before)
        text = told.text_content()
        mantissa, _, power = re.split(r"=|\\approx", text)[1].partition(r"\cdot 10^")
        return float(mantissa) * 10 ** int(power.strip(" {}") or 0)

    errors = [error(k) for k in (2, 8, 15)]
    assert errors[1] < 1e-4 * errors[0]
    assert errors[2] > 100 * errors[1]
    assert "x=" not in page.url


@pytest.mark.parametrize("x", ["-9.876543", "0.0000001234567"])
def test_what_autograd_answers_is_not_cut(x, visit, settled, new_page):
    page = visit(f"/gradient_descent?part=autograd&at={x}", on=new_page(width=1280))
    settled(page)
    formulas = page.locator(".stMain .katex-display")
    expect(formulas).to_have_count(3)
    expect(formulas.first).to_have_css("padding-right", "2px")  # assets/app.css comes a moment after the text
    sizes = formulas.evaluate_all("(all) => all.map((one) => [one.scrollWidth, one.clientWidth])")
    assert all(wide <= room for wide, room in sizes), sizes


@pytest.mark.parametrize("surface", ["w₁² + 2w₂²", "A bent valley (Rosenbrock, 1960)"])
@pytest.mark.parametrize("width", [1440, 1280, 390])
def test_the_step_of_two_weights_fits_its_column(surface, width, visit, new_page):
    page = visit(f"/gradient_descent?part=Two+weights&surface={surface}&u=-1.234&v=-1.567", new_page(width))
    formulas = page.locator(".stMain .katex-display")
    expect(formulas).to_have_count(3)
    expect(formulas.first).to_have_css("padding-right", "2px")  # assets/app.css comes a moment after the text
    wide, room = formulas.nth(1).evaluate("(one) => [one.scrollWidth, one.clientWidth]")
    assert wide <= room
