"""Damaged checkpoints: never used, always said, and the run ends with the bits of an undisturbed one."""

import random
from collections.abc import Callable
from pathlib import Path

import torch

from core.model import ModelConfig, build_model
from core.runs import RunSpec, Status, Stop
from core.runs.checkpoint import CheckpointFiles, encode
from core.runs.embedded import EmbeddedEngine
from core.training import TrainConfig
from core.training.loop import TrainingState
from tests.reliability.figures import Figure, share
from tests.runs_support import engine_in, same_weights, undisturbed, until, until_over, until_poll

SPEC = RunSpec(ModelConfig((16,)), TrainConfig(epochs=2, batch_size=128))  # 938 steps, about a second


def flip(content: bytes, rng: random.Random) -> bytes:
    """Turn over one bit."""
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << rng.randrange(8)]) + content[place + 1 :]


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "one bit": flip,
    "cut off": lambda content, rng: content[: rng.randrange(len(content))],
    "zeros at the end": lambda content, rng: (
        content[: (cut := rng.randrange(len(content)))] + bytes(len(content) - cut)
    ),
    "other bytes": lambda content, rng: rng.randbytes(len(content)),
    "longer": lambda content, rng: content + rng.randbytes(rng.randrange(1, 100)),
}


def damaged_checkpoints(folder: Path, count: int, runs: int, seed: int = 0) -> list[Figure]:
    """Damage the newest of two checkpoints `count` times, and that of `runs` stopped runs that then go on."""
    rng = random.Random(seed)
    skipped = [_skip_once(folder, rng, step) for step in range(2, count + 2)]
    with engine_in(folder) as engine:
        ended = [_go_on_once(engine, folder, rng, f"learner {index}") for index in range(runs)]
    return [
        share("damaged files skipped for the one before", skipped),
        share("runs that go on behind a damaged checkpoint, and say so", [said for said, _ in ended]),
        share("that end with an undisturbed run's weights, bit by bit", [equal for _, equal in ended]),
    ]


def _skip_once(folder: Path, rng: random.Random, step: int) -> bool:
    files = CheckpointFiles(folder, "damaged")
    state = TrainingState(build_model(SPEC.model, torch.Generator().manual_seed(step)), SPEC.training)
    for state.step in (step - 1, step):
        files.write(encode(state))
    path = max(files.paths, key=lambda path: path.stat().st_mtime_ns)
    kind = rng.choice(list(DAMAGES))
    whole = path.read_bytes()
    path.write_bytes(damaged := DAMAGES[kind](whole, rng))
    found, bad = CheckpointFiles(folder, "damaged").newest()
    files.remove()
    if damaged == whole:  # zeros over zeros
        return found is not None and (found.step, bad) == (step, 0)
    return found is not None and (found.step, bad) == (step - 1, 1)


def _go_on_once(engine: EmbeddedEngine, folder: Path, rng: random.Random, owner: str) -> tuple[bool, bool]:
    """Stop a run, damage its newest checkpoint, take it up again; returns whether that is said, and the bits equal."""
    run = engine.submit(SPEC, owner)
    until_poll(engine, run, owner, lambda progress: progress.step > 100)
    engine.control(run, owner, Stop())
    stopped = until_over(engine, run, owner)
    files = engine._store.files(run)
    until(lambda: (newest := files.newest()[0]) and newest.step == stopped.step)
    path = max((path for path in files.paths if path.exists()), key=lambda path: path.stat().st_mtime_ns)
    path.write_bytes(flip(path.read_bytes(), rng))
    engine.resume(run, owner)
    ended = until_over(engine, run, owner)
    said = ended.status == Status.FINISHED and "A damaged checkpoint was skipped; the run goes on" in ended.message
    return said, same_weights(engine.snapshot(run, owner).weights, undisturbed(SPEC))
