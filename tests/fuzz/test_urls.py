"""Any settings may stand in an address: every lesson answers each with a page, within a second of processor time."""

import random
from urllib.parse import parse_qs

import pytest

from pages.ui.catalogue import LESSONS
from tests.app.test_urls import own_settings, random_query
from tests.fuzz.support import lines_of

NAMES = [lesson.name for lesson in LESSONS]


def visit(open_page, tally, name, query):
    with tally.trying("addresses", (name, query)):
        page = open_page(name, **query)
    assert not page.exception, f"{name} {query!r}: {page.exception[0]}"
    assert page.title, f"{name} {query!r}"


def test_addresses_made_by_hand(open_page, tally):
    for name in NAMES:  # the first visit imports what it needs
        open_page(name)
    for number, line in enumerate(filter(None, lines_of("urls.txt"))):
        query = parse_qs(line.removeprefix("?"), keep_blank_values=True)
        visit(open_page, tally, NAMES[number % len(NAMES)], query)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_five_hundred_addresses_for_each_lesson(open_page, tally, name):
    chance = random.Random(f"measured urls of {name}")
    own = own_settings(open_page(name))
    for part in own.get("part", []):  # torch starts up in the first one that learns, once in a process
        open_page(name, part=part)
    for _ in range(500):
        visit(open_page, tally, name, random_query(chance, own))
