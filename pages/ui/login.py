"""Logging in by OpenID Connect, as Streamlit has it, where the operator has set it up; nothing of it otherwise."""

import hashlib
import json

import streamlit as st

_read: list[tuple[object, bool]] = []  # the secrets last looked into, and what was found


def is_offered() -> bool:
    """Return whether the operator's secrets have an `[auth]` section, as they were when the server first looked."""
    if not _read or _read[0][0] is not st.secrets:
        _read[:] = [(st.secrets, st.secrets.load_if_toml_exists() and "auth" in st.secrets)]
    return _read[0][1]


def logged_in() -> str | None:
    """Return the owner that stands for the person logged in, None for nobody: a hash of issuer and subject.

    It has a form that no cookie of ours can have, so nobody becomes that person by writing a cookie.
    """
    if not is_offered():
        return None
    user = st.user.to_dict()
    person = [user.get("iss"), user.get("sub")]
    if not user.get("is_logged_in") or not all(isinstance(word, str) and word for word in person):
        return None
    return f"user:{hashlib.sha256(json.dumps(person).encode()).hexdigest()}"


def login_button() -> None:
    """Show a button to log in or out in the sidebar, where there is a login."""
    if not is_offered():
        return
    with st.sidebar:
        if logged_in():
            name = st.user.to_dict().get("name")
            st.button("Log out", icon=":material/logout:", on_click=st.logout, help=f"{name}" if name else None)
        else:
            keeps = "Your runs and drawings are then yours in every browser. Those of before stay with this browser."
            st.button("Log in", icon=":material/login:", on_click=st.login, help=keeps)
