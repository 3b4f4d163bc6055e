"""A figure of `docs/reliability.md`, and where figures are kept: one section a scenario, replaced as a whole."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.paths import ROOT
from tests.benchmarks.report import machine

PAGE = ROOT / "docs" / "reliability.md"
HEAD = """# Nothing lost

Written by `make reliability` (`python -m tests.reliability`): real processes, disks, databases and connections are
broken, and what is left is compared with what an undisturbed run gives. `make test` does the same with smaller numbers.
"""


@dataclass(frozen=True)
class Figure:
    """What was measured, what was wanted, and whether it was reached."""

    what: str
    measured: str
    wanted: str
    reached: bool


def share(what: str, good: Sequence[bool]) -> Figure:
    """Return the line of what must always be so."""
    return Figure(what, f"{sum(good)} of {len(good)}", "all", all(good))


def write(title: str, name: str, figures: list[Figure]) -> None:
    """Replace or append a scenario's section."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [f"## {title}", "", f"`python -m tests.reliability {name}`, {today}, {machine()}.", ""]
    lines += ["| what | measured | wanted |", "|---|---|---|"]
    lines += [f"| {figure.what} | {figure.measured} | {figure.wanted} |" for figure in figures]
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    others = re.sub(rf"(?ms)^## {re.escape(title)}$.*?(?=^## |\Z)", "", page).rstrip()
    PAGE.write_text(others + "\n\n" + "\n".join([*lines, ""]), encoding="utf-8")
