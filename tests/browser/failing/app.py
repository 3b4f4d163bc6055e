"""A server whose page and whose route fail on demand, with the guard that the real one has."""

import streamlit as st
from starlette.requests import Request
from starlette.routing import Route

from core.telemetry.logs import configure_logs
from pages.ui.guard import answer_kindly, tell_kindly


async def broken(request: Request) -> None:
    """Fail as a route might."""
    raise RuntimeError(f"a secret of {__file__}")


configure_logs()
app = st.App(
    "page.py",
    routes=[Route("/broken", broken)],
    on_script_error=tell_kindly,
    exception_handlers={Exception: answer_kindly},
)
