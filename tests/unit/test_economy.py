import asyncio
import gc
import tomllib
import weakref

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


def test_streamlit_leaves_garbage_to_us():
    assert "postScriptGC = false" in (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    assert config.get_option("runner.postScriptGC") in (True, False)  # the setting still exists


def test_every_message_is_sent_whole():
    """Streamlit sends a large one by its name if the browser had it when a run was asked for."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["global"]["minCachedMessageSize"] > 1_000_000 * config.get_option("server.maxMessageSize")
    assert config.get_option("global.minCachedMessageSize") > 0  # the setting still exists
