"""How fast a learner may go: the page says politely how long to wait, and nothing is lost."""

import math

import streamlit as st

from core.limits import get_limiter
from core.telemetry.metrics import get_metrics
from pages.ui.state import owner

WORDS = {
    "submit": "Many runs were started in a short time.",
    "upload": "Many pictures were uploaded in a short time.",
    "draw": "You draw faster than the server reads.",
}


class TooFast(RuntimeError):
    """The learner must wait; the message says how long."""


def keep_pace(action: str) -> None:
    """Count an action of this learner; raises `TooFast` when it comes too soon after too many others."""
    wait = get_limiter().ask(action, owner(), st.context.ip_address)
    if wait:
        get_metrics().count("seven_steps_rate_limited", action)
        seconds = math.ceil(wait)
        plural = "" if seconds == 1 else "s"
        raise TooFast(f"{WORDS[action]} Nothing is lost; please go on in {seconds} second{plural}.")
