"""How the operator says where the app stands: host names, https, frames, proxies, all from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network

HOST_PATTERN = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.ASCII)
FRAME_PATTERN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", re.ASCII)
SWITCHES = {"": False, "0": False, "1": True}


@dataclass(frozen=True)
class WebSettings:
    """What the web server lets through; raises `ValueError` for a setting that cannot be meant."""

    hosts: tuple[str, ...] = ()  # patterns of names that the app answers to; none: any name
    https: bool = False  # browsers reach the app by https only
    frames: tuple[str, ...] = ()  # origins whose pages may show the app in a frame
    proxies: tuple[str, ...] = ()  # addresses and networks whose X-Forwarded headers are believed
    originless: bool = False  # programs that are no browser may open a session

    def __post_init__(self) -> None:
        for host in self.hosts:
            if HOST_PATTERN.fullmatch(host) is None:
                raise ValueError(f"SEVEN_STEPS_HOSTS has {host!r}; it must be names such as learn.example.org")
        for origin in self.frames:
            if FRAME_PATTERN.fullmatch(origin) is None:
                raise ValueError(f"SEVEN_STEPS_EMBED has {origin!r}; it must be origins such as https://moodle.org")
        for proxy in self.proxies:
            _require_network(proxy)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "WebSettings":
        """Return the settings that environment variables make; raises `ValueError` naming the variable."""
        return cls(
            hosts=_words(environment, "SEVEN_STEPS_HOSTS"),
            https=_switch(environment, "SEVEN_STEPS_HTTPS"),
            frames=_words(environment, "SEVEN_STEPS_EMBED"),
            proxies=tuple(filter(None, map(str.strip, environment.get("FORWARDED_ALLOW_IPS", "").split(",")))),
            originless=_switch(environment, "SEVEN_STEPS_ORIGINLESS"),
        )

    @property
    def embedded(self) -> bool:
        """Whether other sites may show the app in a frame."""
        return bool(self.frames)


@lru_cache(maxsize=1)
def web_settings() -> WebSettings:
    """Return the settings of this process; raises `ValueError` naming the variable."""
    return WebSettings.of(os.environ)


def _words(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(environment.get(name, "").lower().replace(",", " ").split())


def _switch(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip()
    if value not in SWITCHES:
        raise ValueError(f"{name} is {value!r}; it must be 1 for on, or 0 or nothing for off")
    return SWITCHES[value]


def _require_network(proxy: str) -> None:
    """Raise `ValueError` unless `proxy` is an address or a network; `*` would believe everybody."""
    try:
        ip_network(proxy)
    except ValueError:
        raise ValueError(f"FORWARDED_ALLOW_IPS has {proxy!r}; it must be addresses such as 10.0.0.0/8") from None
