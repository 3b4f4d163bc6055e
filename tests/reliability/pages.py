"""Tabs whose state can be compared: what a learner has set, trained and drawn, as the page shows it."""

import base64
import io
import json
from dataclasses import dataclass

from PIL import Image, ImageDraw
from streamlit.proto.Alert_pb2 import Alert

from tests.load.client import Learner
from tests.load.widgets import WITH_VALUE, Value, current
from tests.load.wire import Browser

NEWEST = "Who answers"  # the learner's newest network by itself, once it has taken a step
SIDE = 280  # pixels of the canvas


@dataclass(frozen=True)
class Shown:
    """What must come back."""

    lesson: str
    settings: dict[str, Value]
    run: str  # the headline of a run, or ""
    drawing: str  # the strokes that the canvas opens with, and what the network reads; or ""


def shown(tab: Learner) -> Shown:
    """Return what a tab shows."""
    tree = tab.page.tree
    settings = {
        node.label: current(tab.page.states[node.content.id])
        for node in tree.of_kind(*WITH_VALUE)
        if node.content.id in tab.page.states and node.label != NEWEST
    }
    titles = [node.content.body for node in tree.of_kind("heading") if node.content.tag == "h1"]
    return Shown(titles[0] if titles else "", settings, headline(tab), verdict(tab))


def headline(tab: Learner) -> str:
    """Return how the run on the page stands, without what differs from look to look."""
    return next((node.content.text.split(" · took")[0] for node in tab.page.tree.of_kind("progress")), "")


def verdict(tab: Learner) -> str:
    """Return what the network reads, or ""."""
    words = (node.content.body for node in tab.page.tree.of_kind("markdown", "heading"))
    return next((word for word in words if "It reads a" in word), "")


def told(tab: Learner) -> list[str]:
    """Return what stands in yellow or red."""
    return [
        node.content.body
        for node in tab.page.tree.of_kind("alert")
        if node.content.format in (Alert.ERROR, Alert.WARNING)
    ]


async def draw(tab: Learner, x: int) -> None:
    """Draw a vertical line at x, as the canvas says it after a stroke."""
    image = Image.new("RGBA", (SIDE, SIDE), "#0B0F17")
    ImageDraw.Draw(image).line([(x, 60), (x, 220)], "#FFFFFF", 20)
    png = io.BytesIO()
    image.save(png, "PNG")
    stroke = {"type": "path", "path": [["M", x, 60], ["L", x, 220]], "stroke": "#FFFFFF", "strokeWidth": 20}
    raw = {"version": "5.3.0", "objects": [stroke], "background": "#0B0F17"}
    data = "data:image/png;base64," + base64.b64encode(png.getvalue()).decode("ascii")
    canvas = canvas_of(tab)
    await tab.report(canvas.content.id, json.dumps({"drawing": {"raw": raw, "data": data}}), canvas.fragment)


def canvas_of(tab: Learner):
    """Return the canvas on the page."""
    return next(
        node for node in tab.page.tree.of_kind("bidi_component") if "drawable_canvas" in node.content.component_name
    )


def reloaded(tab: Learner) -> Learner:
    """Return the tab that a reload opens: the same browser and address, and nothing else."""
    query = f"?{tab.page.query}" if tab.page.query else ""
    return Learner(tab.browser.base, f"{tab.page.path}{query}", Browser(tab.browser.base, dict(tab.browser.cookies)))
