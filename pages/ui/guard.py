"""What a learner sees when something fails: a sentence and what to do, never a stack trace; the log has the rest."""

import logging

import streamlit as st

from core.data import DataError
from core.model import ModelError

LOG = logging.getLogger("seven_steps")
OURS = "Something failed on this page. That is our fault and stands in the server's log. Reload; your runs are kept."


def tell_kindly(error: Exception) -> bool:
    """Show an error that no page has caught; returns True, so that Streamlit does not show it again."""
    if isinstance(error, (DataError, ModelError)):
        LOG.error("%s", error)
        st.error(str(error), icon=":material/build:")
    else:
        LOG.error("a page failed", exc_info=error)
        st.error(OURS, icon=":material/error:")
    return True
