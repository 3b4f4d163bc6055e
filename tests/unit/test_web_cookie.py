"""The owner's cookie and the security headers, without a server."""

import asyncio

import pytest
from starlette.requests import cookie_parser

from pages.ui.web import OWNER_COOKIE, OwnerCookie, SecurityHeaders, WebSettings, cookie_owner, is_owner, new_owner
from pages.ui.web.headers import inline_hashes, policy, security_headers

ANN, BOB = "a" * 32, "b" * 32


def cookies_of(settings, cookie="", scheme="http", content="text/html", others=()):
    """The `Set-Cookie` headers of a response to a browser that sent `cookie`."""
    scope = {"type": "http", "scheme": scheme, "headers": [(b"cookie", cookie.encode("latin-1"))] if cookie else []}
    sent = []

    async def app(scope, receive, send):
        headers = [(b"content-type", content.encode()), *((b"set-cookie", other.encode()) for other in others)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def send(message):
        sent.append(message)

    asyncio.run(OwnerCookie(app, settings)(scope, None, send))
    return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]


@pytest.mark.parametrize(
    ("settings", "scheme", "rules"),
    [
        (WebSettings(), "http", "HttpOnly; SameSite=Lax"),
        (WebSettings(), "https", "HttpOnly; SameSite=Lax; Secure"),
        (WebSettings(https=True), "http", "HttpOnly; SameSite=Lax; Secure"),
        (WebSettings(frames=("https://a.test",)), "http", "HttpOnly; SameSite=None; Secure; Partitioned"),
    ],
)
def test_a_cookie_goes_only_where_it_must(settings, scheme, rules):
    (cookie,) = cookies_of(settings, scheme=scheme)
    name, _, rest = cookie.partition("=")
    assert name == OWNER_COOKIE
    assert is_owner(rest.partition(";")[0])
    assert rest.endswith(f"Path=/; Max-Age={365 * 86_400}; {rules}")


def test_streamlits_cookies_follow_the_same_rules():
    theirs = "_streamlit_xsrf=2|a|b|1; Path=/; SameSite=Lax"
    ours = f"{OWNER_COOKIE}={ANN}"
    assert cookies_of(WebSettings(), ours, others=[theirs]) == [theirs]
    assert cookies_of(WebSettings(https=True), ours, others=[theirs]) == [
        "_streamlit_xsrf=2|a|b|1; Path=/; SameSite=Lax; Secure"
    ]
    embedded = WebSettings(https=True, frames=("https://a.test",))
    assert (
        cookies_of(embedded, ours, others=[theirs, f"{theirs}; Secure"])
        == ["_streamlit_xsrf=2|a|b|1; Path=/; SameSite=None; Secure; Partitioned"] * 2
    )


def test_only_a_page_brings_a_cookie_and_only_to_a_browser_without():
    assert cookies_of(WebSettings(), content="text/css") == []
    assert cookies_of(WebSettings(), f"{OWNER_COOKIE}={ANN}") == []
    assert len({cookies_of(WebSettings())[0] for _ in range(20)}) == 20


FORGED = ["", "x", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "' or 1=1 --", "0" * 31 + "\u0661", "user:" + "a" * 27]


@pytest.mark.parametrize("value", FORGED)
def test_an_owner_that_we_did_not_make_is_none(value):
    assert not is_owner(value)
    if value.isascii():
        assert len(cookies_of(WebSettings(), f"{OWNER_COOKIE}={value}")) == 1  # a new one takes its place


@pytest.mark.parametrize(
    "header",
    [
        f"{OWNER_COOKIE}={ANN}; {OWNER_COOKIE}={BOB}",
        f"{OWNER_COOKIE}={BOB}; a=b; {OWNER_COOKIE}={ANN}",
        f"{OWNER_COOKIE}={ANN}; {OWNER_COOKIE}=",
        f'{OWNER_COOKIE}="{ANN}"',
        f"{OWNER_COOKIE}={ANN}\x00",
        f"{OWNER_COOKIE}=\xff\xfe;=;;",
        f"{OWNER_COOKIE}",
        ";" * 500,
        "=".join(["a"] * 500),
    ],
)
def test_doubled_and_broken_cookies_name_at_most_one_owner_and_the_pages_see_the_same(header):
    pages = cookie_parser(header).get(OWNER_COOKIE)  # what `st.context.cookies` has
    ours = cookie_owner(header)
    assert (ours if is_owner(ours) else None) == (pages if is_owner(pages) else None)
    assert ours in (None, "", ANN, BOB) or not is_owner(ours)


def test_owners_are_read_from_whatever_a_browser_sends():
    owner = new_owner()
    assert cookie_owner(f"a=b; {OWNER_COOKIE}={owner}; c=d") == owner
    assert cookie_owner("") is None
    assert not is_owner(cookie_owner(f"{OWNER_COOKIE}=\x00\xff;=;;"))


def test_the_policy_lets_no_script_in_but_the_servers_own():
    rules = dict(rule.split(" ", 1) for rule in policy(WebSettings()).split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split()[:2] == ["'self'", "blob:"]
    assert all(hash.startswith("'sha256-") for hash in rules["script-src"].split()[2:])
    assert len(inline_hashes()) == 1
    assert rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "http" not in policy(WebSettings())
    assert "unsafe-eval" not in policy(WebSettings())


def test_headers_follow_the_operators_settings():
    plain, https = security_headers(WebSettings()), security_headers(WebSettings(https=True))
    assert plain["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in plain
    assert https["strict-transport-security"] == f"max-age={365 * 86_400}"
    framed = security_headers(WebSettings(frames=("https://a.test", "https://b.test:8443")))
    assert "x-frame-options" not in framed
    assert framed["content-security-policy"].endswith("frame-ancestors https://a.test https://b.test:8443")


def test_a_websocket_passes_the_headers_by():
    passed = []

    async def app(scope, receive, send):
        passed.append(send)

    asyncio.run(SecurityHeaders(app, WebSettings())({"type": "websocket"}, None, print))
    assert passed == [print]
