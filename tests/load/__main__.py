"""How many learners one server carries: `python -m tests.load`, which `make load` runs, writes `docs/load.md`.

`python -m tests.load crowd live` asks some questions only; `--minutes 10` shortens the soak; `--short` all of it.
"""

import argparse
import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.load.report import write
from tests.load.scenarios import SHORT, Figure, Size, crowd, live, soak
from tests.load.server import running_server

SCENARIOS = {"crowd": crowd, "live": live, "soak": soak}


def main() -> None:
    """Ask, print, write down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], default=[])
    parser.add_argument("--minutes", type=float, help="length of the soak after its warm-up")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--dry", action="store_true", help="print, and leave the document as it is")
    options = parser.parse_args()
    size = SHORT if options.short else Size()
    if options.minutes:
        size = replace(size, soak=60 * options.minutes, warm_up=min(size.warm_up, 15 * options.minutes))
    for name in options.scenarios or SCENARIOS:
        figures = ask(name, size)
        for figure in figures:
            print(
                f"{'' if figure.reached else 'NOT REACHED '}{figure.what} | {figure.measured} | {figure.wanted}",
                flush=True,
            )
        if not options.dry:
            write(name, figures)


def ask(name: str, size: Size) -> list[Figure]:
    """Start a server of its own for one scenario and return its figures."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as server:
        return asyncio.run(SCENARIOS[name](server, size))


if __name__ == "__main__":
    main()
