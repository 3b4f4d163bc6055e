"""The order that a run actor works on, as a file: a process that replaces a dead one finds there what to go on with."""

import json
from dataclasses import asdict
from pathlib import Path

from core.files import write_atomically
from core.runs.ray_engine.messages import Order


class OrderFile:
    """The order of one actor, in the folder of the checkpoints, which all nodes share."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name.replace(':', '-')}.order"

    def write(self, order: Order) -> None:
        """Keep an order; raises `OSError`."""
        write_atomically(self._path, json.dumps(asdict(order)).encode())

    def read(self) -> Order | None:
        """Return the order, or None when there is none."""
        try:
            return Order(**json.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return None

    def remove(self) -> None:
        """Forget the order, for its run is over."""
        self._path.unlink(missing_ok=True)
