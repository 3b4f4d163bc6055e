"""What stands between the network and the pages: the operator's settings, the gate, the owner's cookie, headers."""

from pages.ui.web.cookie import OWNER_COOKIE, OwnerCookie, cookie_owner, is_owner, new_owner
from pages.ui.web.gate import Gate
from pages.ui.web.headers import SecurityHeaders
from pages.ui.web.peer import TruePeer
from pages.ui.web.sessions import Sessions
from pages.ui.web.settings import WebSettings, web_settings
from pages.ui.web.uploads import Uploads

__all__ = [
    "OWNER_COOKIE",
    "Gate",
    "OwnerCookie",
    "SecurityHeaders",
    "Sessions",
    "TruePeer",
    "Uploads",
    "WebSettings",
    "cookie_owner",
    "is_owner",
    "new_owner",
    "web_settings",
]
