"""What a learner sees when something fails: a sentence, what to do and a number; the log has the rest under it."""

import logging
import secrets

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from core.data import DataError
from core.database import StoreUnavailable
from core.model import ModelError
from core.telemetry.logs import log, short
from core.telemetry.metrics import get_metrics
from pages.ui.state import owner

OURS = "Something failed on this page. That is our fault and stands in the server's log. Reload; your runs are kept."
NUMBER = "If it happens again, tell your teacher: **error {number}**."
SERVER = "Something failed on the server. Please try again; if it happens again, tell your teacher: error {number}."


def tell_kindly(error: Exception) -> bool:
    """Show an error that no page has caught; returns True, so that Streamlit does not show it again."""
    if isinstance(error, StoreUnavailable):  # the log has it already, once and not for every page
        st.warning(str(error), icon=":material/database_off:")
        return True
    told = NUMBER.format(number=note(error, short(owner())))
    if isinstance(error, DataError | ModelError):
        st.error(f"{error} {told}", icon=":material/build:")
    else:
        st.error(f"{OURS} {told}", icon=":material/error:")
    return True


async def answer_kindly(request: Request, error: Exception) -> PlainTextResponse:
    """Answer a request that failed outside of any page, with a sentence and a number."""
    return PlainTextResponse(SERVER.format(number=note(error, "")), 500)


def note(error: Exception, who: str) -> str:
    """Write an error and its stack into the log, count it, and return the number under which it stands there."""
    number = secrets.token_hex(2)
    get_metrics().count("seven_steps_page_errors")
    log(logging.ERROR, "page failed", error, error_id=number, owner=who)
    return number
