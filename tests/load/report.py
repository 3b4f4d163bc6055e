"""Where the figures of load are kept: `docs/load.md`, one section a scenario, replaced as a whole."""

import datetime
import re

from tests.benchmarks.report import machine
from tests.load.scenarios import Figure
from tests.load.server import ROOT

PAGE = ROOT / "docs" / "load.md"
HEAD = """# Load

Written by `make load` (`python -m tests.load`): a real server, and learners over Streamlit's own websocket protocol, on
the same machine. What had to change to get there stands in [decisions.md](decisions.md).
"""
TITLES = {"crowd": "Many at once", "live": "Watching runs", "soak": "An hour"}


def write(name: str, figures: list[Figure]) -> None:
    """Replace or append a scenario's section."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    title = TITLES[name]
    lines = [f"## {title}", "", f"`python -m tests.load {name}`, {today}, {machine()}.", ""]
    lines += ["| what | measured | wanted |", "|---|---|---|"]
    lines += [f"| {figure.what} | {figure.measured} | {figure.wanted} |" for figure in figures]
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    others = re.sub(rf"(?ms)^## {re.escape(title)}$.*?(?=^## |\Z)", "", page).rstrip()
    PAGE.write_text(others + "\n\n" + "\n".join([*lines, ""]), encoding="utf-8")
