"""Our own small components: JavaScript and CSS from `assets/components/`, drawing tables that Python computed."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import streamlit as st

from core.figures.palette import PALETTE
from core.paths import ASSETS

FOLDER = ASSETS / "components"
NEEDS = {  # scripts that some components share
    "curve": ("player", "edge"),
    "plane": ("player", "edge"),
    "outlier": ("drawing",),
    "rate": ("drawing",),
    "network": ("ledger",),
    "figure": ("axes", "cells"),
}


@lru_cache
def component(name: str) -> Callable[..., Any]:
    """Return the function that mounts `assets/components/<name>.js` and `.css`, each behind what it shares."""
    script = _joined("shared.js", *(f"{need}.js" for need in NEEDS.get(name, ())), f"{name}.js")
    style = _joined("shared.css", f"{name}.css")
    return st.components.v2.component(f"seven_steps_{name}", html='<div class="stage"></div>', css=style, js=script)


def _joined(*files: str) -> str:
    return "\n".join((FOLDER / file).read_text("utf-8") for file in files)


def mount(
    name: str, data: dict[str, Any], key: str, on: dict[str, Callable[[], None]], height: int | str = "content"
) -> Any:
    """Show a component with `data` and the palette; `on` maps each thing it reports to a callback.

    Inside a callback `reported(key, thing)` is what the reader's hand did.
    """
    callbacks = {f"on_{thing}_change": callback for thing, callback in on.items()}
    return component(name)(key=key, data={**data, "palette": PALETTE}, height=height, **callbacks)


def mount_bytes(name: str, data: bytes, key: str) -> None:
    """Show a component that decodes its data itself: what was made once is sent as it is, time after time."""
    component(name)(key=key, data=data, height="content")


def reported(key: str, thing: str) -> Any:
    """Return what a component reported last under that name, `None` when it has not."""
    state = st.session_state.get(key)
    return None if state is None else state.get(thing)
