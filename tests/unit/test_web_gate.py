"""The gate, the true peer and the operator's settings, without a server: each refusal, and what must come through."""

import asyncio

import pytest

from pages.ui.web import Gate, TruePeer, WebSettings
from pages.ui.web.gate import FOREIGN, MAX_ADDRESS, MAX_HEADERS, NOT_HERE, ONLY_READ, TOO_LONG, TOO_MUCH, WRONG_HOST

HOST = {"host": "learn.example.org"}


def scope_of(path="/", kind="http", method="GET", query="", client="9.9.9.9", **headers):
    sent = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in (HOST | headers).items()]
    return {
        "type": kind,
        "path": path,
        "method": method,
        "query_string": query.encode(),
        "headers": sent,
        "client": (client, 5000),
        "scheme": "http" if kind == "http" else "ws",
    }


def answer_of(middleware, settings, scope):
    """What the app behind the middleware saw, and what the middleware answered itself."""
    seen, sent = [], []

    async def app(scope, receive, send):
        seen.append(scope)

    async def send(message):
        sent.append(message)

    asyncio.run(middleware(app, settings)(scope, None, send))
    return (seen[0] if seen else None), sent


def refused(scope, **settings):
    seen, sent = answer_of(Gate, WebSettings(**settings), scope)
    assert (seen is None) == bool(sent)
    return sent


@pytest.mark.parametrize(
    ("scope", "refusal"),
    [
        (scope_of("/" + "a" * MAX_ADDRESS), TOO_LONG),
        (scope_of(query="f=" + "x" * MAX_ADDRESS), TOO_LONG),
        (scope_of(cookie="x" * MAX_HEADERS), TOO_MUCH),
        (scope_of("/_stcore/metrics"), NOT_HERE),
        (scope_of("/below/_stcore/metrics"), NOT_HERE),
        (scope_of("/_stcore/agent/interact", method="POST"), NOT_HERE),
        (scope_of("/_stcore/script-health-check"), NOT_HERE),
        (scope_of("/", method="POST"), ONLY_READ),
        (scope_of("/_stcore/upload_file/a/b", method="POST"), ONLY_READ),
        (scope_of(host="evil@learn.example.org"), WRONG_HOST),
        (scope_of(host="learn.example.org:port"), WRONG_HOST),
        (scope_of(host=""), WRONG_HOST),
    ],
)
def test_what_must_not_come_in_gets_a_sentence(scope, refusal):
    start, body = refused(scope)
    assert start["status"] == refusal[0]
    assert body["body"].decode() == refusal[1]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_pages_come_through(method):
    assert not refused(scope_of("/train", method=method, query="seed=3&rate=0.004"))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_uploads_come_through(method):
    assert not refused(scope_of("/_stcore/upload_file/session/file", method=method))


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("learn.example.org", True),
        ("LEARN.example.org:8501", True),
        ("learn.example.org.", True),
        ("a.school.example", True),
        ("school.example", False),
        ("evilschool.example", False),
        ("learn.example.org.evil.test", False),
        ("127.0.0.1:8501", False),
        ("learn.example.org/../x", False),
        ("[::1]:8501", True),
    ],
)
def test_only_the_operators_names_are_answered(host, known):
    hosts = ("learn.example.org", "*.school.example", "[::1]")
    assert (not refused(scope_of(host=host), hosts=hosts)) == known
    opened = scope_of("/_stcore/stream", "websocket", host=host, origin=f"https://{host}")
    assert (not refused(opened, hosts=hosts)) == known


