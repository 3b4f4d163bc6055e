"""Pages without a browser: `open_page("draw", pen="12")` is a lesson that has run once."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from core.figures.figure import Figure
from pages.ui import charts
from pages.ui.components import mount
from tests.figures_support import checked, drawable

ROOT = Path(__file__).resolve().parents[2]
MAIN = ROOT / "pages" / "ui" / "main.py"

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def server_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the pages a folder of their own for what a server keeps, and end the workers they started."""
    with pytest.MonkeyPatch.context() as patch:
        if "SEVEN_STEPS_STATE" not in os.environ:
            patch.setenv("SEVEN_STEPS_STATE", str(tmp_path_factory.mktemp("state")))
        yield
        from core.runs.default import get_engine

        if get_engine.cache_info().currsize:
            get_engine().close()


@pytest.fixture(autouse=True)
def checked_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Plotly check every figure that a page shows or draws: a wrong one is an exception of its page."""
    monkeypatch.setattr(charts, "as_plotly", checked)
    monkeypatch.setattr(charts, "mount", mount_drawable)


def mount_drawable(name: str, data: dict[str, Any], *rest: Any) -> None:
    drawable(Figure(data["layout"], traces=data["traces"]))
    mount(name, data, *rest)


@pytest.fixture(autouse=True)
def no_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each page run as in a browser without cookies; Streamlit's stand-in for them is no mapping."""
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda self: {}))


def opened(name: str, query: Mapping[str, object]) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60)
    page.switch_page(f"../{name}.py")
    for key, value in query.items():
        page.query_params[key] = value
    return page.run()


@pytest.fixture(scope="session")
def open_page() -> OpenPage:
    """`open_page(name, **query)` runs a lesson once, in a new session, with settings in its URL."""
    return lambda name, **query: opened(name, query)
