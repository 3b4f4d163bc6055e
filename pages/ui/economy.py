"""What Streamlit does in every run of every reader, and this server once, or now and then."""

import asyncio
import gc
from collections.abc import Callable
from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from core.memory import give_back

COLLECT_SECONDS = 10.0
YOUNG, MIDDLE, NEVER = 10_000, 20, 1_000_000  # thresholds of Python's collector: the oldest is ours alone


async def collect_now_and_then() -> None:
    """Collect garbage and give free memory back every ten seconds until cancelled, not after each run of a script.

    A collection looks at all objects of all sessions: with 200 of them it takes longer than a run itself. Python
    would do one every two seconds by itself, for it counts from what it has frozen.
    """
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    while True:
        await asyncio.sleep(COLLECT_SECONDS)
        gc.collect()
        give_back()


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
