"""Addresses made by hand to do harm: a lesson answers each with a page, within a second of processor time.

The random ones, 500 a lesson, are in `tests/app/test_urls.py`.
"""

from urllib.parse import parse_qs

from pages.ui.catalogue import LESSONS
from tests.fuzz.support import lines_of

NAMES = [lesson.name for lesson in LESSONS]


def test_addresses_made_by_hand(open_page, tally):
    for name in NAMES:  # the first visit imports what it needs
        open_page(name)
    for number, line in enumerate(filter(None, lines_of("urls.txt"))):
        name = NAMES[number % len(NAMES)]
        query = parse_qs(line.removeprefix("?"), keep_blank_values=True)
        with tally.trying("addresses", (name, query)):
            page = open_page(name, **query)
        assert not page.exception, f"{name} {query!r}: {page.exception[0]}"
        assert page.title, f"{name} {query!r}"
