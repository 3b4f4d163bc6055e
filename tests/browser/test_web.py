"""What the server sends and refuses, on the wire and in a browser: headers, cookies, sessions, sizes, frames."""

import json
import re
import socket
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from core.paths import ROOT
from pages.ui.catalogue import LESSONS
from pages.ui.web import OWNER_COOKIE, is_owner
from pages.ui.web.gate import FOREIGN, MAX_ADDRESS, WRONG_HOST

MEGABYTE = 2**20


def fetch(url, method="GET", **headers):
    """Status, headers and text of an answer, whatever its status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, method=method, headers=named)
    try:
        answer = urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")


def stream(url, origin=None, **options):
    """Open a websocket as a page would."""
    return connect(url.replace("http", "ws") + "/_stcore/stream", origin=origin, subprotocols=["streamlit"], **options)


def ended(url, message):
    """The code with which the server ends a session that sends this, None when it just hangs up."""
    with stream(url, url) as session:
        try:
            session.send(message)
            for _ in range(1000):
                session.recv(timeout=20)
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else None
    return 0


def test_every_answer_is_protected(server):
    for path in ("/", "/train", "/_stcore/health", "/static/nothing.js", "/_stcore/metrics", "/" + "a" * MAX_ADDRESS):
        _, headers, _ = fetch(server + path)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "http:" not in policy


def test_streamlits_own_figures_and_interfaces_are_closed(server):
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"):
        assert fetch(server + path)[0] == 404
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert fetch(server + "/train", method)[0] == 405


def test_sizes_are_limited(server):
    assert fetch(f"{server}/?f={'x' * MAX_ADDRESS}")[0] == 414
    assert fetch(server, Cookie="x" * 40_000)[0] == 431
    upload = f"{server}/_stcore/upload_file/no-session/file"
    assert fetch(upload, "PUT")[0] == 403  # no token against forgery


def test_a_flood_of_headers_gets_no_further_than_the_wire(server):
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n")
        assert wire.recv(100).split()[1] in (b"400", b"431")


@pytest.mark.parametrize("origin", [None, "https://evil.test", "http://localhost:9", "null"])
def test_a_session_of_another_site_is_refused(server, origin):
    with pytest.raises(InvalidStatus) as refused:
        stream(server, origin)
    assert refused.value.response.status_code == FOREIGN[0]


def test_a_message_that_is_too_large_or_no_message_ends_its_session_only(server):
    with stream(server, server) as learner:
        for size, codes in ((3 * MEGABYTE, {1009}), (30 * MEGABYTE, {1009, None}), (100, {1002})):
            assert ended(server, b"\xff" * size) in codes
        assert ended(server, "text") in {None, 1000, 1011}
        learner.ping().wait(20)
    assert fetch(server)[0] == 200


def test_a_new_browser_gets_a_cookie_of_its_own_and_keeps_it(server):
    first, second = fetch(server)[1]["set-cookie"], fetch(server)[1]["set-cookie"]
    assert "HttpOnly" in first
    assert "SameSite=Lax" in first
    mine = first.split(";")[0]
    assert is_owner(mine.split("=")[1])
    assert mine != second.split(";")[0]
    assert fetch(server, Cookie=mine)[1]["set-cookie"] is None


def test_the_operators_settings_reach_the_wire(serve, tmp_path):
    settings = {"SEVEN_STEPS_HOSTS": "127.0.0.1", "SEVEN_STEPS_HTTPS": "1", "SEVEN_STEPS_ORIGINLESS": "1"}
    with serve(tmp_path, settings=settings) as url:
        _, headers, _ = fetch(url)
        assert headers["strict-transport-security"].startswith("max-age=")
        assert "; Secure" in headers["set-cookie"]
        assert "; Secure" in fetch(f"{url}/_stcore/health")[1]["set-cookie"]
        status, headers, text = fetch(url, Host="evil.test")
        assert (status, text) == WRONG_HOST
        assert headers["x-content-type-options"] == "nosniff"
        with stream(url):
            pass
        with pytest.raises(InvalidStatus):
            stream(url, "https://evil.test")


def test_every_lesson_runs_under_the_policy(visit, page):
    page.add_init_script("""
        window.violations = [];
        document.addEventListener("securitypolicyviolation", ({ violatedDirective: rule, blockedURI: what }) => {
          if (what !== "wasm-eval") violations.push(`${rule} ${what}`);  // protobuf asks for it, and does without
        });
    """)
    for lesson in LESSONS:
        visit(f"/{lesson.name}")
        for expander in page.get_by_test_id("stExpander").locator("summary").all():
            expander.click()
        fonts = page.evaluate("document.fonts.ready.then((all) => [...all].filter((f) => f.status == 'error').length)")
        assert fonts == 0
        assert page.evaluate("violations") == []


@contextmanager
def other_site():
    """Another site, whose page shows the address behind its question mark in a frame."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            icon = "<link rel='icon' href='data:,'>"  # else the browser asks for one, perhaps when the site has closed
            self.wfile.write(f"{icon}<iframe src='{self.path[2:]}' width=1300 height=900></iframe>".encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("localhost", 0), Handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_port}"
        site.shutdown()


def test_another_site_cannot_frame_the_app(server, page, console_errors):
    with other_site() as site:
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(f"{site}/?{server}/draw")
        assert not page.frames[1].url.startswith(server)
    console_errors.clear()


def test_a_site_that_the_operator_names_shows_the_app_with_a_cookie_kept_apart(serve, tmp_path, page):
    with other_site() as site, serve(tmp_path, settings={"SEVEN_STEPS_EMBED": site}) as url:
        page.goto(f"{site}/?{url}/draw?source=Upload")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
        picture = ROOT / "assets" / "images" / "icon.png"
        frame.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(picture)
        expect(frame.get_by_alt_text("The picture that was uploaded")).to_be_visible()
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        for name in (OWNER_COOKIE, "_streamlit_xsrf"):
            assert (cookies[name]["sameSite"], cookies[name]["secure"]) == ("None", True)
            assert cookies[name]["partitionKey"].startswith("http://localhost")
        page.close()


def test_the_first_lesson_answers_to_its_name_too(server, page):
    page.goto(f"{server}/the_loop?seed=5")
    expect(page).to_have_url(re.compile(r"/\?seed=5"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("learner")
    assert OWNER_COOKIE in json.dumps(page.context.cookies())
