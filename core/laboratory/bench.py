"""What the laboratory's process does: it hears which experiment is wanted, does it, and says what came out."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from types import GenericAlias
from typing import Any, NamedTuple, get_type_hints

import torch

from core.laboratory.wire import decode, encode
from core.processes import give_way
from core.telemetry.logs import configure_logs, log

AT_ONCE = 4  # experiments; a short one does not wait for a long one
SWITCH_SECONDS = 0.001  # after which one experiment gives way to another
NICENESS = 5  # of 19: behind the web process, before the runs
LARGEST = 64 * 2**20  # bytes of a message

EXPERIMENTS: dict[str, Callable[..., Any]] = {}  # by "module:name"; nothing else can be asked for


class Wanted(NamedTuple):
    """An experiment that somebody waits for."""

    number: int
    function: str  # its name in `EXPERIMENTS`
    arguments: bytes


class Done(NamedTuple):
    """What came out of it."""

    number: int
    result: bytes | None  # None: it failed, and whoever waits will see how when it tries by itself


def main(pipe: Connection) -> None:
    """Do what comes through the pipe until its other end closes, as it does when the server dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server
    torch.set_num_threads(1)
    sys.setswitchinterval(SWITCH_SECONDS)
    configure_logs()
    give_way(NICENESS)
    speaking = threading.Lock()

    def answer(wanted: Wanted) -> None:
        done = encode(Done(wanted.number, attempt(wanted)))
        with speaking, suppress(OSError):  # nobody listens any more
            pipe.send_bytes(done)

    hands = ThreadPoolExecutor(AT_ONCE)
    with suppress(EOFError, OSError):
        while True:
            hands.submit(answer, decode(pipe.recv_bytes(LARGEST), Wanted))
    hands.shutdown(wait=False, cancel_futures=True)


def attempt(wanted: Wanted) -> bytes | None:
    """Do an experiment and return its result, or None when it fails."""
    try:
        if wanted.function not in EXPERIMENTS:
            import_module(wanted.function.partition(":")[0])
        function = EXPERIMENTS[wanted.function]
        arguments, _ = travelling(function)
        return encode(function(*decode(wanted.arguments, arguments)))
    except ValueError:  # it says what is wrong with a setting
        return None
    except Exception as error:
        log(logging.ERROR, "experiment failed", error, function=wanted.function)
        return None


def travelling(function: Callable[..., Any]) -> tuple[Any, Any]:
    """Return the type of a function's arguments, as a tuple, and of its result."""
    hints = get_type_hints(function)
    result = hints.pop("return")
    return GenericAlias(tuple, tuple(hints.values())), result
