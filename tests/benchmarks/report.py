"""Where measured figures are kept: one section a benchmark in `docs/benchmarks.md`, replaced as a whole."""

import datetime
import os
import platform
import re

from core.paths import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Each table is written by the command above it. Times are from the machine named there; believe ratios.
"""


def write_section(title: str, module: str, rows: list[tuple[str, str, str]]) -> None:
    """Replace or append the section `title`: when, where, by which command, and rows of what, measured, wanted."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [f"## {title}", "", f"`python -m {module}`, {today}, {machine()}.", ""]
    lines += ["| what | measured | wanted |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows), ""]
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    others = re.sub(rf"(?ms)^## {re.escape(title)}$.*?(?=^## |\Z)", "", page).rstrip()
    PAGE.write_text(others + "\n\n" + "\n".join(lines), encoding="utf-8")


def machine() -> str:
    """Return processor, cores, system and Python in a few words."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
