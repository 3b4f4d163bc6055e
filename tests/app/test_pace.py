"""A learner in a hurry is told to wait, politely, and loses nothing."""

import pytest

from core.limits import Limiter, Pace, Rate


@pytest.fixture
def once(monkeypatch):
    """One action of each kind, then none for a long time."""
    rates = Pace(Rate(1, 0.1), Rate(100, 100))
    limiter = Limiter({"submit": rates, "upload": rates, "draw": rates})
    monkeypatch.setattr("pages.ui.pace.get_limiter", lambda: limiter)


def pressed(page, label):
    return next(button for button in page.button if button.label == label)


def test_runs_in_quick_succession(once, open_page):
    page = open_page("train", epochs="1", width1="16")
    pressed(page, "Train").click().run()
    assert not page.warning
    pressed(page, "Reset").click().run()
    pressed(page, "Train").click().run()
    assert not page.exception
    (warning,) = page.warning
    assert "Many runs were started in a short time. Nothing is lost; please go on in" in warning.value
    assert "seconds." in warning.value
    assert page.number_input(key="width1").value == 16


def test_another_learners_run_is_not_found_by_its_id_in_the_address(open_page):
    from core.runs import get_engine
    from tests.runs_support import SHORT

    run = get_engine().submit(SHORT, "ann")
    page = open_page("train", run=run, run_id=run, answers=run, owner="ann")
    assert not page.exception
    assert run not in str(page.main)
    assert pressed(page, "Stop").disabled
