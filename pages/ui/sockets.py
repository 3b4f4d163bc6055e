"""The socket that the server listens on: what it must be told so that answers leave at once."""

import gc
import socket


def answer_at_once() -> int:
    """Set TCP_NODELAY on the TCP sockets open now, for all that they will accept; returns on how many it was set.

    asyncio sets it where a socket says that it is TCP; Streamlit makes its own with protocol 0, and so are all that it
    accepts. Nagle's algorithm then holds the second small message of an answer back until the browser has acknowledged
    the first, which a browser's system may do 40 ms later. Accepted sockets inherit it from the listening one.
    """
    servers = [thing for thing in gc.get_objects() if type(thing) is socket.socket and _is_tcp(thing)]
    for server in servers:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return len(servers)


def _is_tcp(candidate: socket.socket) -> bool:
    inet = candidate.family in (socket.AF_INET, socket.AF_INET6)
    return inet and candidate.type == socket.SOCK_STREAM and candidate.fileno() >= 0
