"""Ray itself: how the actors are made and found. The only place that names Ray's functions for it."""

import importlib
import os
import threading
import time
from concurrent.futures import Future
from functools import lru_cache
from typing import Any

from core.paths import ROOT
from core.processes import environment
from core.runs.ray_engine.messages import Home

DISPATCHER = "dispatcher"
RUN = "run"  # the first word of a run actor's name
CALLS_AT_ONCE = 32  # that an actor answers
STARTS, START_PAUSE = 20, 0.5  # attempts to start the dispatcher while another process does, seconds between them
OBJECT_MEMORY = 80 * 2**20  # bytes for objects that processes share; ours are small and are sent as they are


def ray() -> Any:
    """Return the library, which is there only where a cluster is wanted; who has no token is not let in."""
    os.environ.setdefault("RAY_AUTH_MODE", "token")  # read when it is imported
    return importlib.import_module("ray")


def forget() -> None:
    """Forget what belongs to a connection that has ended."""
    _actor_class.cache_clear()


@lru_cache
def _actor_class(module: str, name: str) -> Any:
    return ray().remote(getattr(importlib.import_module(module), name))


def dispatcher(home: Home) -> Any:
    """Return the dispatcher of this namespace, started if there is none; it outlives whoever starts it."""
    options = {"max_restarts": -1, "max_concurrency": CALLS_AT_ONCE, "num_cpus": 0, "lifetime": "detached"}
    options |= {"name": DISPATCHER, "namespace": home.namespace, "get_if_exists": True}
    starter = _actor_class("core.runs.ray_engine.dispatcher", "Dispatcher").options(**options)
    for _ in range(STARTS):
        try:
            return starter.remote(home)
        except ValueError:  # another web process has just given the name to its own
            time.sleep(START_PAUSE)
    return starter.remote(home)


def start_run_actor(name: str, home: Home) -> Any:
    """Start an actor for runs; it is started again whenever its process dies."""
    options = {"max_restarts": -1, "max_concurrency": CALLS_AT_ONCE, "num_cpus": 1, "lifetime": "detached"}
    options |= {"name": name, "namespace": home.namespace}
    return _actor_class("core.runs.ray_engine.run_actor", "RunActor").options(**options).remote(name, home)


def find(name: str, home: Home) -> Any:
    """Return the actor of that name; raises `ValueError` when it has gone."""
    return ray().get_actor(name, home.namespace)


def run_actors(home: Home) -> list[str]:
    """Return the names of the run actors there are."""
    actors = ray().util.list_named_actors(all_namespaces=True)
    names = [actor["name"] for actor in actors if actor["namespace"] == home.namespace]
    return [name for name in names if name.startswith(f"{RUN}:")]


def processors() -> int:
    """Return the number of processors that the cluster offers to runs."""
    return int(ray().cluster_resources().get("CPU", 0))


def start_own(home: Home, count: int, options: dict[str, Any]) -> None:
    """Start a cluster on this machine, which ends with this process."""
    started: Future[None] = Future()

    def start_and_stay() -> None:
        try:
            _start_own(home, count, options)
            started.set_result(None)
        except BaseException as error:
            started.set_exception(error)
        threading.Event().wait()  # Linux ends Ray's processes when the thread ends that started them

    threading.Thread(target=start_and_stay, name="seven-steps-cluster", daemon=True).start()
    started.result()


def _start_own(home: Home, count: int, options: dict[str, Any]) -> None:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))  # where actors find `core`
    with environment(PYTHONPATH=path, RAY_USAGE_STATS_ENABLED="0", OMP_NUM_THREADS="1"):
        ray().init(
            num_cpus=count, object_store_memory=OBJECT_MEMORY, include_dashboard=False,
            namespace=home.namespace, **options,
        )  # fmt: skip
