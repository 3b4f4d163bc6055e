"""What breaks and what is left: `python -m tests.reliability`, which `make reliability` runs, writes the document.

`python -m tests.reliability workers disk` breaks some things only; `--short` breaks them as seldom as the tests do.
"""

import argparse
import tempfile
from pathlib import Path

from tests.reliability.figures import write
from tests.reliability.scenarios import SCENARIOS


def main() -> None:
    """Break, print, write down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], default=[])
    parser.add_argument("--short", action="store_true", help="small numbers; the document stays as it is")
    options = parser.parse_args()
    for name in options.scenarios or SCENARIOS:
        scenario = SCENARIOS[name]
        with tempfile.TemporaryDirectory(prefix="seven-steps-") as folder:
            figures = scenario.run(Path(folder), short=options.short)
        for figure in figures:
            print(f"{'' if figure.reached else 'NOT REACHED '}{figure.what} | {figure.measured} | {figure.wanted}")
        if not options.short:
            write(scenario.title, name, figures)


if __name__ == "__main__":
    main()
