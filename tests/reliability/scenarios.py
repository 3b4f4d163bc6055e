"""Everything that is broken, each with its title and its two sizes: for the document, and for every test."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.checkpoints import damaged_checkpoints
from tests.reliability.databases import locked_sqlite, stopped_postgres
from tests.reliability.disks import full_disks
from tests.reliability.figures import Figure
from tests.reliability.servers import killed_servers
from tests.reliability.sockets import dropped_sockets
from tests.reliability.workers import killed_workers


@dataclass(frozen=True)
class Scenario:
    """What is broken: `break_it` takes a folder and the numbers of a size."""

    title: str
    break_it: Callable[..., list[Figure]]
    long: tuple[float, ...]
    short: tuple[float, ...]

    def run(self, folder: Path, short: bool) -> list[Figure]:
        """Break it and return the figures."""
        return self.break_it(folder, *(self.short if short else self.long))


SCENARIOS = {
    "workers": Scenario("A worker killed at a random moment", killed_workers, (50,), (2,)),
    "servers": Scenario("The web server killed during training", killed_servers, (6,), (1,)),
    "sockets": Scenario("Every connection dropped, every page reloaded", dropped_sockets, (200,), (8,)),
    "disk": Scenario("A full disk", full_disks, (10,), (1,)),
    "locked": Scenario("SQLite locked", locked_sqlite, (10.0,), (3.0,)),
    "stopped": Scenario("PostgreSQL stopped and started", stopped_postgres, (10.0,), (2.0,)),
    "checkpoints": Scenario("Damaged checkpoints", damaged_checkpoints, (500, 10), (25, 1)),
}
