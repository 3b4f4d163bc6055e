"""Look for known weaknesses: `bandit` reads our source, `pip-audit` asks an advisory database about what is installed,
and about what `requirements-cluster.txt` names, which is installed later.

    python -m scripts.audit

Fails on every finding of either. Where no advisory database can be reached, that is said, and is no failure.
"""

import json
import subprocess  # nosec B404  # runs two tools of this environment, with arguments that stand below
import sys
from collections.abc import Sequence
from typing import Any

from core.paths import ROOT

OURS = ("app.py", "pages", "core", "scripts")
CLUSTER = ("--requirement", "requirements-cluster.txt", "--no-deps", "--disable-pip")  # as named, nothing installed
PATIENCE = 180  # seconds for all questions to the database
ONE_ANSWER = 10  # seconds for each


def main() -> int:
    """Run both tools and return the exit status."""
    return max(read_our_source(), ask_about("installed packages"), ask_about("packages of a cluster", CLUSTER))


def read_our_source(paths: Sequence[str] = OURS) -> int:
    """Let bandit read our source; every exception there names its rule and its reason."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", *paths]
    return subprocess.run(command, check=False).returncode  # nosec B603  # no shell, and nothing from outside


def ask_about(what: str, options: Sequence[str] = ()) -> int:
    """Let pip-audit ask about every installed package, or about those that options name; say when it could not."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--timeout"]
    try:
        asked = subprocess.run(  # nosec B603  # no shell, and nothing from outside
            [*command, str(ONE_ANSWER), *options],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        packages = json.loads(asked.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        packages = []
    audited = [package for package in packages if "vulns" in package]
    if not audited:
        print(f"audit: no advisory database can be reached here, so {what} were not checked.")
        return 0
    return report(what, audited, len(packages))


def report(what: str, audited: list[dict[str, Any]], of: int) -> int:
    """Say what the database knows, and return 1 when it knows a weakness."""
    print(f"audit: an advisory database was asked about {len(audited)} of {of} {what}.")
    weak = [package for package in audited if package["vulns"]]
    for package in weak:
        for found in package["vulns"]:
            mended = ", ".join(found.get("fix_versions", [])) or "no version yet"
            print(f"audit: {package['name']} {package['version']}: {found['id']}, mended in {mended}")
    return int(bool(weak))


if __name__ == "__main__":
    sys.exit(main())
