"""The main script: page configuration, the navigation made from the catalogue, and the chosen lesson."""

from typing import Any

import streamlit as st

from core.paths import ASSETS
from pages.ui.catalogue import LESSONS
from pages.ui.frame import page_of
from pages.ui.login import login_button

st.set_page_config(page_title="Seven Steps", page_icon=str(ASSETS / "images" / "icon.png"), layout="wide")
st.html(ASSETS / "app.css")
parts: dict[str, list[Any]] = {}
for entry in LESSONS:
    parts.setdefault(entry.part, []).append(page_of(entry))
chosen = st.navigation(parts, expanded=True)
login_button()
chosen.run()
