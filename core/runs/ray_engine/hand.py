"""A run in hand: the thread that trains it, and our end of its pipe."""

import contextlib
import logging
import socket
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import torch

from core.runs.live import LiveRun
from core.runs.messages import Answer, Job
from core.runs.ray_engine.messages import Order
from core.runs.wire import hear_answer, tell
from core.runs.worker import perform
from core.telemetry.logs import log


class Hand:
    """A run and its training, which the worker's own function does in a thread (docs/decisions.md)."""

    def __init__(self, run: LiveRun, order: Order) -> None:
        self.run, self.order = run, order
        self.over = threading.Event()  # it has ended, and the store has that
        self.pipe, self._theirs = Pipe()

    def train(self, job: Job) -> None:
        """Start the thread."""
        threading.Thread(target=_train, args=(job, self._theirs), name="seven-steps-training", daemon=True).start()

    def send(self, message: object) -> None:
        """Send a message to the training; one that comes too late does nothing."""
        with contextlib.suppress(OSError):
            tell(self.pipe, message)

    def receive(self) -> Answer:
        """Wait for what the training says next; raises `EOFError` or `OSError` once it was dropped."""
        return hear_answer(self.pipe)

    def drop(self) -> None:
        """End the training, and let whoever waits for the run wait no longer."""
        self.cut()
        self.over.set()

    def cut(self) -> None:
        """End the training after its step, or its pause; nothing more is heard of it."""
        with contextlib.suppress(OSError), socket.fromfd(self.pipe.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as end:
            end.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who reads
        self.pipe.close()


def _train(job: Job, pipe: Connection) -> None:
    torch.set_num_threads(1)
    try:
        tell(pipe, perform(job, pipe))
    except (EOFError, OSError):
        log(logging.INFO, "run given away", run=job.run_id)
