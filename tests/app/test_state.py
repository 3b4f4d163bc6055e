"""Settings in the URL, whoever wrote them there."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.shown import component


def page() -> None:
    import streamlit as st

    from pages.ui.state import forget_url

    part = st.radio("Part", ["slider", "none"])
    if part == "slider":
        st.slider("x", 0.0, 4.0, 1.0, key="x", bind="query-params")
    st.button("Forget", on_click=forget_url, args=("x", "y", "never"))


def test_settings_are_forgotten_and_those_of_a_widget_stay_the_widgets():
    for parts in ([], ["none"]):
        app = AppTest.from_function(page)
        app.query_params["y"] = "2"
        app.run()
        app.slider(key="x").set_value(3.0).run()
        for part in parts:
            app.radio[0].set_value(part).run()
        app.button[0].click().run()
        assert not app.exception
        assert "y" not in app.query_params


BAD = [
    ("backpropagation", "Your formula", {"x": "banana", "y": "1e999", "z": "nan", "step": "-"}),
    ("backpropagation", "A network", {"taken": "one", "seed": "1e99", "rate": "banana"}),
    ("activations", "One function", {"x": "1e999", "f": "banana"}),
    ("activations", "Deep", {"depth": "1e999", "seed": "banana"}),
    ("loss_functions", "Repair", {"p": "1,2", "y": "banana"}),
    ("loss_functions", "Repair", {"p": "1,2", "y": "1"}),
    ("loss_functions", "Curves", {"at_p": "1,two"}),
    ("loss_functions", "Outlier", {"out": "inf"}),
    ("learning_rate", "", {"rate": "fast"}),
    ("gradient_descent", "One weight", {"w": "banana", "balls": "99"}),
]


@pytest.mark.parametrize(("lesson", "part", "bad"), BAD)
def test_a_value_that_cannot_be_used_leaves_the_url(lesson, part, bad, open_page):
    page = open_page(lesson, **{"part": part} if part else {}, **bad)
    assert not page.exception
    left = {key: value for key, value in page.query_params.items() if key in bad}
    assert left == {}


def test_a_value_that_can_be_used_stays_in_the_url_as_it_is(open_page):
    good = {"p": "1,2", "y": "0,0.50"}
    assert good.items() <= dict(open_page("loss_functions", **good).query_params).items()


def test_a_number_typed_after_a_refused_one_counts(open_page):
    page = open_page("activations", part="Deep", depth="1e999")
    page.number_input(key="depth").set_value(7).run()
    assert page.number_input(key="depth").value == 7


def test_a_number_that_suits_another_setting_comes_back_with_it(open_page):
    page = open_page("gradient_descent", balls="3", w="-3,0.5,2")
    for balls in (2, 3):
        page.number_input(key="balls").set_value(balls).run()
        assert page.query_params["w"] in ("-3,0.5,2", ["-3,0.5,2"])
    assert [ball["x"] for ball in component(page, "curve")["points"]] == [-3, 0.5, 2]