def test_two_hosts_or_none_are_refused():
    for hosts in ([], [(b"host", b"a.test"), (b"host", b"b.test")]):
        assert refused(scope_of() | {"headers": hosts})[0]["status"] == WRONG_HOST[0]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://learn.example.org", True),
        ("http://learn.example.org", True),
        ("https://learn.example.org:8443", False),
        ("https://evil.test", False),
        ("https://learn.example.org.evil.test", False),
        ("http://localhost", False),  # another program on the learner's own machine
        ("null", False),
        ("", False),
        ("learn.example.org", False),
        ("file://learn.example.org", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_a_session_is_opened_by_our_own_page_only(origin, allowed):
    headers = {} if origin is None else {"origin": origin}
    sent = refused(scope_of("/_stcore/stream", "websocket", **headers))
    assert (not sent) == allowed
    assert sent == ([] if allowed else [{"type": "websocket.close", "code": 1008, "reason": FOREIGN[1]}])


def test_the_operator_may_let_programs_in_and_name_an_outer_host():
    assert not refused(scope_of("/_stcore/stream", "websocket"), originless=True)
    outside = scope_of("/_stcore/stream", "websocket", host="app.internal", origin="https://learn.example.org")
    assert refused(outside)
    assert not refused(outside, hosts=("app.internal", "learn.example.org"))


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [
        ("SEVEN_STEPS_EMBED", "moodle.example.org", "https://moodle.org"),
        ("SEVEN_STEPS_EMBED", "https://moodle.example.org/course", "origins"),
        ("SEVEN_STEPS_EMBED", "*", "origins"),
        ("SEVEN_STEPS_EMBED", "https://a.test; script-src *", "origins"),
        ("SEVEN_STEPS_HOSTS", "https://learn.example.org", "names"),
        ("SEVEN_STEPS_HOSTS", "*", "names"),
        ("SEVEN_STEPS_HTTPS", "yes", "1 for on"),
        ("SEVEN_STEPS_ORIGINLESS", "2", "1 for on"),
        ("FORWARDED_ALLOW_IPS", "*", "addresses"),
        ("FORWARDED_ALLOW_IPS", "10.0.0.1/8", "addresses"),
        ("FORWARDED_ALLOW_IPS", "proxy", "addresses"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(variable, value, word):
    with pytest.raises(ValueError, match=variable) as told:
        WebSettings.of({variable: value})
    assert word in str(told.value)


def test_settings_are_read_as_they_are_written():
    settings = WebSettings.of(
        {
            "SEVEN_STEPS_EMBED": "https://moodle.example.org https://*.school.example:8443",
            "SEVEN_STEPS_HOSTS": "Learn.example.org, *.school.example,[::1]",
            "SEVEN_STEPS_HTTPS": "1",
            "FORWARDED_ALLOW_IPS": "10.0.0.0/8, 192.168.1.7",
        }
    )
    assert settings.frames == ("https://moodle.example.org", "https://*.school.example:8443")
    assert settings.hosts == ("learn.example.org", "*.school.example", "[::1]")
    assert settings.https
    assert settings.proxies == ("10.0.0.0/8", "192.168.1.7")
    assert WebSettings.of({}) == WebSettings()


def peer(scope, **settings):
    seen, _ = answer_of(TruePeer, WebSettings(**settings), scope)
    return seen["client"][0], seen["scheme"]


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_what_a_browser_says_of_itself_is_not_believed(kind):
    plain = "http" if kind == "http" else "ws"
    claimed = scope_of(kind=kind, client="6.6.6.6", x_forwarded_for="1.2.3.4, 6.6.6.6", x_forwarded_proto="https")
    claimed["scheme"] = f"{plain}s"  # as uvicorn leaves it for a peer on this machine
    assert peer(dict(claimed)) == ("127.0.0.1", plain)
    assert peer(dict(claimed), proxies=("127.0.0.1",)) == ("6.6.6.6", f"{plain}s")
    for written in ("1.2.3.4,6.6.6.6:80", "[6.6.6.6]:80 , 1.2.3.4", "6.6.6.6"):
        assert peer(dict(claimed, headers=scope_of(x_forwarded_for=written)["headers"]))[0] == "127.0.0.1"
    v6 = scope_of(kind=kind, client="2001:db8::6", x_forwarded_for="[2001:db8::6]:4711")
    assert peer(v6)[0] == "127.0.0.1"
    assert peer(scope_of(kind=kind, x_forwarded_for="1.2.3.4")) == ("9.9.9.9", plain)
    assert peer(scope_of(kind=kind, client="1.2.3.4", x_forwarded_for="11.2.3.45")) == ("1.2.3.4", plain)
    assert peer(scope_of(kind=kind)) == ("9.9.9.9", plain)
