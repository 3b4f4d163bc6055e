"""What the laboratory's process does: it hears which experiment is wanted, does it, and says what came out."""

import logging
import os
import pkgutil
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

import core.experiments
from core.laboratory.wire import decode, encode
from core.memory import share_pools
from core.processes import SWITCH_SECONDS, give_way
from core.telemetry.logs import configure_logs, log

AT_ONCE = 4  # experiments; a short one does not wait for a long one
NICENESS = 5  # of 19: behind the web process, before the runs
LARGEST = 64 * 2**20  # bytes of a message

EXPERIMENTS: dict[str, Callable[..., Any]] = {}  # by "module:name"; no other function is called


class Wanted(NamedTuple):
    """An experiment that somebody waits for."""

    number: int
    function: str  # its name in `EXPERIMENTS`
    arguments: bytes


class Done(NamedTuple):
    """What came out of it: a result, or what is wrong with a setting, or neither when it failed through a fault."""

    number: int
    result: bytes | None = None
    refused: str | None = None


def main(pipe: Connection) -> None:
    """Do what comes through the pipe until its other end closes, as it does when the server dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server
    torch.set_num_threads(1)
    sys.setswitchinterval(SWITCH_SECONDS)
    share_pools()
    configure_logs()
    give_way(NICENESS)
    for module in pkgutil.iter_modules(core.experiments.__path__, "core.experiments."):
        import_module(module.name)  # so that nobody's first experiment waits for it
    speaking = threading.Lock()

    def answer(wanted: Wanted) -> None:
        done = encode(attempt(wanted))
        with speaking, suppress(OSError):  # nobody listens any more
            pipe.send_bytes(done)

    hands = ThreadPoolExecutor(AT_ONCE)
    with suppress(EOFError, OSError):
        while True:
            hands.submit(answer, decode(pipe.recv_bytes(LARGEST), Wanted))
    os._exit(0)  # nobody waits for what is under way


def attempt(wanted: Wanted) -> Done:
    """Do an experiment and say what came out."""
    try:
        if wanted.function not in EXPERIMENTS:  # it stands in a module that is not of `core.experiments`
            import_module(wanted.function.partition(":")[0])
        function = EXPERIMENTS[wanted.function]
        arguments = decode(wanted.arguments, travelling(function)[0])
        try:
            result = function(*arguments)
        except ValueError as error:
            return Done(wanted.number, refused=str(error))
        return Done(wanted.number, encode(result))
    except Exception as error:
        log(logging.ERROR, "experiment failed", error, function=wanted.function)
        return Done(wanted.number)


def travelling(function: Callable[..., Any]) -> tuple[Any, Any]:
    """Return the type of a function's arguments, as a tuple, and of its result."""
    hints = get_type_hints(function)
    result = hints.pop("return")
    return GenericAlias(tuple, tuple(hints.values())), result
