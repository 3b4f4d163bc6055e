import asyncio
import gc
import subprocess
import sys
import tomllib
import weakref

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from core.paths import ROOT
from pages.ui import economy

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


def test_a_remembered_theme_is_the_theme():
    seldom = economy.copying(app_session._populate_theme_msg)
    for section in SECTIONS * 2:
        ours, theirs = CustomThemeConfig(), CustomThemeConfig()
        seldom(ours, section)
        app_session._populate_theme_msg(theirs, section)
        assert ours == theirs


def test_a_theme_is_read_once_for_each_section_and_its_copies_are_apart():
    read = []

    def populate(message: CustomThemeConfig, section: str) -> None:
        read.append(section)
        message.primary_color = section

    seldom = economy.copying(populate)
    messages = [CustomThemeConfig() for _ in range(4)]
    for message, section in zip(messages, ("theme", "theme.dark") * 2, strict=True):
        seldom(message, section)
    messages[0].primary_color = "changed"
    assert [message.primary_color for message in messages] == ["changed", "theme.dark", "theme", "theme.dark"]
    assert read == ["theme", "theme.dark"]


def test_streamlit_still_reads_the_theme_by_the_function_that_is_replaced():
    assert "_populate_theme_msg" in app_session.AppSession._create_new_session_message.__code__.co_names


def test_garbage_is_collected_in_the_end(monkeypatch):
    class Loop:
        pass

    loop = Loop()
    loop.itself = loop
    seen = weakref.ref(loop)
    del loop
    monkeypatch.setattr(economy, "COLLECT_SECONDS", 0.01)

    async def wait() -> None:
        collecting = asyncio.create_task(economy.collect_now_and_then())
        async with asyncio.timeout(10):
            while seen() is not None:
                await asyncio.sleep(0.01)
        collecting.cancel()

    before = gc.get_threshold()
    gc.disable()
    try:
        asyncio.run(wait())
        assert gc.get_threshold()[2] >= 1_000_000  # Python itself leaves the oldest to us
    finally:
        gc.enable()
        gc.set_threshold(*before)


def test_threads_share_what_they_freed():
    """Counted in a process of its own, where glibc says how many pools it has made."""
    code = (
        "import ctypes, threading; from pages.ui import economy; economy.share_arenas(); gate = threading.Barrier(20)\n"
        "def use(): held = [bytearray(50_000) for _ in range(20)]; gate.wait()\n"
        "threads = [threading.Thread(target=use) for _ in range(20)]; [t.start() for t in threads]\n"
        "[t.join() for t in threads]; libc = ctypes.CDLL(None); libc.fdopen.restype = ctypes.c_void_p\n"
        "libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b'w'))); libc.fflush(None)"
    )
    if economy._glibc() is None:
        pytest.skip("memory is not handed out by glibc here")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 1 <= done.stdout.count("<heap nr=") <= economy.ARENAS


def test_large_pieces_belong_to_no_pool():
    """By itself glibc takes 10 MB from a pool once 20 MB were freed; a piece of its own has the second bit set."""
    code = (
        "import ctypes; from pages.ui import economy; {}; libc = ctypes.CDLL(None)\n"
        "libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]\n"
        "libc.free(libc.malloc(20 << 20)); print(ctypes.c_size_t.from_address(libc.malloc(10 << 20) - 8).value & 2)"
    )
    if economy._glibc() is None:
        pytest.skip("memory is not handed out by glibc here")
    said = [
        subprocess.run(
            [sys.executable, "-c", code.format(act)], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for act in ("pass", "economy.share_arenas()")
    ]
    assert said == ["0\n", "2\n"]


def test_streamlit_leaves_garbage_to_us():
    assert "postScriptGC = false" in (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    assert config.get_option("runner.postScriptGC") in (True, False)  # the setting still exists


def test_every_message_is_sent_whole():
    """Streamlit sends a large one by its name if the browser had it when a run was asked for."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["global"]["minCachedMessageSize"] > 1_000_000 * config.get_option("server.maxMessageSize")
    assert config.get_option("global.minCachedMessageSize") > 0  # the setting still exists
