"""The web application: `streamlit run app.py`. Start-up work, the owner's cookie and security headers."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
import torch
from starlette.middleware import Middleware

from pages.ui.web import OwnerCookie, SecurityHeaders


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Import what is heavy once, start the engine, and take all of it out of the garbage collector's sight.

    Streamlit collects garbage after every run of a script; frozen objects cost it nothing (docs/decisions.md).
    """
    import plotly.graph_objects  # noqa: F401

    from core.runs import get_engine

    torch.set_num_threads(1)
    engine = get_engine()
    gc.collect()
    gc.freeze()
    yield {}
    engine.close()


app = st.App("pages/ui/main.py", lifespan=lifespan, middleware=[Middleware(OwnerCookie), Middleware(SecurityHeaders)])
