"""What the tests of runs share: short runs, and waiting for something to become true."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import torch
from safetensors.torch import load

from core.data import load_mnist
from core.model import ModelConfig, build_model, model_bytes
from core.runs import Progress, RunSpec
from core.runs.embedded import EmbeddedEngine
from core.runs.store import Store
from core.training import TrainConfig, train

chosen = {"engine": "embedded"}  # by `--engine`
PATIENCE = {"embedded": 60.0, "ray": 150.0}  # seconds; an actor's new process imports all anew, 10 s and more if busy

SHORT = RunSpec(ModelConfig((16,)), TrainConfig(epochs=1, batch_size=512))  # 118 steps, about 0.2 s
LONG = RunSpec(ModelConfig((16,)), TrainConfig(epochs=100, batch_size=32))  # 187,500 steps, over a minute


def store_in(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'runs.db'}", folder / "checkpoints")


@contextmanager
def embedded_engine_in(folder: Path, workers: int = 1):
    engine = EmbeddedEngine(store_in(folder), workers)
    try:
        yield engine
    finally:
        engine.close()


def engine_in(folder: Path, workers: int = 1):
    """An engine of the kind that `--engine` names, with its store in a folder."""
    if chosen["engine"] == "ray":
        from tests.ray_support import ray_engine_in

        return ray_engine_in(folder, workers)
    return embedded_engine_in(folder, workers)


def worker_pid(engine, run_id: str) -> int | None:
    """Return the id of the process that trains a run, or None."""
    if isinstance(engine, EmbeddedEngine):
        pool = engine._supervisor.pool
        return next((worker.pid for worker in pool if worker.run_id == run_id), None)
    from tests.ray_support import process_of

    return process_of(engine, run_id)


def idle_pid(engine) -> int | None:
    """Return the id of a process that waits for a run, or None."""
    if isinstance(engine, EmbeddedEngine):
        return engine._supervisor.pool[0].pid if engine._supervisor.pool else None
    from tests.ray_support import ready_actors

    return ready_actors(engine)[0]


def is_kept(engine, run_id: str, owner: str) -> bool:
    """Whether a run is over, saved, and no longer in memory."""
    if isinstance(engine, EmbeddedEngine):
        return run_id not in engine._supervisor.runs
    from tests.ray_support import process_of

    return not engine._store.load(run_id, owner).status.live and process_of(engine, run_id) is None


def until(condition: Callable[[], object], seconds: float | None = None):
    """Return the condition's value once it is true."""
    seconds = seconds or PATIENCE[chosen["engine"]]
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"still not true after {seconds} s"
        time.sleep(0.002)
    return value


def until_poll(engine, run_id: str, owner: str, condition: Callable[[Progress], object]) -> Progress:
    """Return the first progress for which the condition holds."""

    last = []

    def look():
        last[:] = [engine.poll(run_id, owner)]
        return last[0] if condition(last[0]) else None

    try:
        return until(look)
    except AssertionError as late:
        late.add_note(f"at step {last[0].step}: {last[0].status}, {last[0].message!r}, place {last[0].position}")
        raise


def until_over(engine, run_id: str, owner: str) -> Progress:
    return until_poll(engine, run_id, owner, lambda progress: not progress.status.live)


@lru_cache
def undisturbed(spec: RunSpec) -> bytes:
    """Return the weights that `train` gives in this process, which nothing interrupts."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = build_model(spec.model, torch.Generator().manual_seed(spec.training.seed))
        for _ in train(model, load_mnist(), spec.training):
            pass
    finally:
        torch.set_num_threads(threads)
    return model_bytes(model)


def same_weights(left: bytes, right: bytes) -> bool:
    """Return whether two networks are equal bit by bit."""
    a, b = load(left), load(right)
    return a.keys() == b.keys() and all(a[name].equal(b[name]) for name in a)
