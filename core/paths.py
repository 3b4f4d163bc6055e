"""Where the project keeps its files, and where a running server may write."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"


def state_dir() -> Path:
    """Return the folder a server writes to: `$SEVEN_STEPS_STATE`, or `var/` beside the project."""
    folder = Path(os.environ.get("SEVEN_STEPS_STATE", ROOT / "var"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
