"""The least that answers a control: a widget of each kind and a one-line chart, for our lessons to be measured by."""

import numpy as np
import streamlit as st

st.title("Bare")
slider = st.slider("Slider", 0.0, 10.0, 1.0, 0.1)
number = st.number_input("Number", 0.0, 10.0, 1.0, 0.1)
choice = st.selectbox("Choice", ["1", "2", "3", "4", "5", "6", "7", "8", "9"])
pressed = st.button("Press")
st.line_chart(
    np.sin(np.arange(100) / 10 * slider + number) * float(choice) + (np.random.default_rng().random() if pressed else 0)
)
