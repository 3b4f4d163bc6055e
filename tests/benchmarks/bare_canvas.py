"""The least that echoes a stroke: a canvas and a number. What our Draw page is measured against."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

st.title("Bare")
result = st_canvas(
    stroke_width=20,
    stroke_color="#FFFFFF",
    background_color="#0B0F17",
    height=280,
    width=280,
    return_image_data=True,
    key="canvas",
)
st.markdown(f"strokes {len((result.json_data or {}).get('objects', []))}")
