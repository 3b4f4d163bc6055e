"""Whatever a browser claims to have drawn: the page shows it, or says that it is no drawing, and stays usable."""

import base64
import json
import random
import sys

import pytest
from hypothesis import strategies as st

from core.limits import PACES, Limiter, Pace, Rate
from tests.fuzz.support import damaged, each, lines_of
from tests.fuzz.test_imports import JSON
from tests.fuzz.test_pictures import drawn


class Sent(dict):
    """What the canvas's component hands over: the browser's state."""


def payloads(chance):
    """Pictures that are damaged or of odd sizes, with strokes around them."""
    sizes = ((280, 280), (16, 16), (1, 1), (15, 300), (2000, 2000), (400, 20))
    pictures = [drawn(form, size) for form in ("PNG", "JPEG") for size in sizes]
    while True:
        picture = chance.choice(pictures)
        content = damaged(picture, chance) if chance.random() < 0.6 else picture
        strokes = [{"type": "path", "path": [["M", chance.random(), 1e308]]} for _ in range(chance.randrange(4))]
        kind = chance.choice(("image/png", "image/jpeg", "text/html", ""))
        yield {
            "raw": {"objects": strokes, "n": chance.random()},
            "data": f"data:{kind};base64,{base64.b64encode(content).decode()}",
        }


@pytest.fixture
def studio(open_page, monkeypatch):
    """`studio(drawing, fit)` runs the drawing page again after a browser sent this."""
    state = {}

    def out(default, **_):
        return Sent({"drawing": state.get("drawing"), "backgroundFit": state.get("fit")})

    unhurried = Limiter({action: Pace(Rate(1e9, 1e9), Rate(1e9, 1e9)) for action in PACES})
    monkeypatch.setattr("pages.ui.pace.get_limiter", lambda: unhurried)
    page = open_page("draw")  # which imports the canvas, as only a page can
    monkeypatch.setattr(sys.modules["streamlit_drawable_canvas"], "out", out)

    def send(drawing, fit=None):
        state.update(drawing=drawing, fit=fit)
        page.run()
        assert not page.exception, page.exception[0]
        assert page.title
        assert any(button.label == "Clear" for button in page.button)

    yield send
    send(None)


def test_drawings_made_by_hand(studio, tally):
    for line in filter(None, lines_of("canvas.jsonl")):
        with tally.trying("canvas", line):
            studio(json.loads(line))
    for fit in (5, [], "x", {}, {"naturalWidth": None}):
        with tally.trying("canvas", fit):
            studio({"raw": {"objects": []}, "data": None}, fit)


def test_drawings_made_by_chance(studio, tally, amount):
    def check(drawing):
        with tally.trying("canvas", drawing):
            studio(drawing)

    keys = st.sampled_from(["raw", "data", "objects", "x"])
    each(st.dictionaries(keys, JSON, max_size=3) | JSON, amount(15, 250), check)
    source = payloads(random.Random("canvas"))
    for _ in range(amount(20, 400)):
        check(next(source))
