"""What the server sends with every page: headers that protect it, a cookie that owns runs, addresses that work."""

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from pages.ui.web import OWNER_COOKIE, cookie_owner, is_owner, new_owner


def fetch(url, cookie=None):
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers


def test_every_answer_is_protected(server):
    for path in ("/", "/train", "/_stcore/health", "/static/nothing.js"):
        try:
            headers = fetch(server + path)
        except urllib.error.HTTPError as error:
            headers = error.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'self'" in policy
        assert "http:" not in policy


def test_a_new_browser_gets_a_cookie_of_its_own_and_keeps_it(server):
    first, second = fetch(server)["set-cookie"], fetch(server)["set-cookie"]
    assert "HttpOnly" in first
    assert "SameSite=Lax" in first
    mine = first.split(";")[0]
    assert is_owner(mine.split("=")[1])
    assert mine != second.split(";")[0]
    assert fetch(server, mine)["set-cookie"] is None


@pytest.mark.parametrize("value", ["", "x", "0" * 31, "0" * 33, "G" * 32, "' or 1=1 --", "0" * 31 + "\u0661"])
def test_an_owner_that_we_did_not_make_is_none(value):
    assert not is_owner(value)


def test_owners_are_read_from_whatever_a_browser_sends():
    owner = new_owner()
    assert cookie_owner(f"a=b; {OWNER_COOKIE}={owner}; c=d") == owner
    assert cookie_owner("") is None
    assert not is_owner(cookie_owner(f"{OWNER_COOKIE}=\x00\xff;=;;"))


def test_the_first_lesson_answers_to_its_name_too(server, page):
    page.goto(f"{server}/the_loop?seed=5")
    expect(page).to_have_url(re.compile(r"/\?seed=5"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("learner")
