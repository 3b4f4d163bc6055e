"""Settings in the URL, whoever wrote them there."""

from streamlit.testing.v1 import AppTest


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
