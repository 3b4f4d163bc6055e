"""Ray's part played in this process: actors are objects and calls are threads, so that faults can be had at will.

The dispatcher, the actors and their training are the real ones; only what carries calls between them is not. The same
engine on a real Ray is tested by `--engine ray`.
"""

import copy
import threading
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

from core.runs.ray_engine import cluster, engine, link, run_actor, under_way
from core.runs.ray_engine.dispatcher import Dispatcher
from core.runs.ray_engine.messages import Home


class RayError(Exception):
    """As Ray's: the root of its errors."""


class RayActorError(RayError):
    """As Ray's: the actor has died."""


class RayTaskError(RayError):
    """As Ray's: the call raised `cause`."""

    def __init__(self, cause):
        super().__init__(str(cause))
        self.cause = cause


@dataclass(eq=False)
class Call:
    """A call to an actor, which is also the reference to its answer."""

    name: str
    arguments: tuple
    patient: bool  # made again to a process that replaces a dead one
    answer: Future = field(default_factory=Future)

    def future(self):
        return self.answer

    def make(self, made):
        """Call the object, once it is made, in a thread; what is answered after its death is lost."""

        def run():
            actor = made.result()
            try:
                result, error = copy.deepcopy(getattr(actor, self.name)(*copy.deepcopy(self.arguments))), None
            except Exception as fault:
                result, error = None, RayTaskError(fault)
            if not getattr(actor, "killed", False):
                self.settle(result, error)

        threading.Thread(target=run, daemon=True).start()

    def settle(self, result=None, error=None):
        if self.answer.done():
            return
        if error is None:
            self.answer.set_result(result)
        else:
            self.answer.set_exception(error)


class Handle:
    """An actor: an object that a thread makes, and makes anew when its process is killed and started again."""

    def __init__(self, make):
        self._make, self._calls = make, []
        self._start()

    def __getattr__(self, name):
        return Method(self, name, False)

    @property
    def actor(self):
        """The object itself."""
        return self._made.result()

    def call(self, name, arguments, patient):
        call = Call(name, arguments, patient)
        self._calls = [*(other for other in self._calls if not other.answer.done()), call]
        if self._made is None:
            call.settle(error=RayActorError("it has died"))
        else:
            call.make(self._made)
        return call

    def die(self, restart):
        """End the process; `restart` says whether another one takes its place."""
        made, self._made = self._made, None
        if made is None:
            return
        if made.done():
            end(made.result())
        if restart:
            self._start()
        for call in [call for call in self._calls if not call.answer.done()]:
            if restart and call.patient:
                call.make(self._made)
            else:
                call.settle(error=RayActorError("it has died"))

    def _start(self):
        self._made = made = Future()

        def run():
            made.set_result(self._make())
            if self._made is not made:  # it was killed meanwhile
                end(made.result())

        threading.Thread(target=run, daemon=True).start()


def end(actor):
    """Let an actor do nothing more, as when its process is killed."""
    actor.killed = True
    with actor.lock:
        actor.runs = {}
        actor._recorder._closed = True
        if actor._hand is not None:
            actor._hand.cut()


@dataclass
class Method:
    handle: Handle
    name: str
    patient: bool

    def options(self, max_task_retries=0):
        return Method(self.handle, self.name, max_task_retries == -1)

    def remote(self, *arguments):
        return self.handle.call(self.name, arguments, self.patient)


class Cluster:
    """A cluster of one processor or more, with the actors by name."""

    def __init__(self, processors=1):
        self.processors, self.actors = processors, {}
        self.library = SimpleNamespace(
            get=lambda call: call.answer.result(),
            wait=self._wait,
            kill=self._kill,
            exceptions=SimpleNamespace(RayError=RayError, RayActorError=RayActorError, RayTaskError=RayTaskError),
        )

    def start(self, name, home):
        self.actors[name] = Handle(lambda: run_actor.RunActor(name, home))
        return self.actors[name]

    def _wait(self, calls, num_returns=1, timeout=None):
        wait([call.answer for call in calls], timeout)
        ready = [call for call in calls if call.answer.done()]
        return ready, [call for call in calls if call not in ready]

    def _kill(self, handle, no_restart=True):
        handle.die(restart=not no_restart)
        if no_restart:
            self.actors = {name: other for name, other in self.actors.items() if other is not handle}

    def play(self, monkeypatch):
        """Let the engine find this cluster where it looks for Ray."""
        for module in (cluster, under_way):
            monkeypatch.setattr(module, "ray", lambda: self.library)
        monkeypatch.setattr(cluster, "processors", lambda: self.processors)
        monkeypatch.setattr(cluster, "run_actors", lambda home: list(self.actors))
        monkeypatch.setattr(under_way, "start_run_actor", self.start)
        monkeypatch.setattr(under_way, "find", lambda name, home: self.actors[name])
        monkeypatch.setattr(run_actor, "limit_memory", lambda size: None)  # it would be this process's


@contextmanager
def doubled_engines(monkeypatch, folder, count=1, processors=1):
    """Yield the cluster, the dispatcher and engines of so many web processes."""
    home = Home("double", f"sqlite:///{folder / 'runs.db'}", folder / "checkpoints")
    played = Cluster(processors)
    played.play(monkeypatch)
    dispatcher = Dispatcher(home)
    desk = SimpleNamespace(**{name: Method(_Desk(dispatcher), name, False) for name in DESK})
    monkeypatch.setattr(link.Link, "_connect", lambda self: desk)
    engines = [engine.RayEngine("ray", home) for _ in range(count)]
    try:
        yield SimpleNamespace(cluster=played, dispatcher=dispatcher, engines=engines, home=home)
    finally:
        for one in engines:
            one.close()
        dispatcher.close()
        for handle in list(played.actors.values()):
            handle.die(restart=False)


DESK = ("submit", "resume", "command", "listen", "process", "stats", "close")


@dataclass
class _Desk:
    dispatcher: Dispatcher

    def call(self, name, arguments, patient):
        call = Call(name, arguments, patient)
        made = Future()
        made.set_result(self.dispatcher)
        call.make(made)
        return call
