"""Anything may stand in a URL: every lesson answers 500 random ones with a page (`--all`; a few of them otherwise).

A URL carries many settings at once, so one page run tries some twenty bad values. Which settings there are is seen by
opening every part of a lesson, and every choice in it, while what they ask of the URL is written down.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
from streamlit.testing.v1.element_tree import Widget

from pages.ui.catalogue import LESSONS
from tests.app.conftest import opened

FEW, MANY = 5, 500
NAMES = [lesson.name for lesson in LESSONS]
CHOICES = {"selectbox", "button_group"}  # the widgets that may bring other ones with other settings
HAND_PICKED = (
    *("", " ", "0", "-0", "1", "-1", "2", "3.5", "1e999", "-1e999", "1e-320", "9" * 400, "nan", "NaN", "inf", "-inf"),
    *("true", "null", "None", "undefined", "[]", "{}", "[1,2]", "1,2", "1,2,3", "nan,nan", "1;2", ",", ",,,", "0x10"),
    *("1_000", "٣", "½", "²", "三", "é", "🤖", "\u202eabc", "a\x00b", "\n", "%00", "%", "../../etc/passwd", "' OR 1=1"),
    *("<script>alert(1)</script>", "${7*7}", "{0.__class__}", "x" * 5000, "-" * 300, "__import__('os')", "1+1j"),
)


@contextmanager
def written_down() -> Iterator[set[str]]:
    """The names under which pages read the URL meanwhile; a widget that is bound to it does so by its key, unseen."""
    asked: set[str] = set()
    read = QueryParamsProxy.__getitem__

    def reading(self: QueryParamsProxy, key: str) -> str:
        asked.add(key)
        return read(self, key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QueryParamsProxy, "__getitem__", reading)
        yield asked


def widgets_of(page) -> dict[str, tuple[str, list[str]]]:
    """The kind and the choices of each widget of a page that may stand in the URL, by its key there."""
    widgets = [element for element in page if isinstance(element, Widget) and element.key and ":" not in element.key]
    return {widget.key: (widget.type, [str(at) for at in getattr(widget, "options", None) or ()]) for widget in widgets}


@cache
def settings_of(name: str) -> dict[str, list[str]]:
    """Every setting that some part of a lesson reads from the URL, each with the choices it has."""
    settings: dict[str, list[str]] = {}

    def look(**query: str) -> dict[str, tuple[str, list[str]]]:
        page = opened(name, query)
        assert not page.exception, f"{query!r}: {page.exception[0]}"
        found = widgets_of(page)
        for key, (_, options) in found.items():
            settings[key] = list(dict.fromkeys([*settings.get(key, []), *options]))
        return found

    with written_down() as asked:
        for part in look().get("part", ("", [""]))[1]:
            here = {"part": part} if part else {}
            for key, (kind, options) in look(**here).items():
                for option in options if kind in CHOICES and key != "part" else []:
                    look(**here, **{key: option})
    return settings | {key: [] for key in sorted(asked - settings.keys())}


def random_value(chance: random.Random) -> str:
    kind = chance.randrange(5)
    if kind == 0:
        return f"{chance.uniform(-3, 12):.3g}"
    if kind == 1:
        return str(chance.randrange(-10, 3000))
    if kind == 2:
        return "".join(chr(chance.choice((chance.randrange(32, 127), chance.randrange(160, 0x2FFF)))) for _ in range(9))
    return chance.choice(HAND_PICKED)


def random_query(chance: random.Random, name: str) -> dict[str, str | list[str]]:
    """Values for some of a lesson's settings, a few of them good, for one of another lesson's, and for unknown ones.

    The part is a good one more often than not, for each has settings of its own.
    """
    own, other = settings_of(name), settings_of(chance.choice(NAMES))
    keys = chance.sample(sorted(other), k=min(2, len(other)))
    keys += [random_value(chance)[:40] or "?" for _ in range(2)]
    keys += [key for key in own if chance.random() < 0.6]
    query: dict[str, str | list[str]] = {
        key: [random_value(chance), random_value(chance)] if chance.random() < 0.1 else random_value(chance)
        for key in keys
    }
    good = {key: chance.choice(own[key]) for key in keys if own.get(key) and chance.random() < 0.5}
    return query | good | ({"part": chance.choice(own["part"])} if "part" in own and chance.random() < 0.8 else {})


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("the_loop", {"at", "rounds", "digit", "seed"}),
        (
            "forward_pass",
            {"w", "b", "v", "c", "x", "neuron", "act", "threshold", "sum", "real", "cell", "digit", "unit"},
        ),
        ("activations", {"x", "a", "with", "x1", "x2", "hidden", "depth", "cx", "violent", "leak", "zd", "t"}),
        ("loss_functions", {"p", "y", "rung", "out", "loss", "right"}),
        ("gradient_descent", {"w", "step", "balls", "ball", "f", "curve", "k", "u", "v", "rate2", "at"}),
        ("learning_rate", {"rate", "momentum", "schedule", "bowl", "brate", "nrate", "seed"}),
        (
            "backpropagation",
            {"x", "f", "step", "n", "mseed", "gradient", "net", "taken", "weight", "sum", "images", "cell"},
        ),
    ],
)
def test_the_settings_of_every_part_are_found(name: str, some: set[str]):
    assert some <= settings_of(name).keys()


@pytest.mark.parametrize("name", NAMES)
def test_any_url_is_a_page(name: str, open_page, request: pytest.FixtureRequest):
    chance = random.Random(f"urls of {name}")
    for _ in range(MANY if request.config.getoption("--all") else FEW):
        query = random_query(chance, name)
        page = open_page(name, **query)
        assert not page.exception, f"{query!r}: {page.exception[0]}"
        assert page.title, f"{query!r}: no title"
