"""A login is optional; who is logged in owns their runs in every browser, and nobody becomes them by a cookie."""

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from core.runs import get_engine
from pages.ui.web import OWNER_COOKIE, is_owner
from tests.app.conftest import MAIN
from tests.runs_support import SHORT

ANN = {"is_logged_in": True, "iss": "https://school.example", "sub": "1001", "name": "Ann"}


def shown_owner():
    import streamlit as st

    from pages.ui.state import owner

    st.text(owner())


@pytest.fixture
def be(monkeypatch):
    """`be(user, cookie)` says who the next pages belong to, at the boundary to Streamlit."""

    def become(user, cookie=""):
        monkeypatch.setattr("streamlit.user_info._get_user_info", lambda: dict(user))
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda self: {OWNER_COOKIE: cookie} if cookie else {}))

    return become


def owner_of(offered=True):
    page = AppTest.from_function(shown_owner)
    if offered:
        page.secrets["auth"] = {"client_id": "x"}
    page.run()
    assert not page.exception
    return page.text[0].value


def test_who_is_logged_in_is_the_same_owner_everywhere(be):
    be(ANN, "a" * 32)
    first = owner_of()
    be(ANN, "b" * 32)
    assert owner_of() == first
    be(ANN | {"name": "Another name", "email": "x@y"})
    assert owner_of() == first
    assert len(first) <= 128
    assert "1001" not in first
    assert not is_owner(first)  # so no cookie can say it


@pytest.mark.parametrize(
    "other",
    [{"sub": "1002"}, {"iss": "https://evil.example"}, {"iss": "https://school.example1", "sub": "001"}],
)
def test_another_person_or_issuer_is_another_owner(be, other):
    be(ANN)
    ann = owner_of()
    be(ANN | other)
    assert owner_of() != ann


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"is_logged_in": False},
        ANN | {"is_logged_in": False},
        {"is_logged_in": True},
        ANN | {"sub": ""},
        ANN | {"iss": 5},
    ],
)
def test_without_a_whole_login_the_cookie_decides(be, user):
    be(user, "a" * 32)
    assert owner_of() == "a" * 32


def test_a_cookie_that_names_a_person_is_nobody(be):
    be(ANN)
    ann = owner_of()
    be({}, ann)
    assert owner_of() not in (ann, "")
    be(ANN, "c" * 32)
    assert owner_of(offered=False) == "c" * 32  # without a login set up, what Streamlit says of a user is not asked


@pytest.mark.parametrize(("user", "label"), [(ANN, "Log out"), ({"is_logged_in": False}, "Log in")])
def test_the_button_stands_where_there_is_a_login_only(be, user, label, open_page):
    be(user)
    page = AppTest.from_file(str(MAIN), default_timeout=60)
    page.secrets["auth"] = {"client_id": "x"}
    page.run()
    assert not page.exception
    assert label in [button.label for button in page.sidebar.button]
    assert not {"Log in", "Log out"} & {button.label for button in open_page("the_loop").sidebar.button}


def test_a_runs_page_shows_the_runs_of_the_person(be):
    be(ANN)
    ann = owner_of()
    run = get_engine().submit(SHORT, ann)
    assert get_engine().latest(ann) == run
    be(ANN | {"sub": "1002"})
    assert get_engine().latest(owner_of()) is None
