"""The way from a web process to Ray: every call has a time limit, and a lost cluster is found again when it is back."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from core.runs.engine import EngineAway
from core.runs.ray_engine import cluster
from core.runs.ray_engine.messages import Home

T = TypeVar("T")
LOG = logging.getLogger("seven_steps")

CONNECT_SECONDS = 60.0  # a first connection, or the start of a cluster of our own
CLOSE_SECONDS = 10.0
ALIVE_SECONDS = 3.0  # that a living connection needs to answer
AWAY_AT_ONCE = 64  # calls that may hang at a time
QUIET = {"configure_logging": False, "log_to_driver": False}


class Link:
    """A connection to the cluster at `address`: "ray" (one on this machine, else one of our own) or "ray://…"."""

    def __init__(self, address: str, home: Home, processors: int) -> None:
        self.home = home
        self.own = False  # whether the cluster is ours and ends with us
        self._connected = False  # by us, not by somebody else in this process
        self._closed = False
        self._address, self._processors = address, processors
        self._hanging = threading.BoundedSemaphore(AWAY_AT_ONCE)
        self._dispatcher: Any = None
        self._lost_at = 0.0
        self._losing = threading.Lock()
        self.doubted = False  # whether a call took too long, so that somebody should `probe`
        self.revive()

    @property
    def away(self) -> bool:
        """Whether the cluster did not answer the last time."""
        return self._dispatcher is None

    def ask(self, call: Callable[[Any, Any], T], seconds: float, vital: bool = False) -> T:
        """Return `call(ray, dispatcher)`; raises `EngineAway` when it fails or does not answer within `seconds`.

        The connection is lost when it breaks, or when a `vital` call takes too long; others only cast doubt on it.
        """
        dispatcher = self._dispatcher
        if dispatcher is None:
            raise EngineAway
        try:
            return self._bounded(lambda: call(cluster.ray(), dispatcher), seconds, vital)
        except Exception as error:
            self._judge(error, dispatcher, vital)
            raise EngineAway from None

    def probe(self, seconds: float) -> None:
        """Find out whether the dispatcher still answers; raises `EngineAway` and loses the connection if not."""
        self.doubted = False
        self.ask(lambda ray, dispatcher: ray.get(dispatcher.stats.remote()), seconds, vital=True)

    def revive(self) -> bool:
        """Connect, once more if need be; return whether the dispatcher answers."""
        try:
            self._dispatcher = self._bounded(self._connect, CONNECT_SECONDS, vital=True)
        except Exception as error:
            self._lose(error)
            return False
        return True

    def close(self) -> None:
        """Leave the cluster; one of our own ends."""
        self._closed, self._dispatcher = True, None
        if self._connected:
            with contextlib.suppress(Exception):  # the cluster may be gone before us
                self._bounded(cluster.ray().shutdown, CLOSE_SECONDS)

    def _connect(self) -> Any:
        ray = cluster.ray()
        if self._lost_at and not self.own and not self._answers(ray):
            ray.shutdown()  # what is left of the connection that was lost
        if not ray.is_initialized():
            self._start(ray)
            self._connected = True
            if self._closed:  # meanwhile; nobody else will leave it
                ray.shutdown()
                raise EngineAway
        dispatcher = cluster.dispatcher(self.home)
        ray.get(dispatcher.stats.remote(), timeout=CONNECT_SECONDS)
        return dispatcher

    def _answers(self, ray: Any) -> bool:
        """Whether the connection is good, so that only the call before went wrong."""
        try:
            return bool(ray.is_initialized() and self._bounded(ray.cluster_resources, ALIVE_SECONDS, vital=True))
        except Exception:
            return False

    def _start(self, ray: Any) -> None:
        cluster.forget()
        address = "auto" if self._address == "ray" else self._address
        try:
            ray.init(address, namespace=self.home.namespace, **QUIET)
        except ConnectionError:
            if address != "auto":
                raise
            cluster.start_own(self.home, self._processors, QUIET)
            self.own = True

    def _judge(self, error: Exception, dispatcher: Any, vital: bool) -> None:
        """Lose the connection for an error that says it is broken, unless it has been made anew since the call."""
        if isinstance(error, cluster.ray().exceptions.RayTaskError):  # an answer, too
            LOG.error("the dispatcher met a fault: %s", error)
        elif isinstance(error, TimeoutError) and not vital:
            self.doubted = True
        else:
            with self._losing:
                if self._dispatcher is dispatcher:
                    self._lose(error)

    def _lose(self, error: Exception) -> None:
        if self._dispatcher is not None or not self._lost_at:
            LOG.warning("the cluster does not answer: %s", str(error) or type(error).__name__)
        self._dispatcher, self._lost_at = None, time.monotonic()

    def _bounded(self, call: Callable[[], T], seconds: float, vital: bool = False) -> T:
        """Return what `call` returns in a thread of its own; raises `TimeoutError` when it takes too long."""
        if not vital and not self._hanging.acquire(blocking=False):
            raise TimeoutError("too many calls hang")
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)
            finally:
                if not vital:
                    self._hanging.release()

        threading.Thread(target=run, name="seven-steps-ray", daemon=True).start()
        return future.result(seconds)
