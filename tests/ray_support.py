"""A real Ray for tests: one cluster on loopback for the whole run, and engines with a class of actors each."""

import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from tests.runs_support import until

PROCESSORS = 4  # as far as Ray knows; the actors that the last test left may still be ending
START_SECONDS = 60

os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}  # read when Ray is imported


@lru_cache(maxsize=1)
def cluster():
    """Start a cluster of our own, in a temporary folder, which `end_cluster` ends."""
    from core.runs.ray_engine import cluster
    from core.runs.ray_engine.messages import Home

    folder = tempfile.mkdtemp(prefix="ss-ray-", dir="/tmp")  # short: the names of sockets are not long
    cluster.start_own(
        Home("tests"), PROCESSORS, {"configure_logging": False, "log_to_driver": False, "_temp_dir": folder}
    )
    return folder


def end_cluster():
    """End the cluster, if one was started, and remove what it wrote; the next `cluster` starts another.

    A process has one connection to Ray at a time: whoever wants another cluster ends this one first.
    """
    if cluster.cache_info().currsize:
        import ray

        folder = cluster()
        cluster.cache_clear()
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def ray_engine_in(folder: Path, workers: int = 1, url: str = ""):
    """A Ray engine with a store in a folder and actors of its own, which end with it."""
    from core.runs.ray_engine.engine import RayEngine
    from core.runs.ray_engine.messages import Home

    cluster()
    home = Home(
        f"test-{secrets.token_hex(4)}", url or f"sqlite:///{folder / 'runs.db'}", folder / "checkpoints", workers
    )
    engine = RayEngine("ray", home, ends_runs=True)
    try:
        yield engine
    finally:
        engine.close()


def process_of(engine, run_id: str) -> int | None:
    """Return the id of the process that trains a run, or None."""
    return engine._link.ask(lambda ray, dispatcher: ray.get(dispatcher.process.remote(run_id)), START_SECONDS)


def ready_actors(engine) -> list[int]:
    """Return the process ids of the actors that wait for a run, once there is one."""
    from core.runs.ray_engine import cluster

    names = until(lambda: cluster.run_actors(engine._home), START_SECONDS)
    actors = [cluster.find(name, engine._home) for name in names]
    return cluster.ray().get([actor.__ray_call__.remote(lambda _: os.getpid()) for actor in actors])
