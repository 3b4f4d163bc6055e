"""How often a learner may do what costs the server something: token buckets by owner and by network address."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

MOST_KEYS = 20_000  # buckets kept; the one used longest ago goes first
HERE = "this machine"  # everybody who comes without an address
IPV6_NETWORK = 64  # bits; a household has so many addresses that one alone says nothing


@dataclass(frozen=True)
class Rate:
    """So many at once, and then so many a second."""

    burst: float
    per_second: float


@dataclass(frozen=True)
class Pace:
    """One action's two rates; many learners of one class share an address, so that rate is generous."""

    owner: Rate
    address: Rate


# An address is a class of 200 that all press the same button now, and again every 20 seconds (for drawing, 2 seconds).
PACES: dict[str, Pace] = {
    "submit": Pace(Rate(20, 0.5), Rate(1000, 20)),
    "upload": Pace(Rate(10, 0.2), Rate(600, 10)),  # pictures that a page reads
    "file": Pace(Rate(30, 0.5), Rate(1000, 20)),  # files that come in, wanted or not: the page's own words come first
    "draw": Pace(Rate(40, 4), Rate(3000, 200)),
}


class Buckets:
    """Token buckets by key; in memory that does not grow beyond `most` of them."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic, most: int = MOST_KEYS) -> None:
        self._rate, self._clock, self._most = rate, clock, most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted

    def __len__(self) -> int:
        return len(self._levels)

    def level(self, key: str) -> float:
        """Return the tokens of a key now."""
        tokens, then = self._levels.get(key, (self._rate.burst, self._clock()))
        return min(self._rate.burst, tokens + (self._clock() - then) * self._rate.per_second)

    def wait(self, key: str) -> float:
        """Return the seconds until a key has a token, 0 when it has one."""
        return max(0.0, 1 - self.level(key)) / self._rate.per_second

    def take(self, key: str) -> None:
        """Take a token from a key."""
        self._levels[key] = (self.level(key) - 1, self._clock())
        self._levels.move_to_end(key)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)


class Limiter:
    """The buckets of every action; each method may be called from any thread."""

    def __init__(self, paces: dict[str, Pace] = PACES, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._owners = {action: Buckets(pace.owner, clock) for action, pace in paces.items()}
        self._addresses = {action: Buckets(pace.address, clock) for action, pace in paces.items()}

    def ask(self, action: str, owner: str, address: str | None) -> float:
        """Return 0 and count the action, or the seconds until it may be done; a refusal counts for nothing."""
        place = network(address)
        with self._lock:
            wait = max(self._owners[action].wait(owner), self._addresses[action].wait(place))
            if not wait:
                self._owners[action].take(owner)
                self._addresses[action].take(place)
        return wait


def network(address: str | None) -> str:
    """Return what stands for an address: itself, or its network for IPv6."""
    try:
        number = ip_address(address or "")
    except ValueError:
        return HERE
    if number.version == 4:
        return str(number)
    return str(number.ipv4_mapped or ip_network(f"{number}/{IPV6_NETWORK}", strict=False))


@lru_cache(maxsize=1)
def get_limiter() -> Limiter:
    """Return the limiter that every page of this process shares."""
    return Limiter()
