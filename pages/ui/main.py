"""The main script: page configuration, the navigation made from the catalogue, and the chosen lesson."""

import streamlit as st

from core.paths import ASSETS
from pages.ui.catalogue import LESSONS
from pages.ui.frame import page_of
from pages.ui.login import login_button

st.set_page_config(page_title="Seven Steps", page_icon=str(ASSETS / "images" / "icon.png"), layout="wide")
parts = {entry.part: [page_of(other) for other in LESSONS if other.part == entry.part] for entry in LESSONS}
chosen = st.navigation(parts, expanded=True)
login_button()
chosen.run()
