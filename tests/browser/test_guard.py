"""Whatever fails, a learner sees a sentence and a number, and the log has the stack under that number."""

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from core.paths import ROOT
from pages.ui.guard import OURS

NUMBER = re.compile(r"error ([0-9a-f]{4})")


@pytest.fixture(scope="module")
def failing(serve, tmp_path_factory):
    """The address of the failing server, and its log."""
    folder = tmp_path_factory.mktemp("failing")
    settings = {"PYTHONPATH": str(ROOT), "SEVEN_STEPS_LOG": "json"}
    with serve(folder, ROOT / "tests" / "browser" / "failing" / "app.py", settings) as url:
        yield url, folder / "server.log"


def number_in(text, log):
    """The number that a learner was told; the log has it with the stack."""
    number = NUMBER.search(text)[1]
    (line,) = [line for line in log.read_text().splitlines() if f'"error_id": "{number}"' in line]
    assert '"stack": "Traceback' in line
    return number


@pytest.mark.parametrize("where", ["Page", "Callback", "Fragment"])
def test_a_learner_sees_a_sentence_and_the_log_has_the_rest(failing, page, where):
    url, log = failing
    page.goto(url)
    page.get_by_role("button", name=where).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(OURS)
    number_in(alert.inner_text(), log)
    for secret in ("secret", "Traceback", "RuntimeError", ".py"):
        assert secret not in page.content()


def test_what_core_says_is_shown_with_its_remedy(failing, page):
    url, log = failing
    page.goto(url)
    page.get_by_role("button", name="Data").click()
    expect(page.get_by_role("alert")).to_contain_text("The digits are missing. Run make data. If it happens again")
    number_in(page.get_by_role("alert").inner_text(), log)


def test_a_components_script_that_fails_shows_no_stack(failing, page, console_errors):
    page.goto(failing[0])
    page.get_by_role("button", name="Component").click()
    expect(page.get_by_role("alert")).to_be_visible()
    shown = page.get_by_role("alert").inner_text()
    assert "Traceback" not in shown
    assert ".py" not in shown
    assert str(ROOT) not in page.content()
    console_errors.clear()


def test_a_route_that_fails_answers_with_a_sentence(failing):
    url, log = failing
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"{url}/broken", timeout=10)
    text = answer.value.read().decode()
    assert answer.value.code == 500
    assert text.startswith("Something failed on the server.")
    assert "secret" not in text
    number_in(text, log)
