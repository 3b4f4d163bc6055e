"""What Streamlit does in every run of every reader, and this server once, or now and then."""

import asyncio
import gc
from collections.abc import Callable
from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

COLLECT_SECONDS = 10.0


async def collect_now_and_then() -> None:
    """Collect garbage every ten seconds until cancelled, instead of after each run (`runner.postScriptGC`).

    A collection looks at all objects of all sessions: with 200 of them it takes longer than a run itself.
    """
    while True:
        await asyncio.sleep(COLLECT_SECONDS)
        gc.collect()


def remember_theme() -> None:
    """Read the settings of each section of the theme once, not six sections in each run: nothing changes them."""
    app_session._populate_theme_msg = copying(app_session._populate_theme_msg)


def copying(populate: Callable[[CustomThemeConfig, str], None]) -> Callable[..., None]:
    """Return `populate` as a function that copies what it made of a section at the first time."""

    @cache
    def made(section: str) -> CustomThemeConfig:
        theme = CustomThemeConfig()
        populate(theme, section)
        return theme

    def copy(message: CustomThemeConfig, section: str = "theme") -> None:
        message.MergeFrom(made(section))

    return copy
