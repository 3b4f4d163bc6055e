"""Errors that a learner may meet, told as a sentence with what to do; the page around them stays."""

import logging
from typing import Any

import streamlit as st

from core.data import DataError
from core.model import ModelError

LOG = logging.getLogger(__name__)


def run_kindly(page: Any) -> None:
    """Run a page; a missing or damaged file becomes a message with its remedy instead of a stack trace."""
    try:
        page.run()
    except (DataError, ModelError) as error:
        LOG.error("%s", error)
        st.error(str(error), icon=":material/build:")
