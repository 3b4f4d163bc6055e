"""The web application: `streamlit run app.py`. Start-up work, the owner's cookie and security headers."""

import asyncio
import gc
import importlib
import logging
import pkgutil
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from types import ModuleType
from typing import Any

import streamlit as st
import torch
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

import core
import core.runs
import pages.ui
from core.laboratory import open_laboratory
from core.memory import share_pools
from core.notes import get_notes
from core.telemetry.logs import configure_logs
from core.telemetry.operator import operator_place
from pages.ui.catalogue import LESSONS
from pages.ui.economy import collect_now_and_then, remember_theme
from pages.ui.guard import answer_kindly, tell_kindly
from pages.ui.operator import open_door
from pages.ui.sockets import answer_at_once
from pages.ui.turns import take_turns
from pages.ui.wakeups import wake_once
from pages.ui.web import Gate, OwnerCookie, SecurityHeaders, Sessions, TruePeer, Uploads, WebSettings, web_settings
from pages.ui.web.start import CannotStart, PlainStart, told_plainly

LOG = logging.getLogger("seven_steps")
IMPORTED_LATER = ("pandas", "pyarrow")  # by Streamlit and Plotly at first use, where three first pages trip over it
MAIN_SCRIPT = "pages.ui.main"  # it shows a page when it is imported


def import_all(package: ModuleType) -> None:
    """Import every module of a package; one that fails is logged, and only the page that needs it suffers."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name != MAIN_SCRIPT:
            try:
                importlib.import_module(module.name)
            except Exception:
                LOG.exception("%s cannot be imported", module.name)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Import what is heavy once, start the engine, and take all of it out of the garbage collector's sight.

    Frozen objects cost a collection nothing (docs/decisions.md).
    """
    answer_at_once()
    wake_once(asyncio.get_running_loop())
    take_turns()
    remember_theme()
    torch.set_num_threads(1)
    for name in IMPORTED_LATER:
        importlib.import_module(name)
    import_all(core)
    import_all(pages.ui)
    configure_logs()  # again, for what was just imported may have begun to log
    with ExitStack() as ending:
        ending.enter_context(open_laboratory())
        with told_plainly():
            engine = core.runs.get_engine()
            ending.callback(engine.close)
            get_notes()
            door = open_door(engine)
            if door is not None:
                ending.callback(door.close)
        gc.collect()
        gc.freeze()
        collecting = asyncio.create_task(collect_now_and_then())
        ending.callback(collecting.cancel)
        yield {}


async def home(request: Request) -> RedirectResponse:
    """Send the first lesson's name to its address, which Streamlit has at `/` only; the settings go along."""
    return RedirectResponse(f"./?{request.url.query}")


def settings() -> WebSettings:
    """Begin to log and return what the operator has set; a setting that cannot be meant ends the start."""
    try:
        with told_plainly():
            configure_logs()
            operator_place()
            core.runs.check_settings()
            return web_settings()
    except CannotStart as error:
        raise SystemExit(str(error)) from None


share_pools()  # before there are threads
SETTINGS = settings()

app = st.App(
    "pages/ui/main.py",
    lifespan=lifespan,
    routes=[Route(f"/{LESSONS[0].name}", home)],
    middleware=[
        Middleware(PlainStart),
        Middleware(TruePeer, SETTINGS, bool(st.get_option("server.sslCertFile"))),
        Middleware(SecurityHeaders, SETTINGS),
        Middleware(Gate, SETTINGS),
        Middleware(Uploads),
        Middleware(Sessions),
        Middleware(OwnerCookie, SETTINGS),
    ],
    on_script_error=tell_kindly,
    exception_handlers={Exception: answer_kindly},
)
