"""A session belongs to the browser that opened it: whoever else knows its id gets a session of their own."""

import asyncio
import tomllib

import pytest

from core.paths import ROOT
from pages.ui.web import OWNER_COOKIE, OwnerCookie, WebSettings, new_owner
from pages.ui.web.cookie import BROWSER_HEADER
from tests.load.client import Learner
from tests.load.server import running_server
from tests.load.wire import Browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("sessions")) as running:
        yield running


async def joined(tab, session):
    """The id of the session in which a connection that brings `session` ends up."""
    await tab.browser.get("/")
    await tab._connect(session)
    await tab._ask()
    await tab.settle()
    await tab.close()
    return tab.page.session


@pytest.mark.parametrize("connected", [True, False])
def test_a_session_is_not_joined_by_its_id_alone(server, connected):
    async def steal():
        async with Learner(server.url, "/gradient_descent") as learner:
            mine = learner.page.session
            if not connected:
                await learner.drop()
            for cookies in ({}, {OWNER_COOKIE: new_owner()}, {OWNER_COOKIE: ""}):
                thief = Learner(server.url, "/gradient_descent", Browser(server.url, cookies))
                assert await joined(thief, mine) not in ("", mine)
            assert not learner._lost or not connected  # nor is its owner thrown out
            assert await joined(Learner(server.url, "/gradient_descent", learner.browser), mine) == mine

    asyncio.run(steal())


def seen(*headers):
    """The headers of our own kind that Streamlit sees of a websocket with these."""
    scopes = []

    async def app(scope, receive, send):
        scopes.append(scope)

    asyncio.run(OwnerCookie(app, WebSettings())({"type": "websocket", "headers": list(headers)}, None, None))
    return [value for name, value in scopes[0]["headers"] if name.lower() == BROWSER_HEADER]


def test_a_browser_does_not_name_itself():
    ann = f"{OWNER_COOKIE}={'a' * 32}".encode()
    (told,) = seen((b"cookie", ann))
    assert b"a" * 32 not in told  # it stands for the owner and is not the owner
    assert seen((b"cookie", ann), (BROWSER_HEADER, b"x"), (BROWSER_HEADER.upper(), b"y")) == [told]
    assert seen((BROWSER_HEADER, told)) == []
    assert seen((b"cookie", f"{OWNER_COOKIE}=x".encode()), (BROWSER_HEADER, told)) == []


def test_streamlit_is_told_of_the_header():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    assert BROWSER_HEADER.decode() in config["server"]["trustedUserHeaders"]
