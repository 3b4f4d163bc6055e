"""Where a page keeps what must outlive a rerun: the URL for settings, the session for the rest, the owner by cookie."""

import math
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

import streamlit as st
from streamlit.runtime.state.session_state_proxy import get_session_state

from pages.ui.login import logged_in
from pages.ui.web import OWNER_COOKIE, is_owner, new_owner

T = TypeVar("T")
Setting = float | str | tuple[float, ...]


def owner() -> str:
    """Return who this learner is: the person logged in, else the browser, by its cookie, else this session."""
    person = logged_in()
    if person:
        return person
    cookie = st.context.cookies.get(OWNER_COOKIE)
    if cookie and is_owner(cookie):
        return cookie
    return session("owner", new_owner)


def session(name: str, make: Callable[[], T]) -> T:
    """Return this session's object of that name, made on first use; one typed object a lesson."""
    key = f"seven_steps:{name}"
    if key not in st.session_state:
        st.session_state[key] = make()
    return cast(T, st.session_state[key])


def remember(name: str, value: T) -> T:
    """Keep `value` as this session's object of that name, and return it."""
    st.session_state[f"seven_steps:{name}"] = value
    return value


def url_number(name: str, default: float, low: float, high: float) -> float:
    """Return a number from the URL; `default` when it is missing, not a number or outside low … high."""
    values = _numbers(name)
    return values[0] if len(values) == 1 and low <= values[0] <= high else default


def url_integer(name: str, default: int, low: int, high: int) -> int:
    """Return a whole number from the URL; `default` when it is missing, not whole or outside low … high."""
    value = url_number(name, default, low, high)
    return int(value) if value == int(value) else default


def url_numbers(name: str, default: tuple[float, ...], low: float, high: float) -> tuple[float, ...]:
    """Return as many numbers, separated by commas in the URL, as `default` has; `default` when any one is bad."""
    values = _numbers(name)
    return values if len(values) == len(default) and all(low <= value <= high for value in values) else default


def url_choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Return a name from the URL; `default` when it is not one of `allowed`."""
    value = st.query_params.get(name, default)
    return value if value in allowed else default


def _numbers(name: str) -> tuple[float, ...]:
    """Return the finite numbers, separated by commas, that stand in the URL under a name.

    What is none leaves the URL, which then says what the page shows. A number that only does not suit another setting,
    as three places for two balls, stays: it counts again once that is set back.
    """
    try:
        values = tuple(float(part) for part in st.query_params[name].split(","))
    except KeyError:
        return ()
    except ValueError:
        values = (math.nan,)
    if all(math.isfinite(value) for value in values):
        return values
    forget_url(name)
    return ()


def url_text(name: str, default: str, longest: int = 200) -> str:
    """Return a text from the URL, cut to `longest` characters."""
    return st.query_params.get(name, default)[:longest]


def set_url(name: str, value: Setting, default: object = None) -> None:
    """Write a setting into the URL, numbers to six digits; the default leaves it out."""
    change_url({name: None if value == default else value})


def forget_url(*names: str) -> None:
    """Leave settings out of the URL, so that they have their defaults again; those that a widget writes stay."""
    change_url(dict.fromkeys(names))


def change_url(settings: Mapping[str, Setting | None]) -> None:
    """Write settings into the URL as one entry of the browser's history.

    `None` leaves a setting out, but for one that a widget writes, perhaps of another part.
    """
    written = {name: _text(value) for name, value in settings.items() if value is not None}
    with get_session_state().query_params() as params:  # in its public face, each one left out is an entry of its own
        left_out = [name for name in settings.keys() - written.keys() if not params.is_bound(name)]
        left_out = [name for name in left_out if params.discard_param_no_forward_msg(name)]
        if written or left_out:
            params.update(written)


def _text(value: Setting) -> str:
    if isinstance(value, tuple):
        return ",".join(f"{number:.6g}" for number in value)
    return value if isinstance(value, str) else f"{value:.6g}"
