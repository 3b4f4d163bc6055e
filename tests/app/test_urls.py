"""Anything may stand in a URL: every lesson answers 500 random ones with a page (`--all`; a few of them otherwise).

A URL carries many settings at once, so one page run tries some twenty bad values.
"""

import ast
import random
from functools import cache

import pytest

from core.paths import ROOT
from pages.ui.catalogue import LESSONS

FEW, MANY = 15, 500
READERS = {"slider", "number", "decimal", "stops", "choice", "pick", "several", "switch"}  # controls.py, the key second
READERS |= {"slide_or_type", "shared_choice"}  # synced.py
URL_READERS = {"url_number", "url_integer", "url_numbers", "url_choice", "url_text", "read_rate"}  # the key first
HAND_PICKED = (
    *("", " ", "0", "-0", "1", "-1", "2", "3.5", "1e999", "-1e999", "1e-320", "9" * 400, "nan", "NaN", "inf", "-inf"),
    *("true", "null", "None", "undefined", "[]", "{}", "[1,2]", "1,2", "1,2,3", "nan,nan", "1;2", ",", ",,,", "0x10"),
    *("1_000", "٣", "½", "²", "三", "é", "🤖", "\u202eabc", "a\x00b", "\n", "%00", "%", "../../etc/passwd", "' OR 1=1"),
    *("<script>alert(1)</script>", "${7*7}", "{0.__class__}", "x" * 5000, "-" * 300, "__import__('os')", "1+1j"),
)


@cache
def known_keys() -> tuple[str, ...]:
    """Every name under which some page reads the URL, found in the source."""
    keys = set()
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                place = 1 if name in READERS else 0 if name in URL_READERS else len(node.args)
                values = [argument.value for argument in node.args[place : place + 1] if hasattr(argument, "value")]
                # a plane has two
                pairs = [
                    word.value.elts for word in node.keywords if word.arg == "urls" and hasattr(word.value, "elts")
                ]
                values += [element.value for pair in pairs for element in pair]
                keys |= {value for value in values if isinstance(value, str)}
    return tuple(sorted(keys))


def random_value(chance: random.Random) -> str:
    kind = chance.randrange(5)
    if kind == 0:
        return f"{chance.uniform(-3, 12):.3g}"
    if kind == 1:
        return str(chance.randrange(-10, 3000))
    if kind == 2:
        return "".join(chr(chance.choice((chance.randrange(32, 127), chance.randrange(160, 0x2FFF)))) for _ in range(9))
    return chance.choice(HAND_PICKED)


def random_query(chance: random.Random, own: dict[str, list[str]]) -> dict[str, str | list[str]]:
    """Values for some of the lesson's own settings, a few of them good, some of other lessons', some nobody knows."""
    keys = chance.sample(known_keys(), k=min(8, len(known_keys())))
    keys += [random_value(chance)[:40] or "?" for _ in range(2)]
    query: dict[str, str | list[str]] = {
        key: [random_value(chance), random_value(chance)] if chance.random() < 0.1 else random_value(chance)
        for key in keys
    }
    for key, options in own.items():
        if chance.random() < 0.6:
            query[key] = chance.choice(options) if options and chance.random() < 0.5 else random_value(chance)
    return query


def own_settings(page) -> dict[str, list[str]]:
    """The keys under which the widgets of a page stand in the URL, each with the choices it has."""
    widgets = [element for element in page if getattr(element, "key", None)]
    return {widget.key: [str(option) for option in getattr(widget, "options", None) or ()] for widget in widgets}


def test_the_search_for_keys_finds_them():
    assert {"seed", "rate", "batch", "rounds", "at", "digit", "distance", "u", "v", "x1"} <= set(known_keys())


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
def test_any_url_is_a_page(name: str, open_page, request: pytest.FixtureRequest):
    chance = random.Random(f"urls of {name}")
    plain = open_page(name)
    assert not plain.exception, plain.exception[0]
    own = own_settings(plain)
    for _ in range(MANY if request.config.getoption("--all") else FEW):
        query = random_query(chance, own)
        page = open_page(name, **query)
        assert not page.exception, f"{query!r}: {page.exception[0]}"
        assert page.title, f"{query!r}: no title"
