"""What Streamlit does in every run of every reader, and this server once, or now and then."""

import asyncio
import ctypes
import gc
import sys
from collections.abc import Callable
from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

COLLECT_SECONDS = 10.0
YOUNG, MIDDLE, NEVER = 10_000, 20, 1_000_000  # thresholds of Python's collector: the oldest is ours alone
ARENA_MAX, ARENAS = -8, 2  # glibc's M_ARENA_MAX
MMAP_THRESHOLD, LARGE = -3, 2**20  # glibc's M_MMAP_THRESHOLD, bytes


async def collect_now_and_then() -> None:
    """Collect garbage and give free memory back every ten seconds until cancelled, not after each run of a script.

    A collection looks at all objects of all sessions: with 200 of them it takes longer than a run itself. Python
    would do one every two seconds by itself, for it counts from what it has frozen.
    """
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    while True:
        await asyncio.sleep(COLLECT_SECONDS)
        gc.collect()
        if libc := _glibc():
            libc.malloc_trim(0)


def share_arenas() -> None:
    """Let all threads take memory from two pools of glibc's: each run is a thread, and has one of its own by default.

    What a run frees in its own pool is of no use to another, so the process would grow with the number of threads.
    Large pieces, the numbers of many images, belong to no pool: by itself glibc would put them there after a while, and
    a small piece that lives on top of one keeps its memory from the system.
    """
    if libc := _glibc():
        libc.mallopt(ARENA_MAX, ARENAS)
        libc.mallopt(MMAP_THRESHOLD, LARGE)


def _glibc() -> ctypes.CDLL | None:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if libc is not None and hasattr(libc, "malloc_trim") else None


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
